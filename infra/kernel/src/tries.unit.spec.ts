import { describe, expect, it } from '@jest/globals';
import { Refusal } from './refusal.js';
import { nextTry, timeLeft, tryError, type TryError } from './tries.js';

const NOW = Date.UTC(2026, 10, 21);
const at = (ms: number): string => new Date(NOW + ms).toISOString();
const passing: TryError = { code: 'DNS.UNAVAILABLE', message: 'away', retryable: true };

describe('nextTry', () => {
  it('waits twice as long each time, a minute at most, until a person is asked', () => {
    expect([0, 1, 2, 8].map(failures => nextTry(passing, failures, { tries: 10 }, NOW))).toEqual([at(2_000), at(4_000), at(8_000), at(60_000)]);
    expect(nextTry(passing, 9, { tries: 10 }, NOW)).toBeNull();
    expect(nextTry({ ...passing, retryable: false }, 0, { tries: 10 }, NOW)).toBeNull();
  });

  it('comes when it was told to, not earlier than it would, and not to somebody who asks for more than an hour', () => {
    expect(nextTry({ ...passing, retry_at: at(90_000) }, 0, { tries: 3 }, NOW)).toBe(at(90_000));
    expect(nextTry({ ...passing, retry_at: at(-90_000) }, 0, { tries: 3 }, NOW)).toBe(at(2_000));
    expect(nextTry({ ...passing, retry_at: 'soon' }, 0, { tries: 3 }, NOW)).toBe(at(2_000));
    expect(nextTry({ ...passing, retry_at: at(3_600_001) }, 0, { tries: 3 }, NOW)).toBeNull();
  });
});

describe('timeLeft', () => {
  it('counts from the first try; whoever was interrupted gets half a minute again', () => {
    expect(timeLeft({ time: 120_000 }, null, NOW)).toBe(120_000);
    expect(timeLeft({ time: 120_000 }, at(-50_000), NOW)).toBe(70_000);
    expect(timeLeft({ time: 120_000 }, at(-500_000), NOW)).toBe(30_000);
    expect(timeLeft({ time: 10_000 }, at(-500_000), NOW)).toBe(10_000);
  });
});

describe('tryError', () => {
  it('tells a refusal in its words and keeps a fault of ours to itself', () => {
    expect(tryError(new Refusal('DNS.RATE_LIMITED', 'x'.repeat(900), { retry_at: at(5) }, true))).toEqual({ code: 'DNS.RATE_LIMITED', message: 'x'.repeat(500), retryable: true, retry_at: at(5) });
    expect(tryError(new Refusal('A.B', 'no', { retry_at: 5 }))).toEqual({ code: 'A.B', message: 'no', retryable: false });
    expect(tryError(new Refusal('A.SOLD_OUT', 'no', undefined, true), new Set(['A.SOLD_OUT'])).retryable).toBe(false);
    const ours = tryError(new TypeError('secret of undefined'));
    expect([ours.code, ours.retryable, ours.message.includes('secret')]).toEqual(['INTERNAL', true, false]);
  });
});
