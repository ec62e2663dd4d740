import { ChevronDown, ChevronUp, Pause, Play, X } from 'lucide-react';
import { useState, useSyncExternalStore, type ReactNode } from 'react';
import { formatBytes, formatDuration } from '../lib/format.js';
import { Button, IconButton } from '../ui/button.js';
import { nameOf, shownName } from './paths.js';
import { secondsLeft, totals, type Transfer, type Transfers } from './transfers.js';

const WORDS: Readonly<Record<Transfer['state'], string>> = { waiting: 'Waits', running: 'Under way', paused: 'Paused', cut: 'Cut off; goes on by itself', done: 'Done', failed: 'Failed' };
const percent = (sent: number, size: number): number => (size === 0 ? 100 : Math.floor((sent / size) * 100));
const pace = (t: Pick<Transfer, 'sent' | 'size' | 'speed'>): string => {
  const left = secondsLeft(t);
  return t.speed > 0 ? ` · ${formatBytes(t.speed)}/s${left === undefined ? '' : ` · ${formatDuration(left)} left`}` : '';
};
const Bar = ({ sent, size, label }: { readonly sent: number; readonly size: number; readonly label: string }): ReactNode => (
  <div role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent(sent, size)} className="h-1 overflow-hidden rounded bg-raised"><div className="h-full bg-accent transition-[width]" style={{ width: `${percent(sent, size)}%` }} /></div>
);

/** Uploads, those under way first; they go on while one looks at other folders. */
export const TransferList = ({ transfers }: { readonly transfers: Transfers }): ReactNode => {
  const all = useSyncExternalStore(transfers.subscribe, transfers.get);
  const [open, setOpen] = useState(true);
  if (all.length === 0) return null;
  const sum = totals(all);
  return (
    <section aria-label="Uploads" data-testid="uploads" className="sticky bottom-3 z-20 mt-4 animate-rise rounded-xl border border-line-strong bg-surface shadow-pop">
      <header className="flex min-h-11 items-center gap-2 px-4 text-[13px]">
        <p role="status" className="min-w-0 flex-1 truncate">{sum.open === 0 ? 'Uploads' : <>Uploading {sum.open === 1 ? 'one file' : `${sum.open} files`}: {formatBytes(sum.sent)} of {formatBytes(sum.size)}{pace(sum)}</>}</p>
        {all.some(t => t.state === 'done') && <Button size="sm" kind="quiet" onClick={() => transfers.clear()}>Clear done</Button>}
        <IconButton label={open ? 'Show less' : 'Show uploads'} aria-expanded={open} onClick={() => setOpen(!open)}>{open ? <ChevronDown aria-hidden className="size-4" /> : <ChevronUp aria-hidden className="size-4" />}</IconButton>
      </header>
      {sum.open > 0 && <div className="px-4 pb-2"><Bar sent={sum.sent} size={sum.size} label="All uploads" /></div>}
      {open && <ul className="max-h-64 divide-y divide-line overflow-y-auto border-t border-line">{all.slice(0, 200).map(t => <Row key={t.id} transfer={t} transfers={transfers} />)}</ul>}
    </section>
  );
};

const Row = ({ transfer: t, transfers }: { readonly transfer: Transfer; readonly transfers: Transfers }): ReactNode => {
  const name = shownName(nameOf(t.path));
  const going = t.state === 'waiting' || t.state === 'running' || t.state === 'cut';
  return (
    <li data-testid="upload" data-name={nameOf(t.path)} data-state={t.state} className="grid gap-1 px-4 py-2 text-[13px]">
      <div className="flex items-center gap-2">
        <p className="min-w-0 flex-1 truncate" title={shownName(t.path)}>{name}</p>
        {going && <IconButton label={`Pause ${name}`} onClick={() => transfers.pause(t.id)}><Pause aria-hidden className="size-4" /></IconButton>}
        {(t.state === 'paused' || t.state === 'failed') && <IconButton label={`Resume ${name}`} onClick={() => transfers.resume(t.id)}><Play aria-hidden className="size-4" /></IconButton>}
        <IconButton label={t.state === 'done' ? `Forget ${name}` : `Cancel ${name}`} onClick={() => transfers.cancel(t.id)}><X aria-hidden className="size-4" /></IconButton>
      </div>
      {t.state !== 'done' && <Bar sent={t.sent} size={t.size} label={`Upload of ${name}`} />}
      <p className={t.state === 'failed' ? 'text-[12px] text-bad' : 'figure text-[12px] text-ink-3'}>{t.problem ? t.problem.message : `${WORDS[t.state]} · ${t.state === 'done' ? formatBytes(t.size) : `${formatBytes(t.sent)} of ${formatBytes(t.size)}`}${pace(t)}`}</p>
    </li>
  );
};
