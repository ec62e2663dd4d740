import { describe, expect, it } from '@jest/globals';
import { metricsView } from '@xanthus/proto/vps';
import type { Metrics } from '../contracts.js';
import { byServer, formatSpan, GAP, nearest, niceCeiling, points, readSample, runs, spanOf, toPath, WINDOW } from './metrics-series.js';

const sample = { ...metricsView.example as Metrics };
const at = (seconds: number, load1 = 1): Metrics => ({ ...sample, at: new Date(seconds * 1_000).toISOString(), load1 });
const item = (seq: number, subject: string, payload: unknown) => ({ seq, subject, time: sample.at, payload });

describe('series of samples', () => {
  it('groups by server, in order, and leaves out what is no sample', () => {
    const series = byServer([item(1, 'met.acme.vps.a', at(1)), item(2, 'met.acme.vps.b', at(2)), item(3, 'met.acme.vps.a', at(3)), item(4, 'met.acme.vps.a', 'noise')]);
    expect([...series].map(([id, list]) => [id, list.length])).toEqual([['a', 2], ['b', 1]]);
  });
  it('reads a bare sample and one in an envelope', () => {
    expect(readSample(sample)).toBe(sample);
    expect(readSample({ schema: 1, data: sample })).toBe(sample);
    for (const noise of [null, 1, {}, { data: null }]) expect(readSample(noise)).toBeUndefined();
  });
  it('draws only the window', () => expect(points([at(1), at(20)], s => s.load1, 10_000)).toEqual([{ at: 20_000, value: 1 }]));
  it.each([[30, 120_000], [120, 120_000], [121, 300_000], [299, 300_000], [301, WINDOW], [5_000, WINDOW]])('a series of %d s spans %d ms', (age, span) => expect(spanOf([at(0), at(1)], age * 1_000)).toBe(span));
  it('spans in words', () => expect([spanOf([], 0), WINDOW].map(formatSpan)).toEqual(['2 min', '15 min']));
  it('breaks the line where samples are missing', () => {
    const line = points([at(0), at(10), at(20), at(20 + GAP / 1_000 + 1), at(70)], s => s.load1, 0);
    expect(runs(line).map(r => r.length)).toEqual([3, 2]);
  });
  it.each([[0.2, 0.5, 0.5], [0.6, 0.5, 0.7], [1.9, 0.5, 3], [9.5, 0.5, 15], [0, 0.5, 0.5]])('ceiling over %d is calm', (highest, least, ceiling) => expect(niceCeiling(highest, least)).toBeCloseTo(ceiling));
  it('makes a path inside the frame', () => {
    const path = toPath([{ at: 0, value: 0 }, { at: 50, value: 2 }, { at: 100, value: 99 }], { from: 0, to: 100, ceiling: 4, width: 200, height: 40 });
    expect(path.line).toBe('M0.00 40.00L100.00 20.00L200.00 0.00');
    expect(path.area).toBe(`${path.line}L200.00 40L0.00 40Z`);
    expect(toPath([], { from: 0, to: 1, ceiling: 1, width: 1, height: 1 })).toEqual({ line: '', area: '' });
  });
  it('reads out the nearest point', () => expect(nearest([{ at: 0, value: 1 }, { at: 10, value: 2 }], 7)?.value).toBe(2));
});
