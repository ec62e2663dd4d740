import { describe, expect, it } from '@jest/globals';
import { bandPath, byteCeiling, moments, perSecond, readAt, stepFrom, timeTicks } from './chart-model.js';

const MIN = 60_000;
const at = (iso: string): number => Date.parse(iso);
const p = (time: number, value: number): { at: number; value: number } => ({ at: time, value });

describe('the ticks of a chart', () => {
  it('are round moments of the own clock', () => {
    const { step, at: ticks } = timeTicks(at('2026-11-21T08:03:00Z'), at('2026-11-21T09:03:00Z'), 6, 0);
    expect(step).toBe(10 * MIN);
    expect(new Date(ticks[0] ?? 0).toISOString()).toBe('2026-11-21T08:10:00.000Z');
    expect(ticks).toHaveLength(6);
  });
  it('are midnights where the reader is', () => {
    const { at: ticks } = timeTicks(at('2026-11-01T00:00:00Z'), at('2026-12-01T00:00:00Z'), 8, -60);
    expect(ticks.every(t => new Date(t).toISOString().endsWith('T23:00:00.000Z'))).toBe(true);
  });
  it('are none of a span without length', () => expect(timeTicks(5, 5, 6, 0).at).toEqual([]));
  it('are round sizes', () => expect([byteCeiling(3.9 * 1024 ** 3, 1), byteCeiling(0, 1_024), byteCeiling(700 * 1024 ** 2, 1)]).toEqual([8 * 1024 ** 3, 1_024, 1024 ** 3]));
});

describe('the read-out of a chart', () => {
  const lines = [{ key: 'a', label: 'A', points: [p(0, 1), p(10, 2), p(40, 3)] }, { key: 'b', label: 'B', points: [p(20, 9)] }];
  it('is the nearest value of each line', () => expect(readAt(lines, 14, 10)).toEqual([p(10, 2), p(20, 9)]));
  it('is nothing in a gap', () => expect(readAt(lines, 28, 5)).toEqual([undefined, undefined]));
  it('steps from value to value, and stays at the ends', () => {
    const all = moments(lines);
    expect(all).toEqual([0, 10, 20, 40]);
    expect([stepFrom(all, undefined, -1), stepFrom(all, 40, -1), stepFrom(all, 0, -1), stepFrom(all, 40, 1), stepFrom(all, 99, -1), stepFrom([], 1, 1)]).toEqual([40, 20, 0, 40, 20, undefined]);
  });
});

describe('counters', () => {
  it('become amounts per second', () => expect(perSecond([p(0, 100), p(10_000, 1_100)])).toEqual([p(10_000, 100)]));
  it('say nothing of a stretch in which they began anew', () => expect(perSecond([p(0, 100), p(10_000, 50), p(20_000, 150)])).toEqual([p(20_000, 10)]));
});

describe('the band of a line', () => {
  const frame = { from: 0, to: 10, ceiling: 10, width: 100, height: 100 };
  it('lies between least and greatest', () => expect(bandPath([{ at: 0, value: 2, low: 1, high: 4 }, { at: 10, value: 3, low: 3, high: 3 }], frame)).toBe('M0.00 60.00L100.00 70.00L100.00 70.00L0.00 90.00Z'));
  it('is nothing of single samples', () => expect(bandPath([p(0, 1), p(10, 2)], frame)).toBe(''));
});
