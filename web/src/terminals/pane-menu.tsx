import { useMutation } from '@tanstack/react-query';
import { ClipboardPaste, Columns2, Copy, Ellipsis, Eraser, ExternalLink, Maximize2, Minimize2, PencilLine, Rows2, Search, Share2, ShieldCheck, ShieldOff, SquareDashedMousePointer, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { TerminalSession } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { IconButton } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Menu, MenuItem, MenuLine } from '../ui/menu.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { AskLine } from './ask-line.js';
import type { LiveTerminal } from './live-terminal.js';
import { ShareDialog } from './share-dialog.js';
import { closeSession, killSession, moderateSession, renameSession } from './terminals.data.js';

export interface PaneActions {
  readonly fullScreen: boolean;
  readonly alone: boolean;
  toggleFullScreen(): void;
  popOut(session: string): void;
  split(session: string, direction: 'h' | 'v'): void;
  hide(session: string): void;
}

interface Item { readonly label: string; readonly icon: ReactNode; readonly keys?: string; readonly blocked?: string | undefined; act(): void }

/** What the menu of the bar and that of the right button have in common. */
export const paneItems = ({ terminal, actions, onSearch }: { readonly terminal: LiveTerminal; readonly actions: PaneActions; readonly onSearch: () => void }): readonly (Item | 'line')[] => [
  { label: t('Copy'), icon: <Copy aria-hidden />, keys: 'Ctrl+Shift+C', blocked: terminal.selection === '' ? t('Nothing is selected.') : undefined, act: () => void terminal.copy().then(done => done && toast(t('Copied'))) },
  { label: t('Paste'), icon: <ClipboardPaste aria-hidden />, keys: 'Ctrl+Shift+V', act: () => void pasteFromClipboard(terminal) },
  { label: t('Select all'), icon: <SquareDashedMousePointer aria-hidden />, act: () => terminal.selectAll() },
  { label: t('Search'), icon: <Search aria-hidden />, keys: 'Ctrl+Shift+F', act: onSearch },
  { label: t('Clear what is above'), icon: <Eraser aria-hidden />, act: () => terminal.clear() },
  'line',
  { label: t('Split side by side'), icon: <Columns2 aria-hidden />, keys: 'Alt+Shift+V', act: () => actions.split(terminal.session, 'h') },
  { label: t('Split below'), icon: <Rows2 aria-hidden />, keys: 'Alt+Shift+H', act: () => actions.split(terminal.session, 'v') },
  ...(actions.alone ? [] : [{ label: t('A window of its own'), icon: <ExternalLink aria-hidden />, act: () => actions.popOut(terminal.session) }]),
];

/** Browsers ask before a page may read the clipboard; where they never allow it, the key does what the menu can't. */
const pasteFromClipboard = async (terminal: LiveTerminal): Promise<void> => {
  try {
    terminal.paste(await navigator.clipboard.readText());
  } catch {
    toast(t('Press Ctrl+Shift+V to paste'), t('This browser gives its clipboard to the keyboard only.'));
    terminal.focus();
  }
};

interface Props { readonly terminal: LiveTerminal; readonly session: TerminalSession | undefined; readonly actions: PaneActions; readonly onSearch: () => void }

export const PaneMenu = ({ terminal, session, actions, onSearch }: Props): ReactNode => {
  const client = useClient();
  const id = terminal.session;
  const [dialog, setDialog] = useState<'share' | 'rename' | 'close' | 'kill'>();
  const mayKill = useCan(maySend(client.tenant, killSession, id));
  const mine = session?.owner === client.user.id;
  const over = session === undefined || session.state === 'ended';
  const notMine = over ? t('It is over.') : mine ? undefined : t('Only its owner may.');
  const moderate = useMutation({ mutationFn: (on: boolean) => moderateSession(client, id, { on }), onError: toastProblem });
  const shut = (): void => { setDialog(undefined); terminal.focus(); };
  return (
    <>
      <span className="hidden items-center sm:flex">
        <IconButton label={t('Search (Ctrl Shift F)')} className="size-7" onClick={onSearch}><Search aria-hidden className="size-4" /></IconButton>
        <IconButton label={t('Share…')} className="size-7" onClick={() => setDialog('share')} disabled={over}><Share2 aria-hidden className="size-4" /></IconButton>
        <IconButton label={actions.fullScreen ? t('Leave full screen') : t('Full screen')} className="size-7" onClick={actions.toggleFullScreen}>{actions.fullScreen ? <Minimize2 aria-hidden className="size-4" /> : <Maximize2 aria-hidden className="size-4" />}</IconButton>
      </span>
      <Menu trigger={<IconButton label={t('Terminal menu')} className="size-7"><Ellipsis aria-hidden className="size-4" /></IconButton>}>
        {paneItems({ terminal, actions, onSearch }).map((item, i) => (item === 'line' ? <MenuLine key={i} /> : <MenuItem key={item.label} icon={item.icon} blocked={item.blocked} onSelect={item.act}>{item.label}</MenuItem>))}
        <MenuLine />
        <MenuItem icon={<Share2 aria-hidden />} blocked={over ? t('It is over.') : undefined} onSelect={() => setDialog('share')}>{t('Share…')}</MenuItem>
        <MenuItem icon={<PencilLine aria-hidden />} blocked={notMine} onSelect={() => setDialog('rename')}>{t('Rename…')}</MenuItem>
        {session?.moderated
          ? <MenuItem icon={<ShieldOff aria-hidden />} blocked={over ? t('It is over.') : undefined} onSelect={() => moderate.mutate(false)}>{t('End moderation')}</MenuItem>
          : <MenuItem icon={<ShieldCheck aria-hidden />} blocked={over ? t('It is over.') : undefined} onSelect={() => moderate.mutate(true)}>{t('Moderate')}</MenuItem>}
        <MenuLine />
        <MenuItem icon={<X aria-hidden />} onSelect={() => actions.hide(id)}>{t('Close the pane; it goes on')}</MenuItem>
        {mine && <MenuItem danger icon={<X aria-hidden />} blocked={over ? t('It is over.') : undefined} onSelect={() => setDialog('close')}>{t('End the session…')}</MenuItem>}
        {!mine && mayKill && <MenuItem danger icon={<X aria-hidden />} blocked={over ? t('It is over.') : undefined} onSelect={() => setDialog('kill')}>{t('End somebody else’s session…')}</MenuItem>}
      </Menu>
      {session && <ShareDialog session={session} open={dialog === 'share'} onClose={shut} />}
      {session && <AskLine open={dialog === 'rename'} onClose={shut} title={t('Rename the session')} label={t('Title')} most={60} initial={session.title} action={t('Rename')} run={title => renameSession(client, id, { title })} />}
      {session && (
        <AskLine open={dialog === 'kill'} onClose={shut} title={t('End “{title}”', { title: session.title })} label={t('Reason')} most={200} initial="" action={t('End it now')} danger run={reason => killSession(client, id, { reason })}
          description={t('The shell and what runs in it end at once. Everybody in it sees the reason, and it is kept in the history.')} />
      )}
      <ConfirmDialog open={dialog === 'close'} onClose={shut} title={t('End “{title}”', { title: session?.title ?? '' })} action={t('End the session')} effect={session?.durable ? t('The shell and what runs in it end, on the server too.') : t('The shell and what runs in it end. Programs that were told to go on without a terminal do.')} run={() => closeSession(client, id, {})} />
    </>
  );
};
