import { useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import type { RecordingHit, RecordingIndex } from '../contracts.js';
import { t } from '../texts/text.js';
import { clock, spokenMoment } from './recording-link.js';

const STEP = 5_000;
const PAGE = 60_000;

interface Props { readonly at: number; readonly duration: number; readonly index: RecordingIndex | undefined; readonly hits: readonly RecordingHit[]; readonly onSeek: (ms: number) => void }

/** When, as a slider: with commands, marks, what was found, and the times when nothing happened. */
export const SeekBar = ({ at, duration, index, hits, onSeek }: Props): ReactNode => {
  const place = (ms: number): string => `${duration > 0 ? Math.min(100, (ms / duration) * 100) : 0}%`;
  const [drawn, setDrawn] = useState<number>();
  const shown = drawn ?? at;
  const pointed = (event: PointerEvent<HTMLDivElement>): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return width > 0 ? Math.max(0, Math.min(1, (event.clientX - left) / width)) * duration : 0;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { ArrowRight: at + STEP, ArrowUp: at + STEP, ArrowLeft: at - STEP, ArrowDown: at - STEP, PageUp: at + PAGE, PageDown: at - PAGE, Home: 0, End: duration }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    onSeek(Math.max(0, Math.min(duration, to)));
  };
  return (
    <div role="slider" tabIndex={0} aria-label={t('Moment')} aria-valuemin={0} aria-valuemax={Math.round(duration / 1_000)} aria-valuenow={Math.round(Math.min(at, duration) / 1_000)} aria-valuetext={t('{moment} of {all}', { moment: spokenMoment(at), all: spokenMoment(duration) })}
      onKeyDown={onKeyDown} onPointerDown={event => { event.currentTarget.setPointerCapture(event.pointerId); setDrawn(pointed(event)); }} onPointerMove={event => { if (drawn !== undefined) setDrawn(pointed(event)); }}
      onPointerUp={event => { if (drawn !== undefined) onSeek(pointed(event)); setDrawn(undefined); }} onPointerCancel={() => setDrawn(undefined)}
      className="group relative h-7 w-full cursor-pointer touch-none select-none rounded focus-visible:outline-2 focus-visible:outline-accent">
      <div className="absolute inset-x-0 top-3 h-1.5 overflow-hidden rounded-full bg-raised">
        <div className="absolute inset-y-0 left-0 bg-accent" style={{ width: place(shown) }} />
        {index?.idle.map(([from, to]) => <div key={from} title={t('Nothing happened for {clock}', { clock: clock(to - from) })} className="absolute inset-y-0 bg-canvas/60" style={{ left: place(from), width: place(to - from) }} />)}
      </div>
      {index?.commands.map((c, i) => <div key={`c${i}`} aria-hidden className={`absolute top-1.5 h-1 w-0.5 ${c.exit_code === 0 || c.exit_code === null ? 'bg-ink-3' : 'bg-bad'}`} style={{ left: place(c.at_ms) }} />)}
      {index?.marks.map((m, i) => <div key={`m${i}`} title={`${clock(m.at_ms)} ${m.label}`} className="absolute top-0.5 h-2 w-1 rounded-xs bg-info" style={{ left: place(m.at_ms) }} />)}
      {hits.map((h, i) => <div key={`h${i}`} aria-hidden className="absolute bottom-0.5 h-2 w-0.5 bg-warn" style={{ left: place(h.at_ms) }} />)}
      <div aria-hidden className="absolute top-2 size-3.5 -translate-x-1/2 rounded-full border-2 border-surface bg-accent shadow-pop" style={{ left: place(shown) }} />
    </div>
  );
};
