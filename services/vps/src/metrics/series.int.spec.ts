import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { lastPerSubject, provision } from '@xanthus/jetstream';
import { metricsSubject } from '@xanthus/proto';
import type { MetricsSample } from '@xanthus/proto/vps';
import { eventually, startNats, type TestNats } from '@xanthus/testing';
import { vpsDeclarations } from '../declarations.js';
import { startOf } from './bucket.js';
import { keepSeries } from './keep-series.js';
import { readSeries } from './read-series.js';
import { forgetSeries } from './series-log.js';

const HOUR = 3_600;
const DAY = 24 * HOUR;
const LOG = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined } as never;

let nats: TestNats;
let nc: NatsConnection;
let id = '';
let count = 0;
const gone = new Set<string>();
beforeAll(async () => {
  nats = await startNats();
  nc = await nats.connect();
  await provision(nc, [vpsDeclarations()], { replicas: 1 });
});
afterAll(() => nats?.stop());
beforeEach(() => { id = `01jd3x8e2v5y9w4z7q6r1s0t${String(++count).padStart(2, '0')}`; });

const now = (): number => Date.now() / 1_000;
const sample = (at: number, cpu: number): MetricsSample => ({
  at: new Date(at * 1_000).toISOString(), load1: cpu, cpu, memory_used_bytes: 1, memory_bytes: 4, disk_used_bytes: 1, disk_bytes: 2, network_rx_bytes: Math.max(0, at - now() + 1e6) * 1_000, network_tx_bytes: 0,
  uptime_seconds: Math.max(0, at - now() + 1e6), latency_ms: 5,
});
/** Samples of a time before now, as the watch publishes them. */
const take = async (from: number, to: number, cpu: (i: number) => number, step = 10): Promise<number> => {
  let n = 0;
  for (let at = from; at < to; at += step) nc.publish(metricsSubject('acme', 'vps', id), JSON.stringify(sample(at, cpu(n++))));
  await nc.flush();
  return n;
};

/** Keeps series as of a given time until `stop`. */
const keep = (at: () => number) => {
  const stopping = new AbortController();
  const done = keepSeries({ nc, log: LOG, exists: async (_tenant, server) => !gone.has(server), now: at, every: 20 }, stopping.signal);
  done.catch(() => undefined);
  return { done, stop: async () => { stopping.abort(); await done; } };
};
const chunks = async (length: 'hour' | 'day'): Promise<number[]> => {
  const info = (await nc.request(`$JS.API.STREAM.INFO.VPS_SERIES`, JSON.stringify({ subjects_filter: `ser.acme.vps.${id}.${length}` }))).json<{ state: { subjects?: Record<string, number> } }>();
  return Object.values(info.state.subjects ?? {});
};
const series = (span: '1h' | '24h' | '30d', at = now()) => readSeries(nc, { tenant: 'acme', id, span, now: at * 1_000 });

describe('the course of a server', () => {
  it('of an hour is its samples', async () => {
    const start = now();
    await take(start - 100, start, i => i / 100);
    const { at, fields, step, memory_bytes } = await series('1h');
    expect([at.length, step, memory_bytes]).toEqual([10, 10, 4]);
    expect(fields.cpu.avg.map(v => Math.round((v ?? 0) * 100))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(fields.rx.avg[0]).toBeNull();
    expect(Math.round((fields.rx.avg[5] ?? 0) / 100)).toBe(10);
  });

  it('of a server that was never asked is empty', async () => {
    for (const span of ['1h', '24h', '30d'] as const) expect(await series(span)).toMatchObject({ at: [], memory_bytes: 0, fields: { cpu: { avg: [] } } });
  });

  it('is the same before an hour is written and after, and grows on', async () => {
    const hour = startOf(now(), HOUR) - 4 * HOUR;
    const clock = { at: hour + HOUR - 1 };
    const running = keep(() => clock.at);
    await take(hour, hour + HOUR, i => (i % 6) / 10);
    const before = await series('24h', hour + HOUR);
    expect(before.at).toHaveLength(60);
    expect([before.fields.cpu.min[30], before.fields.cpu.avg[30], before.fields.cpu.max[30]]).toEqual([0, 0.25, 0.5]);
    clock.at = hour + HOUR + 60;
    await eventually(async () => (await chunks('hour'))[0] === 1);
    const after = await series('24h', hour + HOUR + 60);
    expect(after.at).toEqual(before.at);
    expect(after.fields).toEqual(before.fields);
    await take(hour + HOUR, hour + HOUR + 30, () => 1);
    expect((await series('24h', hour + HOUR + 60)).at).toHaveLength(61);
    const quarters = await series('30d', hour + HOUR + 60);
    expect(quarters.at).toEqual([0, 900, 1_800, 2_700, 3_600].map(s => hour + s));
    expect(quarters.fields.cpu.avg.map(v => Math.round((v ?? 0) * 100))).toEqual([25, 25, 25, 25, 100]);
    await running.stop();
  });

  it('goes on after a kill in the middle of an hour, and counts nothing twice', async () => {
    const hour = startOf(now(), HOUR) - 4 * HOUR;
    const clock = { at: hour + 1_800 };
    const first = keep(() => clock.at);
    await take(hour - HOUR, hour + 1_800, () => 0.5);
    await eventually(async () => (await chunks('hour'))[0] === 1);
    await first.stop();
    await take(hour + 1_800, hour + HOUR, () => 0.5);
    // two at a time, as after a lock that was lost without knowing it: one writes, the other starts anew
    const others = [keep(() => clock.at), keep(() => clock.at)];
    clock.at = hour + HOUR + 60;
    await eventually(async () => (await chunks('hour'))[0] === 2);
    const ends = await Promise.allSettled(others.map(o => o.stop()));
    expect(ends.filter(e => e.status === 'fulfilled').length).toBeGreaterThan(0);
    const third = keep(() => clock.at);
    // what is read again is left out: a look of the third one has passed when a later sample of another hour is written
    await take(hour + HOUR, hour + HOUR + 30, () => 0.5);
    clock.at = hour + 2 * HOUR + 60;
    await eventually(async () => (await chunks('hour'))[0] === 3);
    await third.stop();
    const { at, fields } = await series('24h', hour + 2 * HOUR);
    expect(new Set(at).size).toBe(at.length);
    expect(at.length).toBe(121);
    expect(fields.cpu.avg.every(v => v === 0.5)).toBe(true);
  });

  it('of a server that is gone is gone, and none is written afterwards', async () => {
    const hour = startOf(now(), HOUR) - 4 * HOUR;
    const clock = { at: hour + 60 };
    const running = keep(() => clock.at);
    await take(hour - HOUR, hour + HOUR, () => 0.5, 60);
    await eventually(async () => (await chunks('hour'))[0] === 1);
    await forgetSeries(nc, { tenant: 'acme', id });
    gone.add(id);
    const deleted = id;
    id = `${id.slice(0, -2)}zz`;
    await take(hour, hour + HOUR, () => 0.5, 60);
    clock.at = hour + HOUR + 60;
    // the other one's hour is written in the same look
    await eventually(async () => (await chunks('hour'))[0] === 1);
    await running.stop();
    id = deleted;
    expect(await chunks('hour')).toEqual([]);
  });

  it('of 30 days is written day by day', async () => {
    const today = startOf(now(), DAY) - 2 * DAY;
    const clock = { at: today + HOUR - 1 };
    const running = keep(() => clock.at);
    await take(today, today + HOUR, () => 0.25, 30);
    for (let hour = 1; hour <= 24; hour++) {
      // the copy of every hour ends before the next begins, as its samples are gone by then
      clock.at = today + hour * HOUR + 60;
      await eventually(async () => (await chunks('hour'))[0] === hour);
      if (hour < 24) await take(today + hour * HOUR, today + (hour + 1) * HOUR, () => 0.25, 30);
    }
    await eventually(async () => (await chunks('day'))[0] === 1);
    await running.stop();
    const { at, fields } = await series('30d', today + DAY + HOUR);
    expect([at.length, at[0], at.at(-1)]).toEqual([96, today, today + DAY - 900]);
    expect(fields.cpu.max.every(v => v === 0.25)).toBe(true);
    const last = await lastPerSubject(nc, 'VPS_SERIES', `ser.acme.vps.${id}.*`);
    expect([...last].map(([subject, { headers }]) => [subject.split('.').at(-1), Number(headers?.get('Xanthus-At'))]).sort()).toEqual([['day', today], ['hour', today + 23 * HOUR]]);
  });
});
