/** Below the top bar: the moment, how to move it, and back to now. */
import { ChevronLeft, ChevronRight, GitCompareArrows, X } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { formatMoment } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { useLive, useLooking } from '../live/live-context.js';
import { timeZone } from '../texts/language.js';
import { rich, t } from '../texts/text.js';
import { useNow } from '../ui/ago.js';
import { Button, IconButton } from '../ui/button.js';
import { inputClass } from '../ui/field.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { DensitySlider } from './density-slider.js';
import { fromLocalInput, toLocalInput, within } from './past-time.js';
import { nextChange, previousChange, sourcesOf } from './steps.js';
import { barOpen } from './time-control.js';
import { useLife } from './use-life.js';
import { useTravel } from './use-travel.js';

const ChangesDialog = lazy(() => import('./changes-dialog.js').then(m => ({ default: m.ChangesDialog })));

/** Whose changes are stepped through before one looks at a page of the past. */
const SERVICES = ['vps', 'applications', 'dns', 'terminals', 'auth'];

/** The page follows the hand after so many ms of rest. */
const REST = 100;
/** The right end of the slider moves on so often, ms. */
const PACE = 15_000;

const strong = (inner: ReactNode): ReactNode => <strong className="font-medium text-ink">{inner}</strong>;

export const Bar = ({ time }: { readonly time: string | undefined }): ReactNode => {
  const live = useLive();
  const { to, toNow } = useTravel();
  useNow(PACE);
  const now = Math.floor(live.now() / PACE) * PACE + PACE;
  const { first, dense } = useLife(now);
  const folding = useSyncExternalStore(live.past.folding.subscribe, live.past.folding.get);
  const [comparing, setComparing] = useState(false);
  // What the hand shows, until the page has followed.
  const [{ draft, of }, setDraft] = useState<{ readonly draft?: number; readonly of?: string | undefined }>({});
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(rest.current), []);
  const held = of === time ? draft : undefined;
  const at = held ?? (time === undefined ? now : Date.parse(time));
  const move = (moment: number): void => {
    setDraft({ draft: moment, of: time });
    clearTimeout(rest.current);
    rest.current = setTimeout(() => { if (moment >= live.now()) { setDraft({}); toNow(); } else to(moment); }, REST);
  };
  const leave = (): void => { barOpen.set(false); toNow(); };
  return (
    <section id="past-bar" aria-label={t('Time travel')} className={`animate-fade border-b border-line text-[13px] ${time === undefined ? 'bg-sunken' : 'bg-info-wash'}`}>
      <div className="mx-auto flex max-w-[1180px] flex-wrap items-center gap-x-3 gap-y-1.5 px-3 py-2 sm:px-6">
        <p data-testid="past-moment" className="figure min-w-0 basis-full sm:basis-auto">
          {time === undefined && held === undefined ? t('Move back to see how it was') : rich('You look at the past: <b>{moment}</b>', { b: strong, moment: formatMoment(at) })}
          {folding && <span className="ml-2 text-ink-3">{t('folding…')}</span>}
        </p>
        <Stepping at={at} first={first} onMove={to} />
        <DensitySlider first={first} now={now} at={within(at, first, now)} dense={dense} onMove={move} label={formatMoment(at)} />
        <ExactTime key={at} at={at} first={first} now={now} onMove={to} />
        <div className="ml-auto flex items-center gap-1.5">
          {time !== undefined && <Button size="sm" icon={<GitCompareArrows aria-hidden className="size-3.5" />} onClick={() => setComparing(true)}>{t('What changed since')}</Button>}
          {time === undefined
            ? <IconButton label={t('Close')} onClick={leave}><X aria-hidden className="size-4" /></IconButton>
            : <Button size="sm" kind="primary" onClick={leave}>{t('Back to now')}</Button>}
        </div>
      </div>
      {comparing && time !== undefined && <Suspense fallback={null}><ChangesDialog time={time} onClose={() => setComparing(false)} /></Suspense>}
    </section>
  );
};

/** Calendar and clock; taken over when it is whole. */
const ExactTime = ({ at, first, now, onMove }: { readonly at: number; readonly first: number; readonly now: number; readonly onMove: (moment: number) => void }): ReactNode => {
  const [text, setText] = useState(() => toLocalInput(at, timeZone));
  const take = (): void => {
    const moment = fromLocalInput(text, timeZone);
    if (moment !== undefined && toLocalInput(at, timeZone) !== text) onMove(within(moment, first, now));
  };
  return (
    <input type="datetime-local" step={1} aria-label={t('Exact time')} value={text} max={toLocalInput(now, timeZone)} onChange={e => setText(e.target.value)}
      onBlur={take} onKeyDown={e => { if (e.key === 'Enter') take(); }} className={`${inputClass} figure h-8 !w-52`} />
  );
};

/** To the change before or after, of what the page shows. */
const Stepping = ({ at, first, onMove }: { readonly at: number; readonly first: number; readonly onMove: (moment: number) => void }): ReactNode => {
  const live = useLive();
  const looking = useLooking();
  const [busy, setBusy] = useState(false);
  const step = async (back: boolean): Promise<void> => {
    const { client, past } = live;
    const shown = past.shown().map(v => v.service);
    const sources = sourcesOf(client, client.tenant, shown.length > 0 ? shown : SERVICES);
    if (sources.length === 0) return toast(t('No step'), t('Nothing on this page comes from a log that you may read.'));
    setBusy(true);
    try {
      const found = back ? await previousChange(client, sources, at, first) : await nextChange(client, sources, at);
      if (found !== undefined) onMove(found);
      else toast(back ? t('This is the beginning') : t('Nothing changed since'), t('There is no other change of what this page shows.'));
    } catch (error) {
      toastProblem(toProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <span className="flex">
      <IconButton label={t('Previous change')} aria-disabled={busy || undefined} onClick={() => { if (!busy) void step(true); }}><ChevronLeft aria-hidden className="size-4" /></IconButton>
      <IconButton label={t('Next change')} aria-disabled={busy || !looking || undefined} onClick={() => { if (!busy && looking) void step(false); }}><ChevronRight aria-hidden className="size-4" /></IconButton>
    </span>
  );
};
