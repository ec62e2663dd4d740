import { describe, expect, it } from '@jest/globals';
import { value, type BucketState, type Client, type ConnectionStatus, type StreamItem } from '@xanthus/client';
import { describeConnection } from './connection.js';
import { append, EventFeed, type FeedState } from './event-feed.js';
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

describe('a feed of a long history', () => {
  /** A stream that is read from its start by whoever asks, and stays open at its end. */
  const longStream = () => {
    const all: StreamItem[] = [];
    const wake = new Set<() => void>();
    const state = value('live' as const);
    let open = 0;
    const read = () => {
      let at = 0;
      const over = { closed: false };
      let stir = (): void => undefined;
      open++;
      const next = async (): Promise<IteratorResult<StreamItem>> => {
        while (!over.closed && at >= all.length) await new Promise<void>(go => { stir = go; wake.add(go); });
        const item = all[at++];
        return over.closed || !item ? { done: true, value: undefined } : { done: false, value: item };
      };
      const close = (): void => { if (!over.closed) { over.closed = true; open--; stir(); } };
      return { state, onReset: () => () => undefined, close, [Symbol.asyncIterator]: () => ({ next, return: () => { close(); return Promise.resolve({ done: true, value: undefined }); } }) };
    };
    const client = { stream: read, can: () => true, capabilities: value({}) } as unknown as Client;
    const publish = (n: number): void => { for (let i = 0; i < n; i++) all.push(item(all.length * 10 + 1)); for (const go of wake) go(); wake.clear(); };
    return { client, publish, readers: () => open };
  };
  const until = (feed: EventFeed, wanted: (state: FeedState) => boolean): Promise<void> => new Promise(done => {
    const look = (): void => { if (wanted(feed.get())) { stop(); done(); } };
    const stop = feed.subscribe(look);
    look();
  });

  it('shows the newest, and a page before it each time, with no hole and no repeat', async () => {
    const { client, publish, readers } = longStream();
    publish(25);
    const feed = new EventFeed(client, { stream: 'VPS', filter: 'x', from: 0, keep: 10 });
    await until(feed, s => s.items.length === 10 && s.truncated);
    expect(seqs(feed.get())[0]).toBe(151);
    const paging = feed.older();
    expect(feed.get().paging).toBe(true);
    // What comes meanwhile pushes nothing out.
    publish(2);
    await paging;
    await until(feed, s => s.items.length === 22);
    expect(seqs(feed.get())).toEqual(Array.from({ length: 22 }, (_, i) => 51 + i * 10));
    expect(feed.get()).toMatchObject({ truncated: true, paging: false });
    await feed.older();
    expect(seqs(feed.get())).toEqual(Array.from({ length: 27 }, (_, i) => 1 + i * 10));
    expect(feed.get().truncated).toBe(false);
    await feed.older();
    expect(readers()).toBe(1);
    feed.close();
    expect(readers()).toBe(0);
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
    expect(toRows(state({ in_sync: false }), 'acme.servers.', true)).toMatchObject({ status: 'ready', rows: new Map() });
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
