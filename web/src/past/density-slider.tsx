import type { ReactNode } from 'react';
import { t } from '../texts/text.js';

interface Props { readonly first: number; readonly now: number; readonly at: number; readonly dense: readonly number[]; readonly onMove: (moment: number) => void; readonly label: string }

/** A slider over the organisation's life; the darker a tick, the more happened. */
export const DensitySlider = ({ first, now, at, dense, onMove, label }: Props): ReactNode => (
  <div className="relative h-8 min-w-40 flex-1 basis-56">
    <svg aria-hidden viewBox={`0 0 ${Math.max(1, dense.length)} 10`} preserveAspectRatio="none" className="absolute inset-x-2 top-0 h-3 w-[calc(100%-1rem)] text-info">
      {dense.map((share, i) => (share > 0 ? <rect key={i} x={i + 0.15} width={0.7} y={10 - 10 * share} height={10 * share} fill="currentColor" opacity={0.35 + 0.5 * share} /> : null))}
    </svg>
    <input type="range" aria-label={t('Moment')} aria-valuetext={label} min={first} max={now} step={1_000} value={at} onChange={e => onMove(Number(e.target.value))}
      onKeyDown={e => {
        // A thousand keys from one end to the other are none: a step is a two-hundredth of the life, at least what the right end is ahead of now, with Shift a minute.
        const by = (e.shiftKey ? 60_000 : Math.max(15_000, (now - first) / 200)) * ({ ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[e.key] ?? 0);
        if (by === 0) return;
        e.preventDefault();
        onMove(Math.min(now, Math.max(first, at + by)));
      }}
      className="absolute inset-x-0 bottom-0 h-5 w-full accent-(--info)" />
  </div>
);
