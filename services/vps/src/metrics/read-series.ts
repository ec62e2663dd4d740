import type { NatsConnection } from '@nats-io/transport-node';
import { SERIES_FIELDS, SERIES_SPANS, type MetricsSeries, type SeriesField, type SeriesSpan } from '@xanthus/proto/vps';
import { merge, startOf, type Bucket } from './bucket.js';
import { CHUNKS, type ChunkLength } from './chunk.js';
import { readChunks, readPoints, type SeriesOf } from './series-log.js';

/** Samples are kept for two hours. */
const SAMPLES_KEPT = 2 * 3_600;

/** What is complete from one store, and what came after it from the next finer one. */
const continued = async (whole: readonly Bucket[], length: ChunkLength, oldest: number, rest: (from: number) => Promise<readonly Bucket[]>): Promise<Bucket[]> => {
  const last = whole.at(-1);
  const from = last === undefined ? oldest : startOf(last.at, CHUNKS[length].seconds) + CHUNKS[length].seconds;
  return [...whole, ...await rest(Math.max(from, oldest))];
};

const minutes = async (nc: NatsConnection, of: SeriesOf, from: number, now: number): Promise<Bucket[]> =>
  continued(await readChunks(nc, of, 'hour', from), 'hour', from, async since => merge(await readPoints(nc, of, Math.max(since, now - SAMPLES_KEPT)), CHUNKS.hour.step));

const quarters = async (nc: NatsConnection, of: SeriesOf, from: number, now: number): Promise<Bucket[]> =>
  continued(await readChunks(nc, of, 'day', from), 'day', from, async since => merge(await minutes(nc, of, since, now), CHUNKS.day.step));

const read = (nc: NatsConnection, of: SeriesOf, span: SeriesSpan, now: number): Promise<Bucket[]> => {
  const from = now - SERIES_SPANS[span].seconds;
  switch (span) {
    case '1h': return readPoints(nc, of, from);
    case '24h': return minutes(nc, of, startOf(from, CHUNKS.hour.step), now);
    case '30d': return quarters(nc, of, startOf(from, CHUNKS.day.step), now);
  }
};

const columns = (buckets: readonly Bucket[], field: SeriesField): MetricsSeries['fields'][SeriesField] => {
  const part = (which: 0 | 1 | 2): (number | null)[] => buckets.map(b => b.values[field]?.[which] ?? null);
  return { min: part(0), avg: part(1), max: part(2) };
};

/** The course of one server; `now` in ms. What still grows is in it as far as it has come. */
export const readSeries = async (nc: NatsConnection, { span, now, ...of }: SeriesOf & { readonly span: SeriesSpan; readonly now: number }): Promise<MetricsSeries> => {
  return answerOf(span, await read(nc, of, span, now / 1_000));
};

export const answerOf = (span: SeriesSpan, buckets: readonly Bucket[]): MetricsSeries => {
  const last = buckets.at(-1);
  return {
    span, step: SERIES_SPANS[span].step, at: buckets.map(b => Math.round(b.at)), memory_bytes: last?.memory_bytes ?? 0, disk_bytes: last?.disk_bytes ?? 0,
    fields: Object.fromEntries(SERIES_FIELDS.map(f => [f, columns(buckets, f)])) as MetricsSeries['fields'],
  };
};
