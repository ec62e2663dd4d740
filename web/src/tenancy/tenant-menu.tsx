import { useNavigate } from '@tanstack/react-router';
import { Building2, Check, ChevronsUpDown, LayoutList } from 'lucide-react';
import type { ReactNode } from 'react';
import { Mark } from '../app/brand.js';
import type { Identity } from '../session/session.js';
import { t } from '../texts/text.js';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../ui/menu.js';
import { useSwitch, workplaces } from './switcher.js';
import { useTenants } from './use-tenants.js';

/** Where one is, and where else one may go. */
export const TenantMenu = ({ identity, onNavigate }: { readonly identity: Identity; readonly onNavigate?: () => void }): ReactNode => {
  const navigate = useNavigate();
  const tenants = workplaces(useTenants());
  const { switchTo } = useSwitch();
  return (
    <Menu align="start" trigger={(
      <button type="button" className="flex w-full items-center gap-2.5 rounded-md px-1.5 py-1 text-left hover:bg-raised">
        <Mark className="size-7" />
        <span className="grid min-w-0 flex-1 leading-tight"><span className="font-semibold tracking-tight">Xanthus</span><span className="truncate text-[12px] text-ink-3"><span className="sr-only">{t('Organisation:')} </span>{identity.tenant.name}</span></span>
        <ChevronsUpDown aria-hidden className="size-3.5 text-ink-3" />
      </button>
    )}>
      <MenuLabel>{t('Organisations')}</MenuLabel>
      {tenants.map(t => <MenuItem key={t.id} icon={t.current ? <Check aria-hidden /> : <Building2 aria-hidden />} onSelect={() => { onNavigate?.(); if (!t.current) switchTo(t.id); }}>{t.name}</MenuItem>)}
      <MenuLine />
      <MenuItem icon={<LayoutList aria-hidden />} onSelect={() => { onNavigate?.(); void navigate({ to: '/organisations' }); }}>{t('All organisations')}</MenuItem>
    </Menu>
  );
};
