import { ChevronDown, ChevronUp, Pause, Play, X } from 'lucide-react';
import { useState, useSyncExternalStore, type ReactNode } from 'react';
import { formatBytes, formatDuration } from '../lib/format.js';
import { t } from '../texts/text.js';
import { Button, IconButton } from '../ui/button.js';
import { nameOf, shownName } from './paths.js';
import { secondsLeft, totals, type Transfer, type Transfers } from './transfers.js';

const WORDS: Readonly<Record<Transfer['state'], string>> = { waiting: t('Waits'), running: t('Under way'), paused: t('Paused'), cut: t('Cut off; goes on by itself'), done: t('Done'), failed: t('Failed') };
const percent = (sent: number, size: number): number => (size === 0 ? 100 : Math.floor((sent / size) * 100));
const pace = (of: Pick<Transfer, 'sent' | 'size' | 'speed'>): string => {
  const left = secondsLeft(of);
  return of.speed > 0 ? ` · ${formatBytes(of.speed)}/s${left === undefined ? '' : ` · ${t('{time} left', { time: formatDuration(left) })}`}` : '';
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
    <section aria-label={t('Uploads')} data-testid="uploads" className="sticky bottom-3 z-20 mt-4 animate-rise rounded-xl border border-line-strong bg-surface shadow-pop">
      <header className="flex min-h-11 items-center gap-2 px-4 text-[13px]">
        <p role="status" className="min-w-0 flex-1 truncate">{sum.open === 0 ? t('Uploads') : t('{open, plural, one {Uploading one file: {sent} of {size}{pace}} other {Uploading # files: {sent} of {size}{pace}}}', { open: sum.open, sent: formatBytes(sum.sent), size: formatBytes(sum.size), pace: pace(sum) })}</p>
        {all.some(each => each.state === 'done') && <Button size="sm" kind="quiet" onClick={() => transfers.clear()}>{t('Clear done')}</Button>}
        <IconButton label={open ? t('Show less') : t('Show uploads')} aria-expanded={open} onClick={() => setOpen(!open)}>{open ? <ChevronDown aria-hidden className="size-4" /> : <ChevronUp aria-hidden className="size-4" />}</IconButton>
      </header>
      {sum.open > 0 && <div className="px-4 pb-2"><Bar sent={sum.sent} size={sum.size} label={t('All uploads')} /></div>}
      {open && <ul className="max-h-64 divide-y divide-line overflow-y-auto border-t border-line">{all.slice(0, 200).map(each => <Row key={each.id} transfer={each} transfers={transfers} />)}</ul>}
    </section>
  );
};

const Row = ({ transfer, transfers }: { readonly transfer: Transfer; readonly transfers: Transfers }): ReactNode => {
  const name = shownName(nameOf(transfer.path));
  const going = transfer.state === 'waiting' || transfer.state === 'running' || transfer.state === 'cut';
  return (
    <li data-testid="upload" data-name={nameOf(transfer.path)} data-state={transfer.state} className="grid gap-1 px-4 py-2 text-[13px]">
      <div className="flex items-center gap-2">
        <p className="min-w-0 flex-1 truncate" title={shownName(transfer.path)}>{name}</p>
        {going && <IconButton label={t('Pause {name}', { name })} onClick={() => transfers.pause(transfer.id)}><Pause aria-hidden className="size-4" /></IconButton>}
        {(transfer.state === 'paused' || transfer.state === 'failed') && <IconButton label={t('Resume {name}', { name })} onClick={() => transfers.resume(transfer.id)}><Play aria-hidden className="size-4" /></IconButton>}
        <IconButton label={transfer.state === 'done' ? t('Forget {name}', { name }) : t('Cancel {name}', { name })} onClick={() => transfers.cancel(transfer.id)}><X aria-hidden className="size-4" /></IconButton>
      </div>
      {transfer.state !== 'done' && <Bar sent={transfer.sent} size={transfer.size} label={t('Upload of {name}', { name })} />}
      <p className={transfer.state === 'failed' ? 'text-[12px] text-bad' : 'figure text-[12px] text-ink-3'}>{transfer.problem ? transfer.problem.message : `${WORDS[transfer.state]} · ${transfer.state === 'done' ? formatBytes(transfer.size) : t('{sent} of {size}', { sent: formatBytes(transfer.sent), size: formatBytes(transfer.size) })}${pace(transfer)}`}</p>
    </li>
  );
};
