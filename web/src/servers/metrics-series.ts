/** Series of samples, from the stream of measurements to a line. Pure. */
import type { StreamItem } from '@xanthus/client';
import type { Metrics } from '../contracts.js';

/** The length of a sparkline, ms. */
export const WINDOW = 15 * 60_000;
/** Shorter spans, for a series that began a moment ago: a minute of samples is a sliver of fifteen. */
const SPANS = [120_000, 300_000] as const;
export const spanOf = (samples: readonly Pick<Metrics, 'at'>[], now: number): number => {
  const age = samples[0] ? now - Date.parse(samples[0].at) : 0;
  return SPANS.find(s => age <= s) ?? WINDOW;
};
export const formatSpan = (span: number): string => `${Math.round(span / 60_000)} min`;

/** Samples come every 10 s; after this long without one the line breaks, ms. */
export const GAP = 35_000;

/** `low` and `high`: between which it moved, where a point stands for several samples. */
export interface Point { readonly at: number; readonly value: number; readonly low?: number; readonly high?: number }

/** Samples by server: the id is the last token of `met.<tenant>.vps.<server>`. */
export const byServer = (items: readonly StreamItem[]): ReadonlyMap<string, readonly Metrics[]> => {
  const series = new Map<string, Metrics[]>();
  for (const { subject, payload } of items) {
    const id = subject.slice(subject.lastIndexOf('.') + 1);
    const sample = readSample(payload);
    if (!sample) continue;
    const list = series.get(id);
    if (list) list.push(sample); else series.set(id, [sample]);
  }
  return series;
};

/** A message may be the sample itself or a value around it; anything else is not drawn. */
export const readSample = (payload: unknown): Metrics | undefined => {
  const given = payload as { at?: unknown; data?: unknown } | null;
  const sample = typeof given?.at === 'string' ? given : given?.data;
  return typeof (sample as { at?: unknown } | undefined)?.at === 'string' ? sample as Metrics : undefined;
};

export const points = (samples: readonly Metrics[], of: (sample: Metrics) => number, from: number): readonly Point[] =>
  samples.map(s => ({ at: Date.parse(s.at), value: of(s) })).filter(p => p.at >= from && Number.isFinite(p.value));

/** Runs without a gap between neighbours. */
export const runs = (line: readonly Point[], gap = GAP): readonly (readonly Point[])[] => {
  const out: Point[][] = [];
  for (const point of line) {
    const run = out.at(-1);
    const last = run?.at(-1);
    if (run && last && point.at - last.at <= gap) run.push(point); else out.push([point]);
  }
  return out;
};

/** A ceiling above the highest value that does not jump with every sample: a few round steps per power of ten. */
export const niceCeiling = (highest: number, least: number): number => {
  const wanted = Math.max(highest * 1.1, least);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return [1, 1.5, 2, 3, 5, 7, 10].map(m => m * power).find(c => c >= wanted) ?? wanted;
};

export interface Frame { readonly from: number; readonly to: number; readonly ceiling: number; readonly width: number; readonly height: number }

/** Path of one run, and of the area under it. Two decimals are enough for any screen. */
export const toPath = (run: readonly Point[], frame: Frame): { readonly line: string; readonly area: string } => {
  const x = (at: number): string => (((at - frame.from) / (frame.to - frame.from)) * frame.width).toFixed(2);
  const y = (value: number): string => (frame.height - Math.min(1, value / frame.ceiling) * frame.height).toFixed(2);
  const first = run[0];
  const last = run.at(-1);
  if (!first || !last) return { line: '', area: '' };
  const line = run.map((p, i) => `${i === 0 ? 'M' : 'L'}${x(p.at)} ${y(p.value)}`).join('');
  return { line, area: `${line}L${x(last.at)} ${frame.height}L${x(first.at)} ${frame.height}Z` };
};

/** The point nearest to a time, for the read-out under the pointer. */
export const nearest = (line: readonly Point[], at: number): Point | undefined =>
  line.reduce<Point | undefined>((best, p) => (best && Math.abs(best.at - at) <= Math.abs(p.at - at) ? best : p), undefined);
