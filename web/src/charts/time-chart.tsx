import { clsx } from 'clsx';
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { formatDay, formatMoment, timeFormat } from '../lib/format.js';
import { runs, toPath } from '../servers/metrics-series.js';
import { t } from '../texts/text.js';
import { bandPath, moments, readAt, stepFrom, timeTicks, type Line } from './chart-model.js';

interface Props {
  /** What it shows: "CPU of web-1". */
  readonly label: string;
  readonly lines: readonly Line[];
  readonly from: number;
  readonly to: number;
  readonly ceiling: number;
  readonly format: (value: number) => string;
  /** Time between two values, ms. Where more than two and a half are missing the line breaks. */
  readonly step: number;
  /** The moment that is read out; charts side by side share it. */
  readonly at: number | undefined;
  readonly onAt: (at: number | undefined) => void;
  readonly height?: number;
}

const WIDTH = 600;
const STROKES = ['stroke-accent', 'stroke-info', 'stroke-ok'] as const;
const FILLS = ['fill-accent/12', 'fill-info/10', 'fill-ok/10'] as const;
const DOTS = ['bg-accent', 'bg-info', 'bg-ok'] as const;
const clock = timeFormat({ hour: '2-digit', minute: '2-digit' });
const shortDay = timeFormat({ day: 'numeric', month: 'short' });

/** Lines over time, read out under the pointer and by the arrow keys. */
export const TimeChart = ({ label, lines, from, to, ceiling, format, step, at, onAt, height = 120 }: Props): ReactNode => {
  const span = to - from;
  const frame = { from, to, ceiling, width: WIDTH, height };
  const gap = step * 2.5;
  const all = moments(lines);
  const read = at === undefined ? [] : readAt(lines, at, gap / 2);
  const shown = read.find(p => p !== undefined)?.at;
  const { step: tickStep, at: ticks } = timeTicks(from, to, 6, new Date(to).getTimezoneOffset());
  const x = (moment: number): string => `${(((moment - from) / span) * 100).toFixed(2)}%`;
  const newest = lines.map(l => l.points.at(-1));
  const said = (values: readonly ({ value: number } | undefined)[]): string => lines.map((l, i) => { const p = values[i]; return `${lines.length > 1 ? `${l.label} ` : ''}${p ? format(p.value) : t('no value')}`; }).join(', ');

  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    onAt(from + ((event.clientX - box.left) / box.width) * span);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === 'Escape' && at !== undefined) { event.preventDefault(); onAt(undefined); }
    if (by === undefined) return;
    event.preventDefault();
    onAt(stepFrom(all, at, by));
  };

  return (
    <div className="grid grid-cols-[minmax(0,1fr)_3.75rem] gap-x-2">
      <div role="slider" tabIndex={0} aria-label={t('{label}. Left and right read its values out.', { label })} aria-orientation="horizontal" aria-valuemin={from} aria-valuemax={to} aria-valuenow={shown ?? to}
        aria-valuetext={all.length === 0 ? t('no values') : shown === undefined ? `newest: ${said(newest)}` : `${formatMoment(shown)}: ${said(read)}`}
        className="relative touch-pan-y rounded-sm" style={{ height }} onPointerMove={onPointerMove} onPointerLeave={() => onAt(undefined)} onKeyDown={onKeyDown} onBlur={() => onAt(undefined)}>
        <div aria-hidden className="absolute inset-0">{[0, 0.5, 1].map(y => <span key={y} className={clsx('absolute inset-x-0 border-t', y === 1 ? 'border-line-strong' : 'border-line')} style={{ top: `${y * 100}%` }} />)}</div>
        <svg aria-hidden viewBox={`0 0 ${WIDTH} ${height}`} preserveAspectRatio="none" className="absolute inset-0 size-full">
          {lines.flatMap((line, i) => runs(line.points, gap).map(run => {
            const path = toPath(run, frame);
            const band = bandPath(run, frame);
            return (
              <g key={`${line.key} ${run[0]?.at}`}>
                {run.length > 1 && <path d={band || path.area} className={FILLS[i % FILLS.length]} />}
                <path d={run.length > 1 ? path.line : `${path.line}h0`} fill="none" vectorEffect="non-scaling-stroke" strokeWidth={run.length > 1 ? 1.5 : 3} strokeLinejoin="round" strokeLinecap="round" className={STROKES[i % STROKES.length]} />
              </g>
            );
          }))}
        </svg>
        {shown !== undefined && (
          <span aria-hidden className="pointer-events-none absolute inset-y-0 w-px bg-line-strong" style={{ left: x(shown) }}>
            {read.map((p, i) => p && <span key={lines[i]?.key} className={clsx('absolute size-1.5 -translate-x-1/2 -translate-y-1/2 rounded-full', DOTS[i % DOTS.length])} style={{ top: `${(1 - Math.min(1, p.value / ceiling)) * 100}%` }} />)}
            <span className={clsx('figure absolute bottom-full z-10 mb-1 whitespace-nowrap rounded-md border border-line bg-raised px-2 py-1 text-[12px] shadow-pop', shown - from > span / 2 ? 'right-0' : 'left-0')}>
              {said(read)} <span className="text-ink-3">{formatMoment(shown)}</span>
            </span>
          </span>
        )}
        {all.length === 0 && <p className="absolute inset-0 grid place-items-center text-[12px] text-ink-3">{t('No values in this time')}</p>}
      </div>
      <div aria-hidden className="figure relative text-[11px] text-ink-3" style={{ height }}>
        {[1, 0.5, 0].map(y => <span key={y} className="absolute left-0 -translate-y-1/2 whitespace-nowrap" style={{ top: `${(1 - y) * 100}%` }}>{format(ceiling * y)}</span>)}
      </div>
      <div aria-hidden className="figure relative mt-1.5 h-4 text-[11px] text-ink-3">
        {ticks.filter(t => t - from > span * 0.03 && to - t > span * 0.03).map(t => <span key={t} className="absolute -translate-x-1/2 whitespace-nowrap" style={{ left: x(t) }} title={formatDay(t)}>{(tickStep >= 86_400_000 ? shortDay : clock).format(t)}</span>)}
      </div>
    </div>
  );
};

/** Which line is which, where there are several, and what each has now. */
export const Legend = ({ lines, format }: { readonly lines: readonly Line[]; readonly format: (value: number) => string }): ReactNode => (
  <ul className="flex flex-wrap gap-x-3 text-[13px] text-ink-2">
    {lines.map((l, i) => { const last = l.points.at(-1); return <li key={l.key} className="figure flex items-center gap-1.5"><span aria-hidden className={clsx('h-0.5 w-3 rounded-full', DOTS[i % DOTS.length])} />{l.label} {last ? format(last.value) : '–'}</li>; })}
  </ul>
);
