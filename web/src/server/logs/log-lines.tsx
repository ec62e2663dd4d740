import { useVirtualizer } from '@tanstack/react-virtual';
import { clsx } from 'clsx';
import { ArrowDown } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Button } from '../../ui/button.js';
import { cutLine, mark, segments, type LogRow, type Segment } from './log-view.js';

const TONES: Readonly<Record<NonNullable<Segment['tone']>, string>> = { red: 'text-bad', green: 'text-ok', yellow: 'text-warn', blue: 'text-info', dim: 'text-ink-3', bold: 'font-semibold' };
/** Closer to the end than this counts as at the end, px. */
const NEAR = 24;

interface Props { readonly rows: readonly LogRow[]; readonly wanted: string; readonly wrap: boolean; readonly label: string; readonly live: boolean }

/** Only the lines in sight are drawn. Stays at the end while somebody is there; who scrolled up is left in peace. */
export const LogLines = ({ rows, wanted, wrap, label, live }: Props): ReactNode => {
  const box = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  // oxlint-disable-next-line react/incompatible-library -- no compiler here memoizes; what it returns is used in this function alone
  const lines = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => 20, overscan: 20, getItemKey: i => rows[i]?.seq ?? i });
  const newest = rows.at(-1)?.seq;
  useEffect(() => { if (atEnd && rows.length > 0) lines.scrollToIndex(rows.length - 1, { align: 'end' }); }, [atEnd, newest, rows.length, lines, wrap]);
  const onScroll = (): void => {
    const e = box.current;
    if (e) setAtEnd(e.scrollHeight - e.scrollTop - e.clientHeight < NEAR);
  };
  return (
    <div className="relative">
      <div ref={box} role="log" aria-label={label} aria-live="off" tabIndex={0} onScroll={onScroll} className="drawn-in-part h-[min(62vh,44rem)] overflow-auto bg-sunken py-2 font-mono text-[12px] leading-5">
        <div className="relative min-w-full" style={{ height: lines.getTotalSize(), ...(wrap ? {} : { width: 'max-content' }) }}>
          {lines.getVirtualItems().map(item => {
            const row = rows[item.index];
            if (!row) return null;
            const { text, hidden } = cutLine(row.text, open.has(row.seq));
            return (
              <div key={item.key} ref={lines.measureElement} data-index={item.index} data-line={row.seq} style={{ transform: `translateY(${item.start}px)` }}
                className={clsx('min-h-5 px-4 hover:bg-raised/60', wrap ? 'absolute inset-x-0 top-0 whitespace-pre-wrap break-all' : 'absolute left-0 top-0 min-w-full whitespace-pre')}>
                {mark(segments(text), wanted).map((part, i) => (
                  part.found ? <mark key={i} className="rounded-xs bg-accent text-on-accent">{part.text}</mark> : <span key={i} className={part.tone && TONES[part.tone]}>{part.text}</span>
                ))}
                {hidden > 0 && <button type="button" className="ml-1 rounded border border-line-strong bg-surface px-1.5 font-sans text-[11px] text-ink-2 hover:text-ink" onClick={() => setOpen(s => new Set([...s, row.seq]))}>{hidden.toLocaleString('en-GB')} more characters</button>}
              </div>
            );
          })}
        </div>
      </div>
      {!atEnd && <Button size="sm" className="absolute bottom-3 right-5 shadow-pop" icon={<ArrowDown aria-hidden className="size-3.5" />} onClick={() => setAtEnd(true)}>{live ? 'Follow again' : 'To the end'}</Button>}
    </div>
  );
};
