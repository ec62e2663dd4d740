import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { eventually } from './eventually.js';
import { startNatsCluster } from './nats-cluster.js';
import { startNats } from './nats.js';
import type { TestNats } from './nats.js';
import { startProxy } from './proxy.js';

describe('startNats', () => {
  let nats: TestNats;
  beforeAll(async () => { nats = await startNats({ sync: 'always' }); });
  afterAll(async () => { await nats.stop(); });

  it('keeps what it acknowledged through kill -9 and restarts on the same port', async () => {
    const before = await nats.connect();
    await (await jetstreamManager(before)).streams.add({ name: 'KEEP', subjects: ['keep.>'] });
    await jetstream(before).publish('keep.a', 'x');
    const { pid } = nats;
    await before.close();
    await nats.kill9();
    await nats.restart();
    expect(nats.pid).not.toBe(pid);
    const after = await nats.connect();
    expect((await (await jetstreamManager(after)).streams.info('KEEP')).state.messages).toBe(1);
  });

  it('is silent while paused and answers what waited when resumed', async () => {
    const nc = await nats.connect();
    nats.pause();
    let answered = false;
    const rtt = nc.rtt().then((ms) => { answered = true; return ms; });
    const other = await startNats({ jetstream: false });
    try {
      const awake = await other.connect();
      for (let i = 0; i < 20; i++) await awake.rtt();
    } finally {
      await other.stop();
    }
    expect(answered).toBe(false);
    nats.resume();
    await rtt;
    expect(answered).toBe(true);
  });

  it('ends with stop', async () => {
    const other = await startNats({ jetstream: false });
    const { pid } = other;
    await other.stop();
    expect(() => process.kill(pid, 0)).toThrow();
  });
});

describe('startProxy', () => {
  it('cuts, refuses and heals', async () => {
    const nats = await startNats({ jetstream: false });
    const proxy = await startProxy(nats.port);
    try {
      const nc = await nats.connect({ servers: `nats://127.0.0.1:${proxy.port}`, reconnectTimeWait: 20, maxReconnectAttempts: -1 });
      const seen: string[] = [];
      void (async () => { for await (const s of nc.status()) seen.push(s.type); })();
      await proxy.cut();
      await eventually(() => seen.includes('disconnect'));
      expect(seen).not.toContain('reconnect');
      await proxy.heal();
      await eventually(() => seen.includes('reconnect'));
      const inbox = nc.subscribe('echo', { callback: (_, m) => { m.respond(m.data); } });
      expect((await nc.request('echo', 'hello', { timeout: 30_000 })).string()).toBe('hello');
      inbox.unsubscribe();
      proxy.stall();
      await expect(nc.request('echo', 'lost', { timeout: 150 })).rejects.toThrow();
      await proxy.heal();
      await expect(nc.flush()).resolves.toBeUndefined();
    } finally {
      await nats.stop();
      await proxy.stop();
    }
  });
});

describe('startNatsCluster', () => {
  it('keeps serving JetStream with one of three servers gone', async () => {
    const cluster = await startNatsCluster();
    try {
      const nc = await cluster.connect();
      await (await jetstreamManager(nc)).streams.add({ name: 'R3', subjects: ['r3.>'], num_replicas: 3 });
      await jetstream(nc).publish('r3.a', 'x');
      await cluster.servers[0]?.kill9();
      await cluster.ready();
      const again = await cluster.connect();
      await eventually(async () => (await jetstream(again).publish('r3.b', 'y', { timeout: 1_000 })).seq >= 2, { every: 100 });
    } finally {
      await cluster.stop();
    }
  });
});
