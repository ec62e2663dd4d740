import { describe, expect, it } from '@jest/globals';
import type { BucketState, ConnectionStatus, StreamItem } from '@xanthus/client';
import { describeConnection } from './connection.js';
import { append, type FeedState } from './event-feed.js';
import { toRows } from './live-context.js';

const item = (seq: number): StreamItem => ({ seq, subject: 's', time: '2026-11-21T08:00:00Z', payload: null });
const empty: FeedState = { state: 'live', items: [], truncated: false };
const seqs = (state: FeedState): number[] => state.items.map(i => i.seq);

describe('a feed', () => {
  it('keeps order and drops what it has', () => expect(seqs(append(append(empty, [item(1), item(4)], 10), [item(4), item(3), item(7)], 10))).toEqual([1, 4, 7]));
  it('is the same object when nothing is new', () => { const state = append(empty, [item(5)], 10); expect(append(state, [item(5)], 10)).toBe(state); });
  it('keeps the newest, and says that there were more', () => {
    const state = append(empty, [1, 2, 3, 4].map(item), 3);
    expect(seqs(state)).toEqual([2, 3, 4]);
    expect(state.truncated).toBe(true);
    expect(append(state, [item(5)], 10).truncated).toBe(true);
  });
});

describe('rows of a view', () => {
  const state = (change: Partial<BucketState<{ name: string }>>): BucketState<{ name: string }> => ({ entries: new Map(), in_sync: true, revision: 3, stale_since: null, state: 'live', ...change });
  const value = { schema: 1, seq: 1, time: '2026-11-21T08:00:00Z', data: { name: 'web-1' } };
  it('takes the id from the key and leaves other views out', () =>
    expect([...toRows(state({ entries: new Map([['acme.servers.a', value], ['acme.metrics.a', value]]) }), 'acme.servers.').rows]).toEqual([['a', { name: 'web-1' }]]));
  it('is loading only while there is nothing to show', () => {
    expect(toRows(state({ in_sync: false }), 'acme.servers.').status).toBe('loading');
    expect(toRows(state({ in_sync: false, entries: new Map([['acme.servers.a', value]]) }), 'acme.servers.').status).toBe('ready');
    expect(toRows(state({}), 'acme.servers.').status).toBe('ready');
  });
  it.each([['DENIED', 'denied'], ['REVOKED', 'denied'], ['INTERNAL', 'failed']] as const)('shows nothing after %s', (code, status) => {
    const error = Object.assign(new Error('x'), { code, retryable: false }) as unknown as NonNullable<BucketState<unknown>['error']>;
    expect(toRows(state({ error, entries: new Map([['acme.servers.a', value]]) }), 'acme.servers.')).toMatchObject({ status, rows: new Map(), problem: { code } });
  });
});

describe('the connection in words', () => {
  const at = (status: Partial<ConnectionStatus>, behind?: number, online = true): string => describeConnection({ state: 'connecting', since: 0, ...status }, behind, 10_000, online).label;
  it.each([
    [at({ state: 'live' }), 'Live'], [at({}), 'Connecting'], [at({ state: 'authenticating' }), 'Connecting'], [at({ retry_at: 14_200 }, 9_000), 'Reconnecting in 5 s'], [at({ retry_at: 10_000 }, 9_000), 'Reconnecting'],
    [at({}, 9_000, false), 'Offline'], [at({ state: 'draining' }, 9_000), 'Moving over'], [at({ state: 'closed' }, 9_000), 'Disconnected'],
  ])('%s', (label, expected) => expect(label).toBe(expected));
  it('says as of when the page is', () => expect(describeConnection({ state: 'connecting', since: 0, retry_at: 20_000 }, 9_000, 10_000, true).detail).toMatch(/What you see is as of \d\d:\d\d:\d\d\./));
  it('gives the reason once', () => expect(describeConnection({ state: 'closed', since: 0, reason: { code: 'REVOKED', message: 'The session was ended.', retryable: false } }, undefined, 0, true).detail).toBe('The session was ended.'));
});
