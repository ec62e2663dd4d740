import { Link, useNavigate } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { ChevronsUpDown, LogOut, Monitor, MonitorSmartphone, Moon, ShieldCheck, Sun } from 'lucide-react';
import { Fragment, useSyncExternalStore, type ReactNode } from 'react';
import type { Identity } from '../session/session.js';
import { useLogout } from '../session/session-context.js';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from '../ui/menu.js';
import { TenantMenu } from '../tenancy/tenant-menu.js';
import { Mark } from './brand.js';
import { placesOf } from './nav.js';
import { getTheme, setTheme, subscribeTheme, type Theme } from './theme.js';

const THEMES: readonly (readonly [Theme, string, ReactNode])[] = [['system', 'System', <Monitor key="s" aria-hidden />], ['light', 'Light', <Sun key="l" aria-hidden />], ['dark', 'Dark', <Moon key="d" aria-hidden />]];

/** `connection`: what stands above the account; `true` where there is a connection and nothing is to be said of it. */
export const Sidebar = ({ identity, connection, onNavigate }: { readonly identity: Identity; readonly connection?: ReactNode; readonly onNavigate?: () => void }): ReactNode => (
  <div className="flex h-full flex-col gap-1 p-3">
    <div className="mb-3">{connection ? <TenantMenu identity={identity} {...(onNavigate ? { onNavigate } : {})} /> : <Home identity={identity} />}</div>
    <nav aria-label="Main" className="-mx-1 min-h-0 flex-1 overflow-y-auto px-1">
      {placesOf(identity.tenant.id).map((place, i, places) => (
        <Fragment key={place.to}>
          {place.group !== places[i - 1]?.group && i > 0 && <p className="eyebrow px-2.5 pb-1 pt-4">{place.group}</p>}
          <Link to={place.to} activeOptions={{ exact: place.to === '/' }} {...(onNavigate ? { onClick: onNavigate } : {})}
            className="relative flex h-8 items-center gap-2.5 rounded-md px-2.5 text-ink-2 transition-colors hover:bg-raised hover:text-ink"
            activeProps={{ className: 'bg-raised font-medium text-ink before:absolute before:inset-y-1.5 before:left-0 before:w-0.5 before:rounded-full before:bg-accent' }}>
            <place.icon aria-hidden className="size-4" />{place.label}
          </Link>
        </Fragment>
      ))}
    </nav>
    {connection !== true && connection}
    <UserMenu identity={identity} {...(onNavigate ? { onNavigate } : {})} />
  </div>
);

const Home = ({ identity }: { readonly identity: Identity }): ReactNode => (
  <span className="flex items-center gap-2.5 px-1.5 py-1"><Mark className="size-7" /><span className="grid min-w-0 leading-tight"><span className="font-semibold tracking-tight">Xanthus</span><span className="truncate text-[12px] text-ink-3">{identity.tenant.name}</span></span></span>
);

const UserMenu = ({ identity, onNavigate }: { readonly identity: Identity; readonly onNavigate?: () => void }): ReactNode => {
  const logout = useLogout();
  const navigate = useNavigate();
  const theme = useSyncExternalStore(subscribeTheme, getTheme);
  return (
    <Menu align="start" trigger={(
      <button type="button" aria-label="Account menu" className="flex items-center gap-2.5 rounded-md p-1.5 text-left hover:bg-raised">
        <span aria-hidden className={clsx('grid size-7 shrink-0 place-items-center rounded-full bg-accent-wash text-[12px] font-semibold text-accent-ink')}>{identity.user.name.slice(0, 1).toUpperCase()}</span>
        <span className="grid min-w-0 flex-1 leading-tight"><span className="truncate text-[13px] font-medium">{identity.user.name}</span><span className="truncate text-[12px] text-ink-3">{identity.user.email}</span></span>
        <ChevronsUpDown aria-hidden className="size-3.5 text-ink-3" />
      </button>
    )}>
      <MenuLabel>Theme</MenuLabel>
      <MenuChoice label="Theme" value={theme} options={THEMES} onChange={setTheme} />
      <MenuLine />
      <MenuItem icon={<ShieldCheck aria-hidden />} onSelect={() => { onNavigate?.(); void navigate({ to: '/profile' }); }}>Profile and second factor</MenuItem>
      <MenuItem icon={<MonitorSmartphone aria-hidden />} onSelect={() => { onNavigate?.(); void navigate({ to: '/sessions' }); }}>Sessions</MenuItem>
      <MenuItem icon={<LogOut aria-hidden />} onSelect={logout}>Log out</MenuItem>
    </Menu>
  );
};
