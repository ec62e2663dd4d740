import { clsx } from 'clsx';
import { useState, type PointerEvent, type ReactNode } from 'react';
import { formatTime } from '../lib/format.js';
import { t } from '../texts/text.js';
import { formatSpan, nearest, runs, toPath, type Point } from './metrics-series.js';

interface Props {
  readonly line: readonly Point[];
  readonly ceiling: number;
  readonly now: number;
  /** From its left end to its right, ms. */
  readonly span: number;
  /** What it shows, for screen readers: "Load of web-1". */
  readonly label: string;
  readonly format: (value: number) => string;
  readonly height?: number;
  readonly interactive?: boolean;
  readonly className?: string;
}

const WIDTH = 240;

/** The last minutes of one figure. */
export const Sparkline = ({ line, ceiling, now, span, label, format, height = 48, interactive, className }: Props): ReactNode => {
  const [at, setAt] = useState<number>();
  const frame = { from: now - span, to: now, ceiling, width: WIDTH, height };
  const last = line.at(-1);
  const shown = at === undefined ? undefined : nearest(line, at);
  const highest = Math.max(0, ...line.map(p => p.value));
  const x = (p: Point): number => ((p.at - frame.from) / span) * 100;
  const y = (p: Point): number => (1 - Math.min(1, p.value / ceiling)) * 100;
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    setAt(frame.from + ((event.clientX - box.left) / box.width) * span);
  };
  return (
    <div className={clsx('relative', className)} style={{ height }} {...(interactive ? { onPointerMove, onPointerLeave: () => setAt(undefined) } : {})}>
      <svg role="img" aria-label={last ? t('{label}, last {time}: now {value}, highest {highest}', { label, time: formatSpan(span), value: format(last.value), highest: format(highest) }) : t('{label}: no samples yet', { label })}
        viewBox={`0 0 ${WIDTH} ${height}`} preserveAspectRatio="none" className="absolute inset-0 size-full overflow-visible">
        {runs(line).map(run => {
          const path = toPath(run, frame);
          return (
            <g key={run[0]?.at}>
              <path d={path.area} className="fill-accent/12" />
              <path d={path.line} fill="none" vectorEffect="non-scaling-stroke" strokeWidth={1.5} strokeLinejoin="round" strokeLinecap="round" className="stroke-accent" />
            </g>
          );
        })}
      </svg>
      {!last && <p aria-hidden className="absolute inset-x-0 bottom-0 border-t border-dashed border-line-strong" />}
      {last && <span aria-hidden className="absolute size-1.5 -translate-x-1/2 -translate-y-1/2 rounded-full bg-accent" style={{ left: `${x(last)}%`, top: `${y(last)}%` }} />}
      {shown && (
        <span aria-hidden className="pointer-events-none absolute inset-y-0 w-px bg-line-strong" style={{ left: `${x(shown)}%` }}>
          <span className="figure absolute -top-1 -translate-x-1/2 -translate-y-full whitespace-nowrap rounded-md border border-line bg-raised px-2 py-1 text-[12px] shadow-pop">{format(shown.value)} <span className="text-ink-3">{formatTime(shown.at)}</span></span>
        </span>
      )}
    </div>
  );
};
