import { describe, expect, it } from '@jest/globals';
import { formatAgo, formatBytes, formatDuration, formatMilliseconds, formatPercent, shortId } from './format.js';

describe('figures and times in words', () => {
  it.each([[0, '0 B'], [1023, '1023 B'], [1024, '1.0 KiB'], [4_100_000_000, '3.8 GiB'], [500e9, '466 GiB'], [-1, '0 B'], [2 ** 60, '1024 PiB']])('%d bytes', (n, text) => expect(formatBytes(n)).toBe(text));
  it.each([[0, '0 s'], [59, '59 s'], [60, '1 min'], [3_661, '1 h 1 min'], [86_400, '1 d'], [93_784, '1 d 2 h'], [-5, '0 s']])('%d seconds', (n, text) => expect(formatDuration(n)).toBe(text));
  it.each([[0.4, '< 1 ms'], [12.4, '12 ms'], [1_234, '1.23 s'], [29_960, '30.0 s']])('%d ms', (n, text) => expect(formatMilliseconds(n)).toBe(text));
  it.each([[0, 'just now'], [12_000, '12 s ago'], [61_000, '1 min ago'], [7_300_000, '2 h ago'], [200_000_000, '2 d ago'], [-5_000, 'just now']])('%d ms ago', (ms, text) => expect(formatAgo(1e12 - ms, 1e12)).toBe(text));
  it('keeps a fraction between 0 and 100 %', () => expect([-1, 0.073, 1.2].map(formatPercent)).toEqual(['0 %', '7 %', '100 %']));
  it('shortens an id to its end', () => expect(shortId('01jd3x8e2v5y9w4z7q6r1s0tcd')).toBe('…1s0tcd'));
});
