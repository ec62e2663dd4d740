import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { corrected, current, endOf, mostFor, sliceSize, statusOf, takeSlice, type BudgetRecord } from './record.js';
import { retryAfter, seenLimit } from './rate-headers.js';

const NOW = Date.UTC(2026, 10, 21);
const POLICY = { limit: 1_200, window_s: 300 };
const record = (more: Partial<BudgetRecord> = {}): BudgetRecord => ({ ...POLICY, starts: NOW, window: 1, taken: 0, ...more });

describe('a budget', () => {
  it('begins with the first call and anew when its window is over', () => {
    expect(current(undefined, POLICY, NOW)).toEqual(record());
    const used = record({ taken: 900 });
    expect(current(used, POLICY, NOW + 299_999)).toEqual(used);
    expect(current(used, POLICY, NOW + 300_000)).toEqual(record({ starts: NOW + 300_000, window: 2 }));
  });

  it('keeps a block and an open circuit beyond the window', () => {
    const blocked = record({ blocked_until: NOW + 400_000, circuit: { until: NOW + 500_000, times: 2 } });
    expect(current(blocked, POLICY, NOW + 300_000)).toMatchObject({ taken: 0, blocked_until: NOW + 400_000, circuit: { times: 2 } });
    expect(current(blocked, POLICY, NOW + 400_000).blocked_until).toBeUndefined();
  });

  it('is given out in slices and never beyond the limit, background work up to four fifths', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 5_000 }), fc.array(fc.boolean(), { maxLength: 300 }), (limit, kinds) => {
      let at = record({ limit });
      for (const background of kinds) {
        const { record: next, slice } = takeSlice(at, background);
        expect(slice).toBe(next.taken - at.taken);
        expect(slice).toBeLessThanOrEqual(sliceSize(limit));
        expect(next.taken).toBeLessThanOrEqual(Math.max(at.taken, mostFor(at, background)));
        at = next;
      }
    }));
    expect([1, 10, 100, 1_200, 3_600].map(sliceSize)).toEqual([1, 1, 2, 24, 25]);
  });

  it('follows the provider: its count, its window, its limit', () => {
    const seen = { limit: 2_400, window_s: 300, remaining: 100, resets: NOW + 100_000 };
    const next = corrected(record({ taken: 50 }), seen);
    expect(next).toMatchObject({ limit: 2_400, taken: 2_300 });
    expect(endOf(next)).toBe(NOW + 100_000);
    expect(corrected(record({ taken: 1_000 }), { remaining: 1_100, resets: NOW + 300_400 })).toEqual(record({ taken: 1_000 }));
  });

  it('says how it stands', () => {
    expect(statusOf('cloudflare', record({ taken: 30 }), NOW)).toEqual({ provider: 'cloudflare', limit: 1_200, used: 30, window_s: 300, resets_at: '2026-11-21T00:05:00.000Z', circuit: 'closed' });
    expect(statusOf('cloudflare', record({ taken: 1_300 }), NOW)).toMatchObject({ used: 1_200, retry_at: '2026-11-21T00:05:00.000Z' });
    const open = record({ circuit: { until: NOW + 1_000, times: 1 } });
    expect(statusOf('cloudflare', open, NOW)).toMatchObject({ circuit: 'open', retry_at: '2026-11-21T00:00:01.000Z' });
    expect(statusOf('cloudflare', open, NOW + 1_000)).toMatchObject({ circuit: 'half_open' });
    expect(statusOf('cloudflare', open, NOW + 1_000)).not.toHaveProperty('retry_at');
  });
});

describe('headers', () => {
  const headers = (o: Record<string, string>): Headers => new Headers(o);

  it('of the draft, as Cloudflare sends them; of several limits the tightest', () => {
    expect(seenLimit(headers({ ratelimit: '"default";r=50;t=30', 'ratelimit-policy': '"default";q=1200;w=300' }), NOW)).toEqual({ limit: 1_200, window_s: 300, remaining: 50, resets: NOW + 30_000 });
    expect(seenLimit(headers({ ratelimit: '"default";r=50;t=30, "burst";r=2;t=1', 'ratelimit-policy': '"burst";q=100;w=1' }), NOW)).toEqual({ limit: 100, window_s: 1, remaining: 2, resets: NOW + 1_000 });
  });

  it('of Hetzner', () => {
    expect(seenLimit(headers({ 'RateLimit-Limit': '3600', 'RateLimit-Remaining': '3599', 'RateLimit-Reset': String(NOW / 1_000 + 1) }), NOW)).toEqual({ limit: 3_600, remaining: 3_599, resets: NOW + 1_000 });
  });

  it('that make no sense are none', () => {
    for (const text of ['', 'default', '"default";r=x;t=1', ';;;,,,=']) expect(seenLimit(headers({ ratelimit: text }), NOW)).toBeUndefined();
    expect(seenLimit(headers({}), NOW)).toBeUndefined();
  });

  it.each([['7', 7_000], ['0.5', 500], ['Sat, 21 Nov 2026 00:01:00 GMT', 60_000], ['999999', 3_600_000]])('Retry-After %s', (text, ms) => {
    expect(retryAfter(headers({ 'retry-after': text }), NOW)).toBe(NOW + ms);
  });
  it.each(['0', '-5', 'soon', 'Sat, 21 Nov 2020 00:00:00 GMT'])('Retry-After %s is none', text => {
    expect(retryAfter(headers({ 'retry-after': text }), NOW)).toBeUndefined();
  });
});
