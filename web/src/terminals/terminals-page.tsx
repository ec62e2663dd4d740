import { useNavigate, useSearch } from '@tanstack/react-router';
import { Keyboard, LayoutList, Plus, Settings2, SquareTerminal } from 'lucide-react';
import { clsx } from 'clsx';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import { openSession, type TerminalSession } from '../contracts.js';
import { ForwardsPanel } from '../forwards/forwards-panel.js';
import { useCan, useClient } from '../live/live-context.js';
import { useSession } from '../session/session-context.js';
import { rich, t } from '../texts/text.js';
import { Button, IconButton } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { EmptyState, PageBody } from '../ui/panel.js';
import { ListStates } from '../ui/row-list.js';
import { toastProblem } from '../ui/toaster.js';
import { BroadcastDialog } from './broadcast-dialog.js';
import { Desk } from './desk.js';
import { useDark, useMedia, useTerminalSettings, useValue } from './hooks.js';
import type { Shortcut } from './keys.js';
import { activate, flat, focusOn, hide, leaf, moveTab, nextPane, resize, sessionsIn, sessionsOf, show, split, step, type Direction } from './layout.js';
import { OpenDialog } from './open-dialog.js';
import type { PaneActions } from './pane-menu.js';
import { Pane, paneId } from './pane.js';
import { Panes } from './panes.js';
import { SessionList } from './session-list.js';
import { SettingsDialog } from './settings-dialog.js';
import { FONT_SIZES, terminalSettings } from './settings.js';
import { ShortcutsDialog } from './shortcuts-dialog.js';
import { TabStrip } from './tab-strip.js';
import type { TerminalSearch } from './terminal-search.js';
import { attachSession, useSessions } from './terminals.data.js';
import { useLayout } from './use-layout.js';

/** Where a new session goes: into a tab of its own, or beside another one. */
interface Opening { readonly server?: string | undefined; readonly beside?: { readonly session: string; readonly direction: Direction } }
type Shown = 'switch' | 'help' | 'settings' | 'broadcast' | Opening | undefined;

export const TerminalsPage = (): ReactNode => {
  const client = useClient();
  const session = useSession();
  const navigate = useNavigate();
  const { alone, open } = useSearch({ strict: false }) as TerminalSearch;
  const list = useSessions();
  const { status, rows } = list;
  const mayOpen = useCan(maySend(client.tenant, openSession));
  const settings = useTerminalSettings();
  const dark = useDark();
  const narrow = useMedia('(max-width: 639px)');
  const [desk] = useState(() => new Desk(location.origin, session.token));
  const [layout, change] = useLayout();
  const [chosen, choose] = useState<Shown>();
  const [searching, setSearching] = useState<string>();
  const [full, setFull] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const group = useValue(desk.broadcast);
  const shown = sessionsOf(layout);

  useEffect(() => () => desk.close(), [desk]);
  useEffect(() => desk.apply(settings, dark), [desk, dark, settings]);
  useEffect(() => desk.keep(sessionsOf(layout)), [desk, layout]);
  const focusTitle = layout.focus === undefined ? undefined : rows.get(layout.focus)?.title;
  useEffect(() => { document.title = `${focusTitle === undefined ? '' : `${focusTitle} · `}${t('Terminals')} · Xanthus`; }, [focusTitle]);
  // Opened by a link of another page: the dialog is in the address until it is closed.
  const asked: Opening | undefined = open === undefined ? undefined : { server: open === 'new' ? undefined : open };
  const dialog = chosen ?? asked;
  const setDialog = (next: Shown): void => {
    if (open !== undefined) void navigate({ to: '.', search: (s: TerminalSearch) => ({ ...s, open: undefined }), replace: true });
    choose(next);
  };
  useEffect(() => {
    const left = (): void => { if (!document.fullscreenElement) setFull(false); };
    document.addEventListener('fullscreenchange', left);
    return () => document.removeEventListener('fullscreenchange', left);
  }, []);

  const toggleFullScreen = (): void => {
    const next = !full;
    setFull(next);
    // A browser that gives no whole screen (a phone) still gives the whole window.
    if (next) void document.documentElement.requestFullscreen?.().catch(() => undefined);
    else if (document.fullscreenElement) void document.exitFullscreen();
  };
  const opened = (id: string): void => {
    const beside = typeof dialog === 'object' ? dialog.beside : undefined;
    change(l => (beside ? split(show(l, beside.session), beside.session, beside.direction, id) : show(l, id)));
  };
  const another = (id: string): void => setDialog({ server: rows.get(id)?.server });
  const actions: PaneActions = {
    fullScreen: full, alone: alone === true, toggleFullScreen,
    popOut: id => { if (window.open(`/terminals/${id}?alone=true`, '_blank', 'popup,width=1000,height=640')) change(l => hide(l, id)); },
    split: (id, direction) => setDialog({ server: rows.get(id)?.server, beside: { session: id, direction } }),
    hide: id => change(l => hide(l, id)),
  };
  const showSession = (s: TerminalSession): void => {
    setDialog(undefined);
    const invited = s.owner === client.user.id || s.participants.some(p => p.person === client.user.id);
    if (invited) change(l => show(l, s.id));
    // Joining somebody's session is written down, and they see it.
    else attachSession(client, s.id, {}).then(() => change(l => show(l, s.id))).catch(toastProblem);
  };
  /** About as much as fits; the terminal then follows its window. */
  const size = (): { cols: number; rows: number } => {
    const { clientWidth = 800, clientHeight = 480 } = body.current ?? {};
    return { cols: Math.min(500, Math.max(20, Math.floor(clientWidth / (settings.size * 0.6)))), rows: Math.min(200, Math.max(5, Math.floor((clientHeight - 40) / (settings.size * 1.3)))) };
  };
  const act: Readonly<Record<Shortcut, (id: string) => void>> = {
    out: id => document.querySelector<HTMLElement>(`#${paneId(id)} button`)?.focus(), help: () => setDialog('help'), open: () => setDialog({}), switch: () => setDialog('switch'),
    'next-tab': () => change(l => step(l, 1)), 'previous-tab': () => change(l => step(l, -1)), 'next-pane': () => change(l => nextPane(l)), 'previous-pane': () => change(l => nextPane(l, -1)),
    'split-right': id => actions.split(id, 'h'), 'split-below': id => actions.split(id, 'v'), hide: actions.hide, 'full-screen': toggleFullScreen,
    broadcast: () => (desk.broadcast.get() ? desk.broadcast.set(undefined) : setDialog('broadcast')), search: setSearching, copy: id => void desk.peek(id)?.copy(),
    larger: () => terminalSettings.set({ size: Math.min(FONT_SIZES.most, settings.size + 1) }), smaller: () => terminalSettings.set({ size: Math.max(FONT_SIZES.least, settings.size - 1) }), reconnect: id => desk.peek(id)?.link.reconnectNow(),
  };
  useEffect(() => desk.listen({ shortcut: (id, name) => act[name](id), another, up: client.reconnectNow }));
  // Whichever connection finds the gateway first says so to the others, which may have many seconds to wait.
  useEffect(() => client.connection.subscribe(({ state }) => { if (state === 'live') desk.reconnectNow(); }), [client, desk]);
  const close = (): void => {
    setDialog(undefined);
    if (layout.focus) desk.peek(layout.focus)?.focus();
  };
  const active = layout.tabs[layout.active];
  const pane = (id: string): ReactNode => (
    <Pane key={id} terminal={desk.get(id)} session={rows.get(id)} focused={layout.focus === id && dialog === undefined} also={group?.has(id) ? group.size - 1 : 0} searching={searching === id} actions={actions}
      onSearch={on => setSearching(on ? id : undefined)} onFocus={() => change(l => focusOn(l, id))} onAnother={() => another(id)} />
  );
  const openButton = <Button kind="primary" icon={<Plus aria-hidden className="size-4" />} blocked={mayOpen ? undefined : t('Your role may not open terminals.')} onClick={() => setDialog({})}>{t('Open a terminal')}</Button>;

  return (
    <Page title={t('Terminals')} actions={active && (
      <>
        <IconButton label={t('Open a terminal (Alt Shift T)')} onClick={() => setDialog({})}><Plus aria-hidden className="size-4" /></IconButton>
        <IconButton label={t('Sessions (Alt Shift P)')} onClick={() => setDialog('switch')}><LayoutList aria-hidden className="size-4" /></IconButton>
        <IconButton label={t('Type into several (Alt Shift B)')} aria-pressed={group !== undefined} className="aria-pressed:text-warn" onClick={() => act.broadcast('')}><Keyboard aria-hidden className="size-4" /></IconButton>
        <IconButton label={t('Terminal settings')} onClick={() => setDialog('settings')}><Settings2 aria-hidden className="size-4" /></IconButton>
      </>
    )}>
      {active ? (
        <div ref={body} className={clsx('flex flex-col bg-canvas', full || alone ? 'fixed inset-0 z-30' : 'h-[calc(100dvh-6.7rem)] sm:h-[calc(100dvh-3.3rem)]')}>
          {shown.length > 1 && (
            <div className="flex min-h-9 items-stretch border-b border-line bg-sunken"><TabStrip desk={desk} layout={narrow ? flat(layout) : layout} sessions={rows} onActivate={tab => change(l => (narrow ? focusOn(l, shown[tab] ?? '') : activate(l, tab)))} onHide={ids => change(l => ids.reduce(hide, l))} onMove={(from, to) => { if (!narrow) change(l => moveTab(l, from, to)); }} /></div>
          )}
          {group && (
            <div role="status" data-testid="broadcast" className="flex flex-wrap items-center gap-2 border-b border-warn bg-warn-wash px-3 py-1 text-[13px]">
              <Keyboard aria-hidden className="size-4 text-warn" /><p className="min-w-0 flex-1">{rich('What you type goes to <b>{n} sessions</b>: {names}', { b: <strong className="font-medium" />, n: group.size, names: [...group].map(id => rows.get(id)?.title ?? id).join(', ') })}</p>
              <Button size="sm" onClick={() => desk.broadcast.set(undefined)}>{t('Stop')}</Button>
            </div>
          )}
          <div className="min-h-0 flex-1"><Panes pane={narrow && layout.focus ? leaf(sessionsIn(active).includes(layout.focus) ? layout.focus : sessionsIn(active)[0] ?? '') : active} onResize={(path, share) => change(l => resize(l, path, share))} render={pane} /></div>
        </div>
      ) : (
        <PageBody>
          <ListStates of={list} what={t('terminals')} right="terminals.session.read" count={rows.size} empty={(
            <EmptyState icon={<SquareTerminal />} title={t('No terminals yet')} action={openButton}>{t('A shell on any of your servers, in this page. It stays when the page is reloaded or the network goes, and can be shared with others here.')}</EmptyState>
          )}>
            <div className="mb-4 flex justify-end">{openButton}</div>
            <SessionList sessions={rows.values()} shown={shown} onShow={showSession} />
          </ListStates>
          {status === 'ready' && <div className="mt-6"><ForwardsPanel /></div>}
        </PageBody>
      )}
      <OpenDialog open={typeof dialog === 'object'} server={typeof dialog === 'object' ? dialog.server : undefined} size={size} onClose={close} onOpened={opened} />
      <Dialog open={dialog === 'switch'} onOpenChange={o => { if (!o) close(); }} title={t('Sessions')} wide>
        <SessionList sessions={rows.values()} shown={shown} onShow={showSession} />
      </Dialog>
      <BroadcastDialog open={dialog === 'broadcast'} desk={desk} shown={shown} sessions={rows} focus={layout.focus} onClose={() => setDialog(undefined)} />
      <SettingsDialog open={dialog === 'settings'} onClose={close} />
      <ShortcutsDialog open={dialog === 'help'} onClose={close} />
    </Page>
  );
};
