import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react';
import type { ShownProblem } from '../lib/problem.js';
import { useSessionState } from '../session/session-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { ProblemNote } from '../ui/problem-note.js';
import { Skeleton } from '../ui/panel.js';
import { ProofGate } from '../proof/proof-gate.js';
import { ConnectionIndicator } from './connection-indicator.js';
import { LiveProvider } from './live-provider.js';
import { ShellContext } from './page.js';
import { Sidebar } from './sidebar.js';
import { useVisits } from '../search/use-visits.js';
import { useFollowPreferences } from './use-appearance.js';
import { useShortcuts } from './use-shortcuts.js';

const CommandPalette = lazy(() => import('../search/command-palette.js').then(m => ({ default: m.CommandPalette })));

const Drawer = lazy(() => import('./drawer.js').then(m => ({ default: m.Drawer })));

const ShortcutsSheet = lazy(() => import('./shortcuts-sheet.js').then(m => ({ default: m.ShortcutsSheet })));

const FollowPreferences = (): ReactNode => { useFollowPreferences(); useVisits(); return null; };

const Waiting = (): ReactNode => (
  <div role="status" aria-label={t('Connecting')} className="lg:pl-60">
    <div className="flex h-13 items-center border-b border-line px-6"><Skeleton className="h-4 w-32" /></div>
    <div className="mx-auto grid max-w-[1180px] gap-4 p-6 sm:grid-cols-3"><Skeleton className="h-24" /><Skeleton className="h-24" /><Skeleton className="h-24" /><Skeleton className="h-72 sm:col-span-3" /></div>
  </div>
);

const NotConnected = ({ problem }: { readonly problem: ShownProblem }): ReactNode => (
  <div className="mx-auto max-w-lg p-6 pt-24"><ProblemNote problem={problem} /><Button className="mt-4" onClick={() => location.reload()}>{t('Load the page again')}</Button></div>
);

/** Everything behind the log-in: sidebar, the one connection, and the page. */
export const Shell = (): ReactNode => {
  const state = useSessionState();
  /** Undefined: never opened, and not loaded. */
  const [menu, setMenu] = useState<boolean>();
  const [palette, setPalette] = useState(false);
  const [title, announce] = useState('');
  const [help, setHelp] = useState(false);
  const shell = useMemo(() => ({ openMenu: () => setMenu(true), openPalette: () => setPalette(true), openHelp: () => setHelp(true), announce }), []);
  const keys = useMemo(() => ({ palette: () => setPalette(open => !open), help: () => setHelp(true) }), []);

  useShortcuts(state.status === 'signed_in' ? state.identity.tenant.id : '', keys);

  if (state.status !== 'signed_in') return null;
  const { identity } = state;
  return (
    <ShellContext value={shell}>
      <a href="#main" className="sr-only focus:not-sr-only focus:fixed focus:left-3 focus:top-3 focus:z-50 focus:rounded-md focus:bg-accent focus:px-3 focus:py-1.5 focus:text-on-accent">{t('Skip to content')}</a>
      <p aria-live="polite" className="sr-only">{title}</p>
      <LiveProvider
        connecting={<><aside className="fixed inset-y-0 left-0 hidden w-60 border-r border-line bg-sunken lg:block"><Sidebar identity={identity} /></aside><Waiting /></>}
        failed={NotConnected}
      >
        <aside className="fixed inset-y-0 left-0 z-30 hidden w-60 border-r border-line bg-sunken lg:block"><Sidebar identity={identity} connection={<ConnectionIndicator />} /></aside>
        {menu !== undefined && <Suspense fallback={null}><Drawer open={menu} onOpenChange={setMenu} identity={identity} /></Suspense>}
        <div className="lg:pl-60"><Outlet /></div>
        <ProofGate />
        <FollowPreferences />
        {help && <Suspense fallback={null}><ShortcutsSheet open onOpenChange={setHelp} /></Suspense>}
        {palette && <Suspense fallback={null}><CommandPalette open={palette} onOpenChange={setPalette} /></Suspense>}
      </LiveProvider>
    </ShellContext>
  );
};
