import { Link, useLocation } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { ChevronRight, ChevronsUpDown } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { usePreference } from '../preferences/use-preference.js';
import type { Identity } from '../session/session.js';
import { TenantMenu } from '../tenancy/tenant-menu.js';
import { t } from '../texts/text.js';
import { MenuLater } from '../ui/menu-later.js';
import { Mark } from './brand.js';
import { groupsOf, type Place, type PlaceGroup } from './nav.js';

interface Props { readonly identity: Identity; /** What stands above the account; `true` where there is a connection and nothing is to be said of it. */ readonly connection?: ReactNode; readonly onNavigate?: () => void }

export const Sidebar = ({ identity, connection, onNavigate }: Props): ReactNode => {
  const on = onNavigate ? { onNavigate } : {};
  return (
    <div className="flex h-full flex-col gap-1 p-3">
      <div className="mb-3">{connection ? <TenantMenu identity={identity} {...on} /> : <Home identity={identity} />}</div>
      <nav aria-label={t('Main')} className="-mx-1 min-h-0 flex-1 overflow-y-auto px-1">
        {connection ? <Kept tenant={identity.tenant.id} {...on} /> : groupsOf(identity.tenant.id).map(group => <Group key={group.key} group={group} closed={false} {...on} />)}
      </nav>
      {connection !== true && connection}
      {connection && <UserMenu identity={identity} {...on} />}
    </div>
  );
};

const OPEN: readonly string[] = [];

/** The groups that somebody closed stay closed, on every device. */
const Kept = ({ tenant, onNavigate }: { readonly tenant: string; readonly onNavigate?: () => void }): ReactNode => {
  const [stored, setClosed] = usePreference<unknown>('sidebar.closed', OPEN);
  const closed: readonly unknown[] = Array.isArray(stored) ? stored : OPEN;
  return groupsOf(tenant).map(group => (
    <Group key={group.key} group={group} closed={closed.includes(group.key)} {...(onNavigate ? { onNavigate } : {})}
      onToggle={() => { const next = closed.includes(group.key) ? closed.filter(key => key !== group.key) : [...closed, group.key]; setClosed(next.length > 0 ? next : null); }} />
  ));
};

/** Too few to be closed. */
const FEW = 3;

const Group = ({ group, closed, onToggle, onNavigate }: { readonly group: PlaceGroup; readonly closed: boolean; readonly onToggle?: () => void; readonly onNavigate?: () => void }): ReactNode => {
  const id = useId();
  const path = useLocation({ select: location => location.pathname });
  const may = onToggle !== undefined && group.label !== undefined && group.places.length > FEW;
  // Where one is stays in sight.
  const shown = may && closed ? group.places.filter(place => path === place.to || path.startsWith(`${place.to}/`)) : group.places;
  return (
    <>
      {group.label && (may
        ? (
        <button type="button" aria-expanded={!closed} aria-controls={id} onClick={onToggle} className="eyebrow group mt-2.5 flex h-7 w-full items-center gap-1 rounded px-2.5 text-left hover:text-ink">
            {group.label}<ChevronRight aria-hidden className={clsx('size-3 transition-transform', closed ? 'opacity-100' : 'rotate-90 opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100')} />
          </button>
        )
        : <p className="eyebrow px-2.5 pb-1 pt-4">{group.label}</p>)}
      <div id={id}>{shown.map(place => <PlaceLink key={place.to} place={place} {...(onNavigate ? { onNavigate } : {})} />)}</div>
    </>
  );
};

const PlaceLink = ({ place, onNavigate }: { readonly place: Place; readonly onNavigate?: () => void }): ReactNode => (
  <Link to={place.to} activeOptions={{ exact: place.to === '/' }} {...(onNavigate ? { onClick: onNavigate } : {})}
    className="relative flex h-8 items-center gap-2.5 rounded-md px-2.5 text-ink-2 transition-colors hover:bg-raised hover:text-ink"
    activeProps={{ className: 'bg-raised font-medium text-ink before:absolute before:inset-y-1.5 before:left-0 before:w-0.5 before:rounded-full before:bg-accent' }}>
    <place.icon aria-hidden className="size-4 shrink-0" /><span className="min-w-0 truncate">{place.label}</span>
  </Link>
);

const Home = ({ identity }: { readonly identity: Identity }): ReactNode => (
  <span className="flex items-center gap-2.5 px-1.5 py-1"><Mark className="size-7" /><span className="grid min-w-0 leading-tight"><span className="font-semibold tracking-tight">Xanthus</span><span className="truncate text-[12px] text-ink-3">{identity.tenant.name}</span></span></span>
);

const userItems = async () => (await import('./user-menu.js')).UserMenu;

const UserMenu = ({ identity, ...on }: { readonly identity: Identity; readonly onNavigate?: () => void }): ReactNode => (
  <MenuLater load={userItems} of={on} trigger={(
    <button type="button" className="flex items-center gap-2.5 rounded-md p-1.5 text-left hover:bg-raised">
      <span className="sr-only">{t('Account menu')}: </span>
      <span aria-hidden className="grid size-7 shrink-0 place-items-center rounded-full bg-accent-wash text-[12px] font-semibold text-accent-ink">{identity.user.name.slice(0, 1).toUpperCase()}</span>
      <span className="grid min-w-0 flex-1 leading-tight"><span className="truncate text-[13px] font-medium">{identity.user.name}</span><span className="truncate text-[12px] text-ink-3">{identity.user.email}</span></span>
      <ChevronsUpDown aria-hidden className="size-3.5 text-ink-3" />
    </button>
  )} />
);
