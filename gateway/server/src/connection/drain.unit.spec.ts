import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Connection } from './connection.js';
import { Drain } from './drain.js';
import { staleRights } from './stale-rights.js';

interface Client { readonly told: number[]; closedAt: number | undefined; readonly code: number[] }

let begun: number;
const client = (connections: Set<Connection>, loggedIn = true): Client => {
  const seen: Client = { told: [], closedAt: undefined, code: [] };
  connections.add({
    principal: loggedIn ? {} : undefined,
    drain: (after: number) => seen.told.push(after),
    end: (code: number) => {
      seen.closedAt ??= performance.now() - begun;
      seen.code.push(code);
    },
  } as unknown as Connection);
  return seen;
};
const drainOf = (connections: Set<Connection>, windowMs: number): Drain => new Drain({ connections, now: () => performance.now() }, windowMs);

beforeEach(() => {
  jest.useFakeTimers();
  begun = performance.now();
});
afterEach(() => { jest.useRealTimers(); });

describe('a drain', () => {
  it('gives each client a slot of its own, evenly over the window, and closes it then with 4009', async () => {
    const connections = new Set<Connection>();
    const clients = Array.from({ length: 10_000 }, () => client(connections));
    const drain = drainOf(connections, 30_000);
    const over = drain.begin('the end');
    expect([drain.active, drain.retryAfter, drain.remaining]).toEqual([true, 30, 9_999]);
    await jest.advanceTimersByTimeAsync(30_000);
    await over;
    expect(new Set(clients.flatMap(c => c.code))).toEqual(new Set([4009]));
    for (const c of clients) expect(Math.abs((c.closedAt ?? Infinity) - (c.told[0] ?? 0))).toBeLessThanOrEqual(20);
    const perSecond = Array.from({ length: 30 }, (_, s) => clients.filter(c => Math.floor((c.closedAt ?? 0) / 1_000) === s).length);
    expect(Math.max(...perSecond)).toBeLessThanOrEqual(1.25 * (10_000 / 30));
    expect(drain.remaining).toBe(0);
  });

  it('keeps nobody waiting who is alone or has not logged in', async () => {
    const connections = new Set<Connection>();
    const [alone, stranger] = [client(connections), client(connections, false)];
    await drainOf(connections, 30_000).begin('the end');
    expect([alone.told, alone.closedAt, stranger.told, stranger.closedAt]).toEqual([[0], 0, [], 0]);
  });

  it('is one for all who ask for it', async () => {
    const connections = new Set<Connection>();
    const clients = [client(connections), client(connections)];
    const drain = drainOf(connections, 1_000);
    const over = Promise.all([drain.begin('a'), drain.begin('b')]);
    await jest.advanceTimersByTimeAsync(1_000);
    await over;
    expect(clients.map(c => c.told)).toEqual([[0], [500]]);
    expect(drain.why).toBe('a');
  });
});

describe('rights that nobody vouches for', () => {
  it('drain after a minute, never in an outage, and let clients in again when they are back', () => {
    const told: string[] = [];
    const drain = { why: undefined as string | undefined, begin: (why: string) => { told.push(why); drain.why = why; return Promise.resolve(); }, cease: () => { drain.why = undefined; } };
    let [current, outage, now] = [true, false, 0];
    const tick = staleRights({ current: () => current, outage: () => outage, now: () => now }, drain);
    const pass = (seconds: number): void => {
      for (let i = 0; i < seconds; i++) {
        now += 1_000;
        tick();
      }
    };
    pass(100);
    [current, outage] = [false, true];
    pass(300);
    outage = false;
    pass(50);
    expect(told).toEqual([]);
    pass(3);
    expect(told).toHaveLength(1);
    pass(100);
    expect([told.length, drain.why !== undefined]).toEqual([1, true]);
    current = true;
    pass(1);
    expect(drain.why).toBeUndefined();
  });
});
