/** Where series lie: samples in VPS_METRICS for two hours, what they come to in VPS_SERIES. */
import type { NatsConnection } from '@nats-io/transport-node';
import { purgeSubjects, readSubjectSince } from '@xanthus/jetstream';
import { metricsSubject, seriesSubject } from '@xanthus/proto';
import { metricsSample, type MetricsSample } from '@xanthus/proto/vps';
import { pointOf, type Bucket } from './bucket.js';
import { decodeChunk, json, type ChunkLength } from './chunk.js';

export const SAMPLES = 'VPS_METRICS';
export const SERIES = 'VPS_SERIES';
/** Header of a chunk: where it begins, seconds since 1970. */
export const CHUNK_AT = 'Xanthus-At';

export interface SeriesOf { readonly tenant: string; readonly id: string }

export const readSample = (data: Uint8Array): MetricsSample | undefined => metricsSample.safeParse(json(Buffer.from(data).toString('utf8'))).data;

/** The samples of one server as points, from a time on (seconds since 1970), in order of time. */
export const readPoints = async (nc: NatsConnection, { tenant, id }: SeriesOf, from: number): Promise<Bucket[]> => {
  const points: Bucket[] = [];
  let before: MetricsSample | undefined;
  for (const { data } of await readSubjectSince(nc, SAMPLES, metricsSubject(tenant, 'vps', id), new Date(from * 1_000))) {
    const sample = readSample(data);
    if (!sample) continue;
    points.push(pointOf(sample, before));
    before = sample;
  }
  return points.filter(p => p.at >= from).sort((a, b) => a.at - b.at);
};

/** Of a server that is gone; its samples go by themselves. */
export const forgetSeries = async (nc: NatsConnection, { tenant, id }: SeriesOf): Promise<void> => {
  for (const length of ['hour', 'day'] as const) await purgeSubjects(nc, SERIES, seriesSubject(tenant, 'vps', id, length));
};

/** Minutes or quarters of one server that are complete, from a time on, in order of time. */
export const readChunks = async (nc: NatsConnection, { tenant, id }: SeriesOf, length: ChunkLength, from: number): Promise<Bucket[]> => {
  const messages = await readSubjectSince(nc, SERIES, seriesSubject(tenant, 'vps', id, length), new Date(from * 1_000));
  return messages.flatMap(m => decodeChunk(Buffer.from(m.data).toString('utf8'))).filter(b => b.at >= from).sort((a, b) => a.at - b.at);
};
