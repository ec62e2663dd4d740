/**
 * Turns samples into hours of minutes and days of quarters, each written once. It keeps nothing that it could not read again: after a restart or a kill it
 * reads the samples of the last two hours, leaves out the hours that are written, and an expectation on each write keeps even a second copy from counting twice.
 */
import { appendExpecting, follow, lastPerSubject, lastSequence, sequenceAt } from '@xanthus/jetstream';
import { ConflictError } from '@xanthus/kernel';
import { pause } from '@xanthus/processes';
import { seriesSubject } from '@xanthus/proto';
import type { VpsContext } from '../vps.context.js';
import { merge, startOf, type Bucket } from './bucket.js';
import { CHUNKS, encodeChunk, type ChunkLength } from './chunk.js';
import { openHours } from './hours.js';
import { CHUNK_AT, readChunks, readSample, SAMPLES, SERIES } from './series-log.js';

const { seconds: HOUR } = CHUNKS.hour;
const { seconds: DAY, step: QUARTER } = CHUNKS.day;
/** Samples that are late by so much still count. Seconds. */
export const GRACE = 30;
const LOOK_EVERY = 10_000;
const STEP = 50;
const ALL = 'met.*.vps.*';
const AT_ONCE = 16;

interface Written { readonly at: number; readonly seq: number }
interface Ground extends Pick<VpsContext, 'nc' | 'log'> {
  /** Whether there is such a server still: of one that is gone nothing more is written. */
  exists(tenant: string, id: string): Promise<boolean>;
  /** Seconds since 1970. */
  now?(): number;
  /** ms between two looks whether an hour is over. */
  readonly every?: number;
}

const partsOf = (subject: string): { tenant: string; id: string } => {
  const [, tenant = '', , id = ''] = subject.split('.');
  return { tenant, id };
};
const nameOf = ({ tenant, id }: { tenant: string; id: string }): string => `${tenant}.${id}`;

/** Until the signal; in one copy at a time. */
export const keepSeries = async ({ nc, log, exists, now = () => Date.now() / 1_000, every = LOOK_EVERY }: Ground, signal: AbortSignal): Promise<void> => {
  const written: Record<ChunkLength, Map<string, Written>> = { hour: new Map(), day: new Map() };
  for (const length of ['hour', 'day'] as const) {
    for (const [subject, { seq, headers }] of await lastPerSubject(nc, SERIES, `ser.*.vps.*.${length}`)) {
      written[length].set(nameOf(partsOf(subject)), { at: Number(headers?.get(CHUNK_AT)) || 0, seq });
    }
  }
  let hours = openHours();
  const failed = new AbortController();
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure ??= error;
    failed.abort();
  };
  const over = AbortSignal.any([signal, failed.signal]);

  const write = async (series: string, length: ChunkLength, at: number, buckets: readonly Bucket[]): Promise<void> => {
    const before = written[length].get(series);
    if (buckets.length === 0 || (before && before.at >= at)) return;
    const [tenant = '', id = ''] = series.split('.');
    if (!await exists(tenant, id)) return;
    const seq = await appendExpecting(nc, { subject: seriesSubject(tenant, 'vps', id, length), body: encodeChunk(length, at, buckets), expected: before?.seq ?? 0, headers: { [CHUNK_AT]: String(at) } });
    written[length].set(series, { at, seq });
  };

  /** Days that are over and whose hours are all written. */
  const closeDays = async (series: string, today: number): Promise<void> => {
    const hour = written.hour.get(series);
    const day = written.day.get(series);
    const from = day === undefined ? today - 2 * DAY : day.at + DAY;
    if (hour === undefined || from >= today || hour.at < from) return;
    const [tenant = '', id = ''] = series.split('.');
    const buckets = merge(await readChunks(nc, { tenant, id }, 'hour', from), QUARTER);
    for (let at = startOf(from, DAY); at < today; at += DAY) await write(series, 'day', at, buckets.filter(b => b.at >= at && b.at < at + DAY));
  };

  /** Waits until what is stored now has been folded: an hour is not closed before. */
  const upToDate = async (): Promise<boolean> => {
    const head = await lastSequence(nc, SAMPLES, ALL);
    const isFolded = (): boolean => seen >= head;
    for (let waited = 0; !isFolded() && waited < LOOK_EVERY && !over.aborted; waited += STEP) await pause(STEP, over);
    return isFolded();
  };

  const closeHours = async (at: number): Promise<void> => {
    const running = new Set<Promise<unknown>>();
    let problem: unknown;
    for (const { series, at: start, minutes } of hours.takeOver(at)) {
      const one = write(series, 'hour', start, minutes).catch((error: unknown) => { problem ??= error; }).finally(() => running.delete(one));
      running.add(one);
      if (running.size >= AT_ONCE) await Promise.race(running);
      if (problem !== undefined) break;
    }
    await Promise.all(running);
    if (problem !== undefined) throw problem;
  };

  /** Hours before this one are written, days before that one. */
  let closed = 0;
  let looked = 0;
  let seen = 0;
  const look = async (): Promise<void> => {
    const at = now() - GRACE;
    if (at < closed + HOUR || !(await upToDate())) return;
    await closeHours(at);
    closed = startOf(at, HOUR);
    const today = startOf(at, DAY);
    if (looked === today) return;
    for (const series of written.hour.keys()) {
      if (over.aborted) return;
      await closeDays(series, today);
    }
    looked = today;
  };

  // The hour before this one may not be written yet; whole hours only, or a half one would be written as complete.
  const from = startOf(now(), HOUR) - HOUR;
  const first = await sequenceAt(nc, SAMPLES, ALL, new Date(from * 1_000));
  const following = await follow(nc, {
    stream: SAMPLES, filters: [ALL], from: first ?? 1,
    onMessage(message) {
      seen = message.seq;
      const sample = readSample(message.data);
      if (!sample) return;
      const series = nameOf(partsOf(message.subject));
      const start = startOf(Date.parse(sample.at) / 1_000, HOUR);
      if (start >= from && start > (written.hour.get(series)?.at ?? 0)) hours.add(series, sample);
    },
    onReset: () => {
      hours = openHours();
      seen = 0;
    },
    onError: fail,
  });
  try {
    while (!over.aborted) {
      await look();
      await pause(every, over);
    }
  } catch (error) {
    // Another copy was first, or NATS did not say whether it stored: what is written is read anew.
    if (error instanceof ConflictError) log.info({ err: error }, 'series are kept by another copy too; starting anew');
    throw error;
  } finally {
    await following.stop();
  }
  if (failure !== undefined) throw failure;
};
