import { ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { Mark } from '../app/brand.js';
import type { Identity } from '../session/session.js';
import { t } from '../texts/text.js';
import { MenuLater } from '../ui/menu-later.js';
import { useTenants } from './use-tenants.js';

const items = async () => (await import('./tenant-items.js')).TenantItems;

/** Where one is, and where else one may go. */
export const TenantMenu = ({ identity, ...on }: { readonly identity: Identity; readonly onNavigate?: () => void }): ReactNode => {
  useTenants(); // known when it is opened
  return <MenuLater load={items} of={on} trigger={(
    <button type="button" className="flex w-full items-center gap-2.5 rounded-md px-1.5 py-1 text-left hover:bg-raised">
      <Mark className="size-7" />
      <span className="grid min-w-0 flex-1 leading-tight"><span className="font-semibold tracking-tight">Xanthus</span><span className="truncate text-[12px] text-ink-3"><span className="sr-only">{t('Organisation:')} </span>{identity.tenant.name}</span></span>
      <ChevronsUpDown aria-hidden className="size-3.5 text-ink-3" />
    </button>
  )} />;
};
