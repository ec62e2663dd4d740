import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openBlob } from '@xanthus/jetstream';
import type { BlobReference, CommandContract } from '@xanthus/proto';
import { eventually } from '@xanthus/testing';
import { WebSocket } from 'ws';
import { until } from './observable.js';
import { OWNER, startRealGateway, type RealGateway } from './real-gateway.fixtures.js';
import type { StreamItem, StreamSubscription } from './types.js';

let g: RealGateway;
beforeAll(async () => { g = await startRealGateway(); });
afterAll(async () => { await g?.stop(); });

const adopt = { kind: 'command', service: 'vps', aggregate: 'server', verb: 'adopt', on: 'new', deadline: 5_000 } as CommandContract;

interface Reading { readonly items: StreamItem[]; readonly resets: unknown[]; readonly done: Promise<unknown> }
const read = (subscription: StreamSubscription): Reading => {
  const items: StreamItem[] = [];
  const resets: unknown[] = [];
  subscription.onReset(reset => resets.push(reset));
  const done = (async () => {
    try {
      for await (const item of subscription) items.push(item);
      return undefined;
    } catch (error) {
      return error;
    }
  })();
  return { items, resets, done };
};

describe('the SDK at the real gateway', () => {
  it('connects, knows its rights, asks and is answered', async () => {
    const client = await g.client();
    expect(client.tenant).toBe('acme');
    expect(client.user.id).toBe(g.person);
    expect(client.can({ what: 'stream', stream: 'VPS', filter: 'evt.acme.vps.server.*' })).toBe(true);
    expect(client.can({ what: 'stream', stream: 'VPS', filter: 'evt.other.>' })).toBe(false);
    await expect(client.command(adopt, { name: 'web' })).resolves.toMatchObject({ stream: 'VPS' });
    await expect(client.command(adopt, {}, { tenant: 'other' })).rejects.toMatchObject({ code: 'DENIED' });
    await expect(client.command({ ...adopt, service: 'auth' }, {})).rejects.toMatchObject({ code: 'NO_RESPONDERS', retryable: true });
    await expect(client.bucket('auth').ready()).rejects.toMatchObject({ code: 'DENIED' });
    client.close();
  });

  it('brings an input that is too large for a frame to the service all the same, and says what is too much', async () => {
    const asked: unknown[] = [];
    const door = g.nc.subscribe('cmd.acme.dns.plan.new.make', { callback: (_, m) => {
      asked.push(m.json());
      m.respond(JSON.stringify({ id: 'p1' }));
    } });
    await g.nc.flush();
    const client = await g.client();
    const make = { ...adopt, service: 'dns', aggregate: 'plan', verb: 'make' } as CommandContract;
    const input = { text: 'ä'.repeat(1_500_000) };
    await g.proxy.cut();
    const answer = client.command(make, input);
    await g.proxy.heal();
    await expect(answer).resolves.toEqual({ id: 'p1' });
    expect(JSON.parse(String(await openBlob(g.nc, 'cmd.acme.dns.plan.new.make', asked[0] as BlobReference)))).toEqual(input);
    await expect(client.command(make, { text: 'x'.repeat(9_000_000) })).rejects.toMatchObject({ code: 'TOO_LARGE', retryable: false });
    await expect(client.command(make, input, { tenant: 'other' })).rejects.toMatchObject({ code: 'DENIED' });
    door.unsubscribe();
    client.close();
  });

  it('reads a durable stream: what was not acknowledged comes again, here or elsewhere, through cuts; the latest holds it', async () => {
    const client = await g.client();
    const options = { filter: 'evt.acme.vps.server.d', durable: 'billing', from: 'new', credit: 8 } as const;
    const stream = client.stream('VPS', options);
    expect(() => client.stream('VPS', options)).toThrow('reads billing already');
    await until(stream.state, s => s === 'live');
    const handled: number[] = [];
    const seen = new Set<number>();
    const done = (async () => {
      for await (const { seq } of stream) {
        seen.add(seq);
        handled.push(seq);
        if (handled.length % 5 === 0 && seen.size < 55) stream.ack();
      }
    })().catch((error: unknown) => error);
    const sent: number[] = [];
    for (let i = 0; i < 60; i++) {
      sent.push(await g.event('d', i));
      if (i % 20 === 10) await g.proxy.cut();
      if (i % 20 === 15) await g.proxy.heal();
    }
    await eventually(() => seen.size === 60);
    expect([...seen]).toEqual(sent);
    stream.ack(sent[57]);
    const second = await g.client();
    const other = second.stream('VPS', options);
    expect(await done).toMatchObject({ code: 'TAKEN_OVER' });
    const rest: StreamItem[] = [];
    for await (const item of other) {
      rest.push(item);
      if (item.seq === sent[59]) break;
    }
    expect(rest.map(r => [r.seq, r.redelivered])).toEqual(sent.slice(58).map(seq => [seq, true]));
    client.close();
    second.close();
  });

  it('shows events in order, none missing, none twice, through a network that breaks again and again', async () => {
    const client = await g.client();
    const reading = read(client.stream('VPS', { filter: 'evt.acme.vps.server.a', from: 0, credit: 20 }));
    const sent: number[] = [];
    for (let i = 0; i < 300; i++) {
      sent.push(await g.event('a', i));
      if (i % 3 === 0) await g.event('b', i);
      if (i % 60 === 30) await g.proxy.cut();
      if (i % 60 === 45) await g.proxy.heal();
    }
    await g.proxy.heal();
    await eventually(() => reading.items.length >= sent.length);
    expect(reading.items.map(i => i.seq)).toEqual(sent);
    expect(reading.items.map(i => (i.payload as { n: number }).n)).toEqual(sent.map((_, n) => n));
    expect(reading.resets).toEqual([]);
    client.close();
    expect(await reading.done).toBeUndefined();
  });

  it('a bucket keeps what it shows while away, and is right again after', async () => {
    for (let i = 0; i < 50; i++) await g.put(`acme.servers.s${i}`, { name: `s${i}` });
    const client = await g.client();
    const view = client.bucket<{ name: string }>('vps', { pattern: 'acme.servers.*' });
    await view.ready();
    expect(view.get().entries.size).toBe(50);
    expect(view.get().entries.get('acme.servers.s7')?.data).toEqual({ name: 's7' });
    await g.proxy.cut();
    await until(client.connection, s => s.state !== 'live');
    await g.del('acme.servers.s1');
    await g.put('acme.servers.s2', { name: 'two' });
    await g.put('acme.servers.s50', { name: 's50' });
    expect(view.get()).toMatchObject({ in_sync: false });
    expect(view.get().entries.size).toBe(50);
    await g.proxy.heal();
    const { entries } = await until(view, s => s.in_sync && s.entries.has('acme.servers.s50'));
    expect(entries.size).toBe(50);
    expect(entries.has('acme.servers.s1')).toBe(false);
    expect(entries.get('acme.servers.s2')?.data).toEqual({ name: 'two' });
    client.close();
  });

  it('commands take effect once, though the network breaks under them', async () => {
    const client = await g.client();
    const before = g.effects.length;
    const asked: Promise<unknown>[] = [];
    for (let i = 0; i < 60; i++) {
      asked.push(client.command(adopt, { name: `c${i}` }, { timeout: 30_000, idempotencyKey: `key-${i}` }));
      if (i % 20 === 10) await g.proxy.cut();
      if (i % 20 === 15) await g.proxy.heal();
    }
    await g.proxy.heal();
    await Promise.all(asked);
    const keys = g.effects.slice(before);
    expect(keys.toSorted()).toEqual(Array.from({ length: 60 }, (_, i) => `key-${i}`).toSorted());
    client.close();
  });

  it('sees rights go and come', async () => {
    const client = await g.client();
    const view = client.bucket('vps', { pattern: 'acme.servers.*' });
    const reading = read(client.stream('VPS', { filter: 'evt.acme.vps.server.a' }));
    await view.ready();
    await g.grant({ ...OWNER, buckets: {}, streams: {} });
    expect(await reading.done).toMatchObject({ code: 'REVOKED' });
    const ended = await until(view, s => s.state === 'ended');
    expect(ended).toMatchObject({ error: { code: 'REVOKED' }, in_sync: false });
    expect(ended.entries.size).toBe(0);
    await until(client.capabilities, c => Object.keys(c.buckets).length === 0);
    await expect(read(client.stream('VPS', { filter: 'evt.acme.vps.server.a' })).done).resolves.toMatchObject({ code: 'DENIED' });
    await g.grant(OWNER);
    await until(view, s => s.in_sync);
    client.close();
  });

  it('hears signals of others, also after a reconnect', async () => {
    const client = await g.client();
    const heard: unknown[] = [];
    const subscription = client.subject('sig.acme.>', s => heard.push([s.subject, s.payload]));
    await until(subscription.state, s => s === 'live');
    await g.proxy.cut();
    await until(subscription.state, s => s !== 'live');
    await g.proxy.heal();
    await until(subscription.state, s => s === 'live');
    g.nc.publish('sig.acme.vps.server.a.up', JSON.stringify({ load: 1 }));
    await eventually(() => heard.length > 0);
    expect(heard).toEqual([['sig.acme.vps.server.a.up', { load: 1 }]]);
    client.close();
  });

  it('renews its token on the open connection', async () => {
    let asked = 0;
    const client = await g.client({ token: () => Promise.resolve(g.token(asked++ === 0 ? 8 : 600)) });
    const states: string[] = [];
    client.connection.subscribe(s => states.push(s.state));
    await eventually(() => asked === 2);
    await expect(client.command(adopt, {})).resolves.toBeDefined();
    expect(states).toEqual([]);
    client.close();
  });

  it('goes on without a hole after NATS was killed', async () => {
    const client = await g.client();
    const reading = read(client.stream('VPS', { filter: 'evt.acme.vps.server.k' }));
    const view = client.bucket('vps', { pattern: 'acme.killed.*' });
    await view.ready();
    const seqs = [await g.event('k', 1)];
    await eventually(() => reading.items.length === 1);
    await g.nats.kill9();
    await g.nats.restart();
    seqs.push(await g.event('k', 2), await g.event('k', 3));
    await g.put('acme.killed.x', {});
    await eventually(() => reading.items.length === 3);
    expect(reading.items.map(i => i.seq)).toEqual(seqs);
    expect(reading.resets).toEqual([]);
    await until(view, s => s.in_sync && s.entries.has('acme.killed.x'));
    client.close();
  });

  it('says that a stream was made anew, and goes on with the new one', async () => {
    const client = await g.client();
    await g.event('r', 1);
    const order: unknown[] = [];
    const stream = client.stream<{ n: number }>('VPS', { filter: 'evt.acme.vps.server.r', from: 0 });
    stream.onReset(({ reason, from_seq }) => order.push([reason, from_seq]));
    const done = (async () => { for await (const item of stream) order.push(item.payload.n); })();
    await until(stream.state, s => s === 'live');
    await g.recreate();
    await g.event('r', 2);
    await eventually(() => order.includes(2));
    await g.proxy.cut();
    await g.event('r', 3);
    await g.proxy.heal();
    await eventually(() => order.includes(3));
    expect(order).toEqual([1, ['epoch_changed', 1], 2, 3]);
    client.close();
    await done;
  });

  it('leaves a gateway that drains at the slot it was given; on the next one everything goes on without loss', async () => {
    const [leaving, next] = await Promise.all([g.another({ XANTHUS_WS_DRAIN_SECONDS: '2' }), g.another({})]);
    let { port } = leaving;
    const Directed = class extends WebSocket {
      constructor(url: string, protocols: string[]) { super(url.replace(/:\d+/, `:${port}`), protocols); }
    };
    const [first, second] = [await g.client({ WebSocket: Directed }), await g.client({ WebSocket: Directed })];
    const stream = second.stream('VPS', { filter: 'evt.acme.vps.server.drained', from: 'new' });
    const reading = read(stream);
    await until(stream.state, s => s === 'live');
    const states: { state: string; at: number }[] = [];
    second.connection.subscribe(s => states.push({ state: s.state, at: performance.now() }));
    const sent = [await g.event('drained', 0)];
    await eventually(() => reading.items.length === 1);
    port = next.port;
    const stopped = leaving.stop();
    await until(second.connection, s => s.state === 'draining');
    const moved = (): boolean => states.some(s => s.state === 'connecting') && second.connection.get().state === 'live';
    for (let n = 1; !moved(); n++) sent.push(await g.event('drained', n));
    await stopped;
    await eventually(() => reading.items.length >= sent.length);
    expect(reading.items.map(i => i.seq)).toEqual(sent);
    expect(reading.resets).toEqual([]);
    expect(states.map(s => s.state)).toEqual(expect.arrayContaining(['draining', 'connecting', 'authenticating', 'live']));
    const [told, left] = [states.find(s => s.state === 'draining')?.at ?? 0, states.find(s => s.state === 'connecting')?.at ?? 0];
    expect(left - told).toBeGreaterThan(900); // the second of two slots in 2 s
    await until(first.connection, s => s.state === 'live');
    for (const client of [first, second]) client.close();
    await next.stop();
  });

  it('ends when its session does', async () => {
    const client = await g.client();
    await g.endSession();
    const { reason } = await until(client.connection, s => s.state === 'closed');
    expect(reason).toMatchObject({ code: 'REVOKED' });
    await expect(client.command(adopt, {})).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(g.client()).rejects.toMatchObject({ code: 'AUTH_REQUIRED' });
  });
});
