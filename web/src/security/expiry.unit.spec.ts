import { describe, expect, it } from '@jest/globals';
import { expiryAfter, expiryState, LIVES } from './expiry.js';

const NOW = Date.parse('2026-11-21T12:00:00.000Z');
const DAY = 86_400_000;

describe('when a key ends', () => {
  it('is so many days from now, and never more than a year', () => {
    expect(expiryAfter(7, NOW)).toBe('2026-11-28T12:00:00.000Z');
    for (const [days] of LIVES) expect(Date.parse(expiryAfter(days, NOW)) - NOW).toBeLessThanOrEqual(365 * DAY);
    expect(Date.parse(expiryAfter(365, NOW))).toBeLessThan(NOW + 365 * DAY);
  });
  it.each([[0, 'bad', 'Ended'], [-5, 'bad', 'Ended'], [0.4, 'warn', 'Ends within a day'], [3, 'warn', 'Ends in 3 days'], [14, 'warn', 'Ends in 14 days'], [30, 'ok', 'Until 21 Dec 2026']])('in %p days is told as %s: %s', (days, tone, text) =>
    expect(expiryState(NOW + days * DAY, NOW)).toEqual({ tone, text }));
});
