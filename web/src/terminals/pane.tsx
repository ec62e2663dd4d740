import { clsx } from 'clsx';
import { Circle, Keyboard } from 'lucide-react';
import { ContextMenu } from 'radix-ui';
import { useEffect, useRef, type ReactNode } from 'react';
import type { TerminalSession } from '../contracts.js';
import { t } from '../texts/text.js';
import { Dot } from '../ui/status-pill.js';
import { useNow } from '../ui/ago.js';
import { useMedia, useValue } from './hooks.js';
import { KeyRow } from './key-row.js';
import type { LiveTerminal } from './live-terminal.js';
import { Notices } from './notices.js';
import { PaneMenu, paneItems, type PaneActions } from './pane-menu.js';
import { PasteDialog } from './paste-dialog.js';
import { SearchBar } from './search-bar.js';
import { RECORDING_WORDS, stateOfTerminal } from './session-words.js';
import { ViewersMenu } from './viewers-menu.js';

interface Props {
  readonly terminal: LiveTerminal;
  readonly session: TerminalSession | undefined;
  readonly focused: boolean;
  /** How many other sessions get what is typed here. */
  readonly also: number;
  readonly searching: boolean;
  readonly onSearch: (on: boolean) => void;
  readonly onFocus: () => void;
  readonly onAnother: () => void;
  readonly actions: PaneActions;
}

export const paneId = (session: string): string => `terminal-bar-${session}`;

/** One terminal with its bar, its notices and, for fingers, its keys. */
export const Pane = ({ terminal, session, focused, also, searching, onSearch, onFocus, onAnother, actions }: Props): ReactNode => {
  const screen = useRef<HTMLDivElement>(null);
  const touch = useMedia('(pointer: coarse)');
  const { link: hovered } = useValue(terminal.notes);
  const facts = useValue(terminal.link.facts);
  const over = useValue(terminal.link.status).state === 'ended';
  const notices = <Notices terminal={terminal} onAnother={onAnother} onClose={() => actions.hide(terminal.session)} />;
  const title = session?.title ?? (facts?.title || t('Terminal'));
  const place = session && session.server_name !== title ? session.server_name : undefined;

  useEffect(() => (screen.current ? terminal.place(screen.current) : undefined), [terminal]);
  useEffect(() => { if (focused) terminal.focus(); else terminal.blur(); }, [focused, terminal]);
  useEffect(() => { terminal.label(t('Terminal {title}. Alt Shift X leaves it.', { title })); }, [terminal, title]);

  return (
    <section aria-label={place ? t('Terminal {title} on {place}', { title, place }) : t('Terminal {title}', { title })} data-testid="pane" data-session={terminal.session} data-focused={focused} onFocusCapture={onFocus}
      className="relative flex h-full min-h-0 min-w-0 flex-col bg-surface">
      {also > 0 && <div aria-hidden data-testid="broadcast-frame" className="pointer-events-none absolute inset-0 z-10 border-2 border-warn" />}
      <div id={paneId(terminal.session)} role="toolbar" aria-label={t('{title}: what to do', { title })} tabIndex={-1} className={clsx('flex min-h-9 items-center gap-2 border-b border-line pl-3 pr-1 outline-none', focused ? 'bg-raised' : 'bg-sunken')}>
        <StateDot terminal={terminal} />
        <span className="min-w-0 truncate text-[13px] font-medium">{title}</span>
        {place && <span className="hidden truncate text-[12px] text-ink-3 sm:inline">{place}</span>}
        {facts?.recording && <span data-testid="recording" title={RECORDING_WORDS[session?.recording ?? 'output']} className="flex items-center gap-1 text-[12px] text-bad"><Circle aria-hidden className="size-2 fill-current" /><span className="sr-only sm:not-sr-only">{t('Recorded')}</span></span>}
        {facts && !facts.types && <span className="rounded border border-line px-1 text-[12px] text-ink-2">{t('read only')}</span>}
        {also > 0 && <span className="flex items-center gap-1 text-[12px] font-medium text-warn"><Keyboard aria-hidden className="size-3.5" />+{also}</span>}
        <span className="ml-auto flex items-center gap-0.5">
          <Latency terminal={terminal} />
          <ViewersMenu terminal={terminal} session={session} />
          <PaneMenu terminal={terminal} session={session} actions={actions} onSearch={() => onSearch(true)} />
        </span>
      </div>
      <ContextMenu.Root>
        <ContextMenu.Trigger asChild>
          <div className="relative min-h-0 flex-1">
            <div ref={screen} data-testid="screen" className="absolute inset-0 overflow-hidden" />
            {/* Over the screen: a notice that took room from it would change the size of what runs there. */}
            <div className="pointer-events-none absolute inset-x-0 top-0 z-10 *:pointer-events-auto">
              {searching && <SearchBar terminal={terminal} onClose={() => onSearch(false)} />}
              {!over && notices}
            </div>
            {hovered !== undefined && <p role="status" className="pointer-events-none absolute bottom-1 left-1 z-10 max-w-[90%] truncate rounded border border-line bg-raised px-2 py-0.5 text-[12px] text-ink shadow-pop">{hovered}</p>}
          </div>
        </ContextMenu.Trigger>
        <ContextMenu.Portal>
          <ContextMenu.Content className="z-50 min-w-52 animate-fade rounded-lg border border-line bg-surface p-1 shadow-pop" onCloseAutoFocus={event => { event.preventDefault(); terminal.focus(); }}>
            {paneItems({ terminal, actions, onSearch: () => onSearch(true) }).map(item => (item === 'line' ? null : (
              <ContextMenu.Item key={item.label} disabled={item.blocked !== undefined} onSelect={item.act} className="flex cursor-pointer items-center gap-2 rounded-md px-2 py-1.5 outline-none data-disabled:cursor-not-allowed data-disabled:opacity-60 data-highlighted:bg-raised [&>svg]:size-4 [&>svg]:text-ink-3">
                {item.icon}<span className="flex-1">{item.label}</span>{item.keys && <span className="text-[12px] text-ink-3">{item.keys}</span>}
              </ContextMenu.Item>
            )))}
          </ContextMenu.Content>
        </ContextMenu.Portal>
      </ContextMenu.Root>
      {over && notices}
      {touch && facts?.types && <KeyRow terminal={terminal} />}
      <PasteDialog terminal={terminal} also={also} />
    </section>
  );
};

export const StateDot = ({ terminal }: { readonly terminal: LiveTerminal }): ReactNode => {
  const status = useValue(terminal.link.status);
  const { tone, moving, label } = stateOfTerminal(status, useNow());
  return <span data-testid="terminal-state" data-state={status.state} title={label} className="inline-flex"><Dot tone={tone} moving={moving} /><span className="sr-only">{label}</span></span>;
};

const Latency = ({ terminal }: { readonly terminal: LiveTerminal }): ReactNode => {
  const ms = useValue(terminal.link.latency);
  return ms === undefined ? null : <span title={t('To Xanthus and back')} className="figure hidden px-1 text-[12px] text-ink-3 sm:inline">{ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms</span>;
};
