import { describe, expect, it } from '@jest/globals';
import type { MetricsSample } from '@xanthus/proto/vps';
import fc from 'fast-check';
import { merge, pointOf, type Bucket } from './bucket.js';
import { decodeChunk, encodeChunk } from './chunk.js';
import { openHours } from './hours.js';
import { answerOf } from './read-series.js';

const START = 1_790_000_000 - (1_790_000_000 % 86_400);
const sample = (second: number, more: Partial<MetricsSample> = {}): MetricsSample => ({
  at: new Date((START + second) * 1_000).toISOString(), load1: 1, cpu: 0.5, memory_used_bytes: 1, memory_bytes: 4, disk_used_bytes: 1, disk_bytes: 2, network_rx_bytes: second * 100, network_tx_bytes: second * 10,
  uptime_seconds: second, latency_ms: 5, ...more,
});
const points = (samples: readonly MetricsSample[]): Bucket[] => samples.map((s, i) => pointOf(s, samples[i - 1]));

describe('a point', () => {
  it('has fractions, and bytes per second since the sample before', () => {
    expect(pointOf(sample(10), sample(0)).values).toEqual({ cpu: [0.5, 0.5, 0.5], load: [1, 1, 1], memory: [0.25, 0.25, 0.25], disk: [0.5, 0.5, 0.5], swap: [0, 0, 0], rx: [100, 100, 100], tx: [10, 10, 10], latency: [5, 5, 5] });
  });

  it.each<[string, MetricsSample | undefined, MetricsSample]>([
    ['the first', undefined, sample(10)],
    ['one after a gap', sample(0), sample(500)],
    ['one after a restart', sample(10, { uptime_seconds: 9_000 }), sample(20, { uptime_seconds: 5 })],
    ['a counter that went back', sample(10, { network_rx_bytes: 9e9, network_tx_bytes: 9e9 }), sample(20)],
    ['a clock that stands', sample(10), sample(10)],
  ])('knows no rate: %s', (_name, before, now) => {
    const { values } = pointOf(now, before);
    expect([values.rx, values.tx]).toEqual([undefined, undefined]);
  });
});

describe('merge', () => {
  it('keeps least, average and greatest', () => {
    const [minute] = merge(points([0, 10, 20, 30].map((s, i) => sample(s, { cpu: [0.1, 0.2, 0.9, 0.4][i] ?? 0 }))), 60);
    expect(minute).toMatchObject({ at: START, n: 4, values: { cpu: [0.1, 0.4, 0.9] } });
  });

  it('in two steps is as good as in one', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 7_199 }), { minLength: 1, maxLength: 200 }), fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 200, maxLength: 200 }), (seconds, cpus) => {
      const all = points(seconds.toSorted((a, b) => a - b).map((s, i) => sample(s, { cpu: cpus[i] ?? 0 })));
      const direct = merge(all, 900);
      const stepwise = merge(merge(all, 60), 900);
      expect(stepwise.map(b => [b.at, b.n, b.values.cpu?.[0], b.values.cpu?.[2]])).toEqual(direct.map(b => [b.at, b.n, b.values.cpu?.[0], b.values.cpu?.[2]]));
      for (const [i, b] of stepwise.entries()) expect(Math.abs((b.values.cpu?.[1] ?? 0) - (direct[i]?.values.cpu?.[1] ?? 0))).toBeLessThan(0.001);
    }), { numRuns: 50 });
  });
});

describe('a chunk', () => {
  it('comes back as it was written, with its holes', () => {
    const minutes = merge(points([5, 15, 130, 140, 3_599].map(s => sample(s))), 60);
    expect(decodeChunk(encodeChunk('hour', START, minutes))).toEqual(minutes.map(m => ({ ...m, memory_bytes: 4, disk_bytes: 2 })));
  });

  it('that cannot be read is empty', () => {
    for (const text of ['', 'x', '{}', '[]', '{"at":1}', '{"at":0,"step":60,"i":["a"],"n":[],"memory":0,"disk":0,"fields":{}}']) expect(decodeChunk(text)).toEqual([]);
  });

  const busy = (second: number): MetricsSample => sample(second, { cpu: (second * 7919 % 10_007) / 10_007, load1: second / 77.7, memory_used_bytes: second % 1_234, memory_bytes: 1_234, network_rx_bytes: second * second * 1_000, latency_ms: (second * 31 % 997) / 10 });

  it('of a whole hour is at most 12 KB, of a whole day 20 KB', () => {
    const day = points(Array.from({ length: 8_640 }, (_, i) => busy(i * 10)));
    expect(encodeChunk('hour', START, merge(day.slice(0, 360), 60)).length).toBeLessThan(12_000);
    expect(encodeChunk('day', START, merge(day, 900)).length).toBeLessThan(20_000);
  });

  it('so 30 days in one answer stay far below the megabyte of a message', () => {
    const month = merge(points(Array.from({ length: 30 * 96 * 3 }, (_, i) => busy(i * 300 + (i % 7) * 10))), 900);
    expect(month).toHaveLength(2_880);
    expect(JSON.stringify(answerOf('30d', month)).length).toBeLessThan(700_000);
  });
});

describe('open hours', () => {
  it('give each hour once, when it is over, as the same minutes that reading all at once gives', () => {
    const hours = openHours();
    const samples = Array.from({ length: 500 }, (_, i) => sample(i * 10));
    for (const s of samples) for (const series of ['acme.a', 'acme.b']) hours.add(series, s);
    expect([...hours.takeOver(START + 3_599)]).toEqual([]);
    const over = [...hours.takeOver(START + 3_600)];
    expect(over.map(h => [h.series, h.at, h.minutes.length])).toEqual([['acme.a', START, 60], ['acme.b', START, 60]]);
    expect(over[0]?.minutes).toEqual(merge(points(samples.slice(0, 360)), 60));
    expect([...hours.takeOver(START + 3_600)]).toEqual([]);
    expect([...hours.takeOver(START + 7_200)].map(h => [h.at, h.minutes.length])).toEqual([[START + 3_600, 24], [START + 3_600, 24]]);
    expect(hours.size).toBe(0);
  });

  it('keep nothing of a server that is gone', () => {
    const hours = openHours();
    hours.add('acme.a', sample(0));
    expect([...hours.takeOver(START + 3_600)]).toHaveLength(1);
    expect([...hours.takeOver(START + 3_600)]).toEqual([]);
    expect(hours.size).toBe(0);
  });
});
