import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { connect } from './client.js';
import { EVERYTHING, FakeGateway } from './fake-gateway.fixtures.js';
import type { BucketState, Client, StreamItem, StreamReset, StreamSubscription } from './types.js';

const settle = (ms = 1): Promise<void> => jest.advanceTimersByTimeAsync(ms);
const PATTERN = 'acme.servers.*';

let gateway: FakeGateway;
let client: Client;

beforeEach(async () => {
  jest.useFakeTimers();
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
  gateway = new FakeGateway();
  const promise = connect({ url: 'http://localhost:5000', token: 'secret', WebSocket: gateway.WebSocket });
  await settle();
  client = await promise;
});
afterEach(() => {
  client.close();
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const server = (name: string): object => ({ schema: 1, seq: 1, time: 't', data: { name } });
const keys = (state: BucketState<unknown>): string[] => [...state.entries.keys()].toSorted();
const sent = (op: string): number => gateway.received.filter(f => f.op === op).length;

const collect = (subscription: StreamSubscription): { seqs: number[]; resets: StreamReset[]; error?: unknown; done: boolean } => {
  const seen: { seqs: number[]; resets: StreamReset[]; error?: unknown; done: boolean } = { seqs: [], resets: [], done: false };
  subscription.onReset(reset => { seen.resets.push(reset); seen.seqs.length = 0; });
  void (async () => {
    try {
      for await (const item of subscription) seen.seqs.push(item.seq);
    } catch (error) {
      seen.error = error;
    }
    seen.done = true;
  })();
  return seen;
};

describe('a bucket', () => {
  it('is a snapshot, then changes; the state keeps its identity until it changes', async () => {
    gateway.put('vps', 'acme.servers.a', server('a'));
    gateway.put('vps', 'acme.metrics.a', {});
    const view = client.bucket<{ name: string }>('vps', { pattern: PATTERN });
    await settle();
    expect(view.get()).toMatchObject({ in_sync: true, stale_since: null, state: 'live' });
    expect(view.get().entries.get('acme.servers.a')?.data.name).toBe('a');
    expect(keys(view.get())).toEqual(['acme.servers.a']);
    const before = view.get();
    expect(view.get()).toBe(before);
    const told: BucketState<unknown>[] = [];
    view.subscribe(state => told.push(state));
    gateway.put('vps', 'acme.servers.b', server('b'));
    gateway.del('vps', 'acme.servers.a');
    await settle();
    expect(keys(before)).toEqual(['acme.servers.a']);
    expect(told.at(-1)).toBe(view.get());
    expect(keys(view.get())).toEqual(['acme.servers.b']);
  });

  it('tells its listeners once per batch, and only when the snapshot is whole', async () => {
    for (let i = 0; i < 50; i++) gateway.put('vps', `acme.servers.s${i}`, server(`s${i}`));
    gateway.auto = false;
    const view = client.bucket('vps', { pattern: PATTERN });
    const sizes: number[] = [];
    view.subscribe(state => sizes.push(state.entries.size));
    await settle();
    gateway.deliver(20);
    await settle();
    expect(view.get()).toMatchObject({ in_sync: false });
    expect(view.get().entries.size).toBe(0);
    gateway.deliver(Infinity, true);
    await settle();
    expect(sizes.filter(n => n > 0)).toEqual([50]);
  });

  it('shares one upstream subscription and keeps it a moment after the last view', async () => {
    const a = client.bucket('vps', { pattern: PATTERN });
    const b = client.bucket('vps', { pattern: PATTERN });
    await settle();
    a.close();
    a.close();
    await settle(5_000);
    expect(b.get().in_sync).toBe(true);
    b.close();
    await settle(1_000);
    const c = client.bucket('vps', { pattern: PATTERN });
    expect(c.get().in_sync).toBe(true);
    await settle(5_000);
    expect([sent('kv_sub'), sent('unsub')]).toEqual([1, 0]);
    c.close();
    await settle(5_000);
    expect([sent('kv_sub'), sent('unsub')]).toEqual([1, 1]);
  });

  it('shows what it has while away, marked as stale, and resumes with what changed', async () => {
    gateway.put('vps', 'acme.servers.a', server('a'));
    gateway.put('vps', 'acme.servers.b', server('b'));
    const view = client.bucket('vps', { pattern: PATTERN });
    await settle();
    const cutAt = Date.now();
    gateway.down = true;
    gateway.cut();
    gateway.del('vps', 'acme.servers.a');
    gateway.put('vps', 'acme.servers.c', server('c'));
    await settle(3_000);
    expect(view.get()).toMatchObject({ in_sync: false, stale_since: cutAt });
    expect(keys(view.get())).toEqual(['acme.servers.a', 'acme.servers.b']);
    gateway.down = false;
    await settle(10_000);
    expect(gateway.received.findLast(f => f.op === 'kv_sub')?.data).toEqual({ pattern: PATTERN, last_revision: 2, epoch: 'e1' });
    expect(view.get()).toMatchObject({ in_sync: true, stale_since: null });
    expect(keys(view.get())).toEqual(['acme.servers.b', 'acme.servers.c']);
  });

  it('takes a whole new snapshot after a reset, and the old one stays until it is there', async () => {
    gateway.put('vps', 'acme.servers.a', server('a'));
    const view = client.bucket('vps', { pattern: PATTERN });
    await settle();
    gateway.cut();
    gateway.buckets.set('vps', { epoch: 'e2', revision: 0, log: [] });
    gateway.put('vps', 'acme.servers.z', server('z'));
    gateway.auto = false;
    await settle(200);
    gateway.deliver(5);
    await settle();
    expect(keys(view.get())).toEqual(['acme.servers.a']);
    gateway.deliver();
    await settle();
    expect(keys(view.get())).toEqual(['acme.servers.z']);
  });

  it('a cut in the middle of a new snapshot asks for a whole one again', async () => {
    gateway.put('vps', 'acme.servers.a', server('a'));
    gateway.put('vps', 'acme.servers.b', server('b'));
    gateway.auto = false;
    const view = client.bucket('vps', { pattern: PATTERN });
    await settle();
    gateway.deliver(2);
    gateway.cut();
    gateway.auto = true;
    await settle(1_000);
    expect(gateway.received.findLast(f => f.op === 'kv_sub')?.data).toEqual({ pattern: PATTERN });
    expect(keys(view.get())).toEqual(['acme.servers.a', 'acme.servers.b']);
  });

  it('forgets everything when the right goes and comes back when it does', async () => {
    gateway.put('vps', 'acme.servers.a', server('a'));
    const view = client.bucket('vps', { pattern: PATTERN });
    await settle();
    gateway.send({ op: 'error', target: 'kv:vps', data: { code: 'REVOKED', message: 'withdrawn', retryable: false, details: { pattern: PATTERN } } });
    gateway.grant({ ...EVERYTHING, buckets: {} });
    await settle();
    expect(view.get()).toMatchObject({ state: 'ended', in_sync: false, error: { code: 'REVOKED' } });
    expect(view.get().entries.size).toBe(0);
    expect(view.error?.code).toBe('REVOKED');
    gateway.grant(EVERYTHING);
    await settle();
    expect(view.error).toBeUndefined();
    expect(keys(view.get())).toEqual(['acme.servers.a']);
  });

  it('tries again what can be tried again', async () => {
    gateway.refuse = f => (f.op === 'kv_sub' ? { code: 'UNAVAILABLE', message: 'rights are not current', retryable: true } : undefined);
    const view = client.bucket('vps');
    const ready = view.ready();
    await settle(2_000);
    gateway.refuse = () => undefined;
    await settle(10_000);
    await expect(ready).resolves.toMatchObject({ in_sync: true });
  });

  it('asks again for who comes later, when the reason was not a right', async () => {
    gateway.refuse = f => (f.op === 'kv_sub' ? { code: 'TOO_MANY_SUBSCRIPTIONS', message: 'no', retryable: false } : undefined);
    const view = client.bucket('vps', { pattern: PATTERN });
    await settle();
    expect(view.error?.code).toBe('TOO_MANY_SUBSCRIPTIONS');
    gateway.refuse = () => undefined;
    await expect(client.bucket('vps', { pattern: PATTERN }).ready()).resolves.toMatchObject({ in_sync: true });
    expect(view.error).toBeUndefined();
  });

  it('says DENIED to who waits for it', async () => {
    gateway.refuse = f => (f.op === 'kv_sub' ? { code: 'DENIED', message: 'no', retryable: false } : undefined);
    await expect(client.bucket('vps').ready()).rejects.toMatchObject({ code: 'DENIED' });
  });
});

describe('a stream', () => {
  const A = 'evt.acme.vps.server.a';
  const filter = 'evt.acme.vps.server.*';

  it('reads history, then what comes, and tells where it is', async () => {
    gateway.publish('VPS', A);
    gateway.publish('VPS', 'evt.acme.vps.ssh-key.k');
    gateway.publish('VPS', A);
    const stream = client.stream('VPS', { filter, from: 0 });
    const seen = collect(stream);
    await settle();
    expect(seen.seqs).toEqual([1, 3]);
    expect(stream.state.get()).toBe('live');
    gateway.publish('VPS', A);
    await settle();
    expect(seen.seqs).toEqual([1, 3, 4]);
    expect(stream.position).toBe(4);
  });

  it('begins with what is new unless asked otherwise, or at a time', async () => {
    gateway.publish('VPS', A);
    const second = gateway.publish('VPS', A);
    const fresh = collect(client.stream('VPS', { filter }));
    const timed = collect(client.stream('VPS', { from: { time: second.time } }));
    await settle();
    gateway.publish('VPS', A);
    await settle();
    expect(fresh.seqs).toEqual([3]);
    expect(timed.seqs).toEqual([2, 3]);
  });

  it('new, before anything came, resumes at the head that it was told', async () => {
    gateway.publish('VPS', A);
    const seen = collect(client.stream('VPS', { filter }));
    await settle();
    gateway.cut();
    gateway.publish('VPS', A);
    await settle(1_000);
    expect(seen.seqs).toEqual([2]);
  });

  it('two readers of one filter share one subscription; a later one that needs history makes no one see a message twice', async () => {
    for (let i = 0; i < 3; i++) gateway.publish('VPS', A);
    const first = collect(client.stream('VPS', { filter, from: 2 }));
    await settle();
    const second = collect(client.stream('VPS', { filter, from: 0 }));
    const third = collect(client.stream('VPS', { filter, from: 'new' }));
    await settle();
    gateway.publish('VPS', A);
    await settle();
    expect([first.seqs, second.seqs, third.seqs]).toEqual([[2, 3, 4], [1, 2, 3, 4], [4]]);
    expect(gateway.received.filter(f => f.op === 'js_sub')).toHaveLength(2);
  });

  it('who joins for what is new while another catches up gets nothing old', async () => {
    for (let i = 0; i < 6; i++) gateway.publish('VPS', A);
    gateway.auto = false;
    const first = collect(client.stream('VPS', { filter, from: 1 }));
    await settle();
    gateway.deliver(4);
    await settle();
    const second = collect(client.stream('VPS', { filter }));
    gateway.auto = true;
    gateway.deliver();
    gateway.publish('VPS', A);
    await settle();
    gateway.deliver();
    await settle();
    expect(first.seqs).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(second.seqs).toEqual([7]);
  });

  it('a time is a time, however it is written', async () => {
    const at = new Date(1_700_000_001_000).toISOString();
    const message = gateway.publish('VPS', A);
    expect(message.time).toBe(at);
    gateway.stream('VPS').messages[0] = { ...message, time: at.replace('000Z', '000400Z') };
    const other = collect(client.stream('VPS', { filter, from: 1 }));
    const seen = collect(client.stream('VPS', { filter, from: { time: at } }));
    await settle();
    expect([other.seqs, seen.seqs]).toEqual([[1], [1]]);
  });

  it('finds a hole by prev and asks again from before it', async () => {
    const seen = collect(client.stream('VPS', { filter, from: 0 }));
    await settle();
    gateway.auto = false;
    for (let i = 0; i < 3; i++) gateway.publish('VPS', A);
    gateway.deliver(1);
    gateway.lose();
    gateway.auto = true;
    gateway.deliver();
    await settle();
    gateway.deliver();
    await settle();
    expect(seen.seqs).toEqual([1, 2, 3]);
    expect(seen.resets).toEqual([]);
  });

  it('says reset in its place, between what was before and what comes after', async () => {
    gateway.publish('VPS', A);
    const order: (number | string)[] = [];
    const stream = client.stream('VPS', { filter, from: 0 });
    stream.onReset(r => order.push(r.reason));
    await settle();
    gateway.recreate('VPS');
    gateway.publish('VPS', A);
    await settle();
    for await (const item of stream) {
      order.push(item.seq);
      if (order.length === 3) break;
    }
    expect(order).toEqual([1, 'epoch_changed', 1]);
    expect(stream.state.get()).toBe('ended');
    await settle();
    expect(sent('unsub')).toBe(1);
  });

  it('ends with the code when it is refused or revoked, quietly when it is closed', async () => {
    const closed = client.stream('VPS', { filter });
    const seen = collect(closed);
    const other = collect(client.stream('VPS', { filter: 'evt.acme.vps.ssh-key.*' }));
    await settle();
    closed.close();
    gateway.send({ op: 'error', target: 'js:VPS', data: { code: 'REVOKED', message: 'withdrawn', retryable: false } });
    await settle();
    expect(seen).toMatchObject({ done: true });
    expect(seen.error).toBeUndefined();
    expect(other.error).toMatchObject({ code: 'REVOKED' });
  });

  it('is not ended by the refusal of a frame about another one', async () => {
    const other = client.stream('VPS', { filter: 'evt.acme.vps.ssh-key.*' });
    const seen = collect(client.stream('VPS', { filter }));
    await settle();
    gateway.handle(gateway.socket, { op: 'unsub', target: 'js:VPS', inbox: 'elsewhere', data: { filter: 'evt.acme.vps.ssh-key.*' } as never });
    other.close();
    gateway.publish('VPS', A);
    await settle();
    expect(seen).toMatchObject({ seqs: [1], done: false });
  });

  it('gives credit as messages are read, not as they arrive', async () => {
    for (let i = 0; i < 10; i++) gateway.publish('VPS', A);
    const stream = client.stream('VPS', { filter, from: 0, credit: 4 });
    await settle();
    expect(gateway.received.find(f => f.op === 'js_sub')?.data).toMatchObject({ credit: 4 });
    expect(sent('credit')).toBe(0);
    const items: StreamItem[] = [];
    for await (const item of stream) {
      items.push(item);
      if (items.length === 5) break;
    }
    expect(gateway.received.filter(f => f.op === 'credit').map(f => (f.data as unknown as { n: number }).n)).toEqual([2, 2]);
  });
});

describe('a lossy subscription', () => {
  const [filter, A] = ['evt.acme.vps.server.*', 'evt.acme.vps.server.a'];
  it('of a stream says what was dropped, in its place, and goes on', async () => {
    const stream = client.stream('VPS', { filter, policy: 'lossy' });
    const seen: unknown[] = [];
    stream.onGap(gap => seen.push(gap));
    void (async () => { for await (const item of stream) seen.push(item.seq); })();
    await settle();
    expect(gateway.received.find(f => f.op === 'js_sub')?.data).toMatchObject({ policy: 'lossy' });
    const send = (data: object): void => gateway.send({ op: 'msg', target: 'js:VPS', data: { filter, ...data } });
    const item = { subject: A, time: '2026-01-01T00:00:00Z', payload: {} };
    send({ ...item, seq: 1, prev: 0 });
    send({ kind: 'gap', from: 2, to: 5 });
    send({ ...item, seq: 6, prev: 5 });
    await settle();
    expect([seen, stream.position]).toEqual([[1, { from: 2, to: 5 }, 6], 6]);
    // What is missing without a word is still asked for.
    send({ ...item, seq: 9, prev: 8 });
    await settle();
    expect(gateway.received.filter(f => f.op === 'js_sub')[1]?.data).toMatchObject({ last_seq: 6, policy: 'lossy' });
    expect(() => client.stream('VPS', { filter })).toThrow('lossy');
  });

  it('of signals says how many', async () => {
    const [gaps, got]: [number[], unknown[]] = [[], []];
    client.subject('sig.acme.>', s => got.push(s.payload), { policy: 'lossy', onGap: count => gaps.push(count) });
    await settle();
    expect(gateway.received.find(f => f.op === 'sub')?.data).toEqual({ policy: 'lossy' });
    gateway.send({ op: 'msg', target: 'sig.acme.>', data: { kind: 'gap', count: 3 } });
    gateway.send({ op: 'msg', target: 'sig.acme.>', data: { subject: 'sig.acme.a', payload: 4 } });
    expect([gaps, got]).toEqual([[3], [4]]);
    expect(() => client.subject('sig.acme.>', () => {})).toThrow('lossy');
  });
});

describe('a signal', () => {
  it('comes to all who listen, over one subscription that is made again after a reconnect', async () => {
    const got: unknown[] = [];
    const one = client.subject('sig.acme.>', s => got.push(['one', s.subject, s.payload]));
    client.subject('sig.acme.>', s => got.push(['two', s.subject, s.payload]));
    await settle();
    gateway.cut();
    await settle(1_000);
    expect(one.state.get()).toBe('live');
    gateway.send({ op: 'msg', target: 'sig.acme.>', data: { subject: 'sig.acme.vps.server.a.up', payload: 1 } });
    one.close();
    gateway.send({ op: 'msg', target: 'sig.acme.>', data: { subject: 'sig.acme.vps.server.a.up', payload: 2 } });
    expect(got).toEqual([['one', 'sig.acme.vps.server.a.up', 1], ['two', 'sig.acme.vps.server.a.up', 1], ['two', 'sig.acme.vps.server.a.up', 2]]);
    expect(sent('sub')).toBe(2);
  });
});
