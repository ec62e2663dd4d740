import { describe, expect, it } from '@jest/globals';
import type { Metrics, MetricsSeries } from '../../contracts.js';
import { chartsOf } from './charts.js';
import { fromAnswer, withSample } from './series.js';

const column = (values: readonly (number | null)[]): { min: (number | null)[]; avg: (number | null)[]; max: (number | null)[] } => ({ min: [...values], avg: [...values], max: values.map(v => (v === null ? null : v * 2)) });
const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();
const T = 1_800_000_000;

const answer = (span: MetricsSeries['span'] = '1h', step = 10): MetricsSeries => ({
  span, step, at: [T, T + step], memory_bytes: 4 * 1024 ** 3, disk_bytes: 0,
  fields: { cpu: column([0.1, 0.2]), load: column([1, 2]), memory: column([0.5, 0.5]), disk: column([0.3, 0.4]), swap: column([0, 0]), rx: column([null, 100]), tx: column([null, 50]), latency: column([12, 3]) },
});
const sample = (seconds: number, rx: number): Metrics => ({
  at: at(seconds), load1: 3, cpu: 0.4, memory_used_bytes: 1, memory_bytes: 4, disk_used_bytes: 1, disk_bytes: 2, network_rx_bytes: rx, network_tx_bytes: 0, uptime_seconds: 1, latency_ms: 5,
});

describe('the course of figures', () => {
  it('is what was asked, and has no value where there is none', () => {
    const { points, step } = fromAnswer(answer());
    expect(step).toBe(10_000);
    expect(points[0]).toMatchObject({ at: T * 1_000, of: { cpu: [0.1, 0.1, 0.2] } });
    expect(points[0]?.of.rx).toBeUndefined();
  });
  it('goes on with each sample, counters as amounts per second', () => {
    const series = withSample(fromAnswer(answer()), sample(T + 23, 3_000), sample(T + 13, 1_000));
    expect(series.points.at(-1)).toMatchObject({ at: (T + 20) * 1_000, of: { cpu: [0.4, 0.4, 0.4], memory: [0.25, 0.25, 0.25], rx: [200, 200, 200] } });
  });
  it('says nothing of traffic after a restart or a silence', () => {
    expect(withSample(fromAnswer(answer()), sample(T + 20, 5), sample(T + 10, 1_000)).points.at(-1)?.of.rx).toBeUndefined();
    expect(withSample(fromAnswer(answer()), sample(T + 600, 5_000), sample(T + 10, 1_000)).points.at(-1)?.of.rx).toBeUndefined();
  });
  it('is never longer than its span, and takes nothing late', () => {
    const series = fromAnswer(answer());
    expect(withSample(series, sample(T + 3_605, 0), undefined).points.map(p => p.at)).toEqual([(T + 10) * 1_000, (T + 3_600) * 1_000]);
    expect(withSample(series, sample(T - 100, 0), undefined).points).toEqual(series.points);
  });
  it('adds to the unfinished point: least, average, greatest', () => {
    const day = fromAnswer(answer('24h', 60));
    // Fifty seconds of the minute are in the average of 0.2 already.
    const point = withSample(day, sample(T + 60 + 50, 0), undefined).points.at(-1);
    expect(point?.of.cpu?.map(v => v.toFixed(3))).toEqual(['0.200', '0.233', '0.400']);
    const next = withSample(day, sample(T + 121, 0), undefined);
    expect(next.points).toHaveLength(3);
    expect(withSample(next, { ...sample(T + 131, 0), cpu: 0.8 }, undefined).points.at(-1)?.of.cpu?.map(v => v.toFixed(2))).toEqual(['0.40', '0.60', '0.80']);
  });
});

describe('its charts', () => {
  const charts = chartsOf(fromAnswer(answer()));
  it('say what is now, and of what', () => expect(charts.map(c => [c.key, c.now, c.of])).toEqual([
    ['cpu', '20 %', undefined], ['load', '2.00', undefined], ['memory', '50 %', 'of 4.0 GiB'], ['disk', '40 %', undefined], ['network', 'In 100 B/s · Out 50 B/s', undefined], ['latency', '3.0 ms', undefined],
  ]));
  it('have room for the greatest value', () => expect(charts.find(c => c.key === 'load')?.ceiling).toBeGreaterThanOrEqual(4));
  it('show swap only where there is some', () => expect(charts.find(c => c.key === 'memory')?.lines).toHaveLength(1));
});
