import { clsx } from 'clsx';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { t } from '../texts/text.js';
import { money, type DayBar } from './cost-model.js';

/** What each day costs; the days to come lighter. Read out under the pointer and by the arrow keys. */
export const DayChart = ({ bars, currency, label }: { readonly bars: readonly DayBar[]; readonly currency: string; readonly label: string }): ReactNode => {
  const [at, setAt] = useState<number>();
  const shown = at === undefined ? undefined : bars[at];
  const said = shown && `${shown.label}: ${money(shown.amount, currency)}${shown.forecast ? ', expected' : ''}`;
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === 'Escape') setAt(undefined);
    if (by === undefined) return;
    event.preventDefault();
    setAt(a => Math.min(bars.length - 1, Math.max(0, (a ?? (by > 0 ? -1 : bars.length)) + by)));
  };
  return (
    <div>
      <p aria-hidden className="figure mb-2 h-5 text-[13px] text-ink-2">{said ?? <span className="text-ink-3">{label}</span>}</p>
      <div role="slider" tabIndex={0} aria-label={t('{label}. Left and right read the days out.', { label })} aria-valuemin={1} aria-valuemax={bars.length} aria-valuenow={(at ?? 0) + 1} aria-valuetext={said ?? t('no day chosen')}
        className="flex h-32 items-end gap-px rounded-sm border-b border-line-strong sm:gap-1" onKeyDown={onKeyDown} onPointerLeave={() => setAt(undefined)} onBlur={() => setAt(undefined)}>
        {bars.map((bar, i) => (
          <div key={bar.day} data-day={bar.day} className="group flex h-full min-w-0 flex-1 items-end" onPointerEnter={() => setAt(i)}>
            <div className={clsx('w-full rounded-t-[3px] transition-colors', bar.forecast ? 'bg-accent/30' : 'bg-accent', at === i && 'bg-accent-hover')} style={{ height: `${Math.max(bar.part * 100, Number(bar.amount) > 0 ? 1.5 : 0)}%` }} />
          </div>
        ))}
      </div>
      <p aria-hidden className="figure mt-1.5 flex justify-between text-[11px] text-ink-3"><span>{bars[0]?.label}</span><span>{bars[Math.floor(bars.length / 2)]?.label}</span><span>{bars.at(-1)?.label}</span></p>
    </div>
  );
};
