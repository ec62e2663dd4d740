/** What can be done about an event, wherever it is shown: take it back, see what led to it, see the page as it was then. */
import { Ellipsis, GitBranch, History, Undo2 } from 'lucide-react';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { LoggedEvent } from '../causes/graph.js';
import { momentOf } from '../past/past-time.js';
import { useTravel } from '../past/use-travel.js';
import { usePast } from '../past/use-past.js';
import { LOOKING_BACK } from '../past/rules.js';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { toastProblem } from '../ui/toaster.js';
import { Menu, MenuItem } from '../ui/menu.js';

const UndoDialog = lazy(() => import('./undo-dialog.js').then(m => ({ default: m.UndoDialog })));
const CausesDialog = lazy(() => import('../causes/causes-dialog.js').then(m => ({ default: m.CausesDialog })));

interface Props { readonly event: LoggedEvent; /** The event in words: for labels. */ readonly text: string; /** When it was stored, where the event itself doesn't say. */ readonly stored?: string }

export const EventMenu = ({ event, text, stored }: Props): ReactNode => {
  const [open, setOpen] = useState<'undo' | 'causes'>();
  const { to } = useTravel();
  const past = usePast() !== null;
  const client = useClient();
  // The view has it from the moment on when it was stored, which is a little after it happened.
  const look = async (): Promise<void> => to(momentOf(event.stored ?? stored ?? (await (await import('./undo.data.js')).readEvent(client, event)).stored ?? event.at));
  const close = (): void => setOpen(undefined);
  return (
    <>
      <Menu trigger={<button type="button" aria-label={t('About “{event}”', { event: text })} className="grid size-7 place-items-center rounded-md text-ink-3 hover:bg-raised hover:text-ink"><Ellipsis aria-hidden className="size-4" /></button>}>
        <MenuItem icon={<Undo2 aria-hidden />} blocked={past ? LOOKING_BACK : undefined} onSelect={() => setOpen('undo')}>{t('Undo…')}</MenuItem>
        <MenuItem icon={<GitBranch aria-hidden />} onSelect={() => setOpen('causes')}>{t('What led to it')}</MenuItem>
        <MenuItem icon={<History aria-hidden />} onSelect={() => void look().catch(toastProblem)}>{t('Look at this page as it was then')}</MenuItem>
      </Menu>
      {open && <Suspense fallback={null}>{open === 'undo' ? <UndoDialog event={event} text={text} onClose={close} /> : <CausesDialog event={event} text={text} onClose={close} />}</Suspense>}
    </>
  );
};
