/** The course of a server's figures: what was asked, and what came since. Pure; times are ms since 1970. */
import type { Metrics, MetricsSeries, SeriesField } from '../../contracts.js';
import { t } from '../../texts/text.js';

export const SPANS = [['1h', t('1 hour')], ['24h', t('24 hours')], ['30d', t('30 days')]] as const;
export type Span = (typeof SPANS)[number][0];
/** How long each is, ms. */
export const LENGTH: Readonly<Record<Span, number>> = { '1h': 3_600_000, '24h': 86_400_000, '30d': 30 * 86_400_000 };
/** Samples come every so often, ms. */
const EVERY = 10_000;

const FIELDS = ['cpu', 'load', 'memory', 'disk', 'swap', 'rx', 'tx', 'latency'] as const satisfies readonly SeriesField[];

/** Least, average, greatest. */
type Range = readonly [number, number, number];
/** `n`: how many samples it stands for, as far as they were seen here. */
export interface SeriesPoint { readonly at: number; readonly n?: number; readonly of: Partial<Readonly<Record<SeriesField, Range>>> }
export interface Series {
  readonly span: Span;
  /** ms between two points */
  readonly step: number;
  readonly points: readonly SeriesPoint[];
  /** Sizes that the fractions are of; 0: not known. */
  readonly memory_bytes: number;
  readonly disk_bytes: number;
}

export const fromAnswer = ({ span, step, at, fields, memory_bytes, disk_bytes }: MetricsSeries): Series => ({
  span, step: step * 1_000, memory_bytes, disk_bytes,
  points: at.map((seconds, i) => ({
    at: seconds * 1_000,
    of: Object.fromEntries(FIELDS.flatMap(f => {
      const [least, average, greatest] = [fields[f].min[i], fields[f].avg[i], fields[f].max[i]];
      return typeof average === 'number' ? [[f, [least ?? average, average, greatest ?? average]]] : [];
    })),
  })),
});

/** Adds a sample to the point of its time, or begins one; what leaves the span goes. What is older than the last point is late and dropped. */
const withPoint = (series: Series, point: SeriesPoint, age: number): Series => {
  const last = series.points.at(-1);
  if (last && point.at < last.at) return series;
  const from = point.at - LENGTH[series.span];
  const [kept, next] = last?.at === point.at ? [series.points.slice(0, -1), merged(last, point, last.n ?? Math.round(age / EVERY))] : [series.points, { ...point, n: 1 }];
  return { ...series, points: [...kept.filter(p => p.at > from), next] };
};

const merged = (old: SeriesPoint, { at, of }: SeriesPoint, n: number): SeriesPoint => {
  const mixed = Object.entries(of).map(([field, [, value]]) => {
    const [least, average, greatest] = old.of[field as SeriesField] ?? [value, value, value];
    return [field, [Math.min(least, value), (average * n + value) / (n + 1), Math.max(greatest, value)]];
  });
  return { at, n: n + 1, of: { ...old.of, ...Object.fromEntries(mixed) as SeriesPoint['of'] } };
};

const same = (value: number): Range => [value, value, value];
/** Part of a whole; nothing where the whole is not known. */
const part = (used: number | undefined, whole: number | undefined): Range | undefined => (used !== undefined && whole ? same(Math.min(1, used / whole)) : undefined);

/** The newest sample of a server. `before`: the one before it, for what is counted since the machine's start. */
export const withSample = (series: Series, sample: Metrics, before: Metrics | undefined): Series => {
  const taken = Date.parse(sample.at);
  const at = Math.floor(taken / series.step) * series.step;
  if (!Number.isFinite(at)) return series;
  const seconds = before ? (taken - Date.parse(before.at)) / 1_000 : 0;
  // A counter that went back began anew; after a long silence nothing is known of the time between.
  const rate = (now: number, then: number | undefined): Range | undefined => (then === undefined || now < then || seconds <= 0 || seconds * 1_000 > 3.5 * EVERY ? undefined : same((now - then) / seconds));
  const of = {
    cpu: same(sample.cpu), load: same(sample.load1), latency: same(sample.latency_ms),
    memory: part(sample.memory_used_bytes, sample.memory_bytes), disk: part(sample.disk_used_bytes, sample.disk_bytes), swap: part(sample.swap_used_bytes, sample.swap_bytes),
    rx: rate(sample.network_rx_bytes, before?.network_rx_bytes), tx: rate(sample.network_tx_bytes, before?.network_tx_bytes),
  };
  const known = Object.fromEntries(Object.entries(of).filter(([, range]) => range !== undefined)) as SeriesPoint['of'];
  return { ...withPoint(series, { at, of: known }, taken - at), memory_bytes: sample.memory_bytes, disk_bytes: sample.disk_bytes };
};
