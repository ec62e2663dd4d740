/** Samples as points, points as buckets of equal length. Pure; times in seconds since 1970. */
import { SERIES_FIELDS, type MetricsSample, type SeriesField } from '@xanthus/proto/vps';

/** Least, average, greatest. */
export type Range = readonly [number, number, number];
export interface Bucket {
  /** Where it begins. */
  readonly at: number;
  /** Samples in it. */
  readonly n: number;
  readonly memory_bytes: number;
  readonly disk_bytes: number;
  /** Absent: nothing is known. */
  readonly values: Readonly<Partial<Record<SeriesField, Range>>>;
}

/** Two samples further apart say nothing of the rate between them. Seconds. */
const LONGEST_GAP = 120;

/** One decimal place more than anybody draws. */
const DIGITS: Readonly<Record<SeriesField, number>> = { cpu: 4, load: 2, memory: 4, disk: 4, swap: 4, rx: 0, tx: 0, latency: 1 };
const rounded = (field: SeriesField, value: number): number => Number(value.toFixed(DIGITS[field]));

const secondsOf = (iso: string): number => Date.parse(iso) / 1_000;

const share = (part: number, whole: number): number => (whole > 0 ? Math.min(1, part / whole) : 0);

/** Bytes per second since the sample before; undefined after a gap or a restart of the machine. */
const rate = (before: MetricsSample | undefined, now: MetricsSample, field: 'network_rx_bytes' | 'network_tx_bytes'): number | undefined => {
  if (before === undefined) return undefined;
  const passed = secondsOf(now.at) - secondsOf(before.at);
  const grown = now[field] - before[field];
  return passed <= 0 || passed > LONGEST_GAP || grown < 0 || now.uptime_seconds < before.uptime_seconds ? undefined : grown / passed;
};

/** A sample as a bucket of its own. */
export const pointOf = (sample: MetricsSample, before: MetricsSample | undefined): Bucket => {
  const { memory_bytes, disk_bytes } = sample;
  const values: Readonly<Partial<Record<SeriesField, number | undefined>>> = {
    cpu: sample.cpu, load: sample.load1, memory: share(sample.memory_used_bytes, memory_bytes), disk: share(sample.disk_used_bytes, disk_bytes), swap: share(sample.swap_used_bytes ?? 0, sample.swap_bytes ?? 0),
    rx: rate(before, sample, 'network_rx_bytes'), tx: rate(before, sample, 'network_tx_bytes'), latency: sample.latency_ms,
  };
  const ranges: Partial<Record<SeriesField, Range>> = {};
  for (const field of SERIES_FIELDS) {
    const value = values[field];
    if (value === undefined || !Number.isFinite(value)) continue;
    const exact = rounded(field, value);
    ranges[field] = [exact, exact, exact];
  }
  return { at: secondsOf(sample.at), n: 1, memory_bytes, disk_bytes, values: ranges };
};

const joined = (at: number, parts: readonly Bucket[]): Bucket => {
  const last = parts.at(-1) as Bucket;
  const values: Partial<Record<SeriesField, Range>> = {};
  for (const field of SERIES_FIELDS) {
    let [least, sum, greatest, n] = [Infinity, 0, -Infinity, 0];
    for (const part of parts) {
      const range = part.values[field];
      if (!range) continue;
      if (range[0] < least) least = range[0];
      if (range[2] > greatest) greatest = range[2];
      sum += range[1] * part.n;
      n += part.n;
    }
    if (n > 0) values[field] = [least, rounded(field, sum / n), greatest];
  }
  return { at, n: parts.reduce((count, p) => count + p.n, 0), memory_bytes: last.memory_bytes, disk_bytes: last.disk_bytes, values };
};

/** Where the bucket of a time begins. */
export const startOf = (at: number, length: number): number => Math.floor(at / length) * length;

/** Buckets (or points) as fewer, longer ones, each beginning at a multiple of `length`; in order of time. */
export const merge = (buckets: readonly Bucket[], length: number): Bucket[] => {
  const groups = new Map<number, Bucket[]>();
  for (const bucket of buckets) {
    const start = startOf(bucket.at, length);
    const group = groups.get(start);
    if (group) group.push(bucket); else groups.set(start, [bucket]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([start, parts]) => joined(start, parts));
};
