import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { GiveUp, handleCommand, newId, type Reactor } from '@xanthus/kernel';
import { contextFor, counter } from '@xanthus/kernel/testing';
import { eventually, startNats, type TestNats } from '@xanthus/testing';
import { connectNats } from './connect.js';
import { declarationsOf, sharedDeclarations } from './declarations.js';
import { JetStreamEventStore } from './event-store.js';
import { kvGet, kvPut } from './kv.js';
import { startLocked } from './locked.js';
import { epochOf, provision, verify } from './provision.js';
import { THIS_PROCESS } from './process-ref.js';
import { startReactor } from './reactor.js';
import { startTimers, Timers } from './timers.js';
import type { FiredTimer, Logger, Stoppable } from './types.js';
import { api, publish } from './wire.js';

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const DEADLINE = { timeout: 60_000, every: 20 };

describe('work over one server', () => {
  let nats: TestNats;
  let nc: NatsConnection;
  let store: JetStreamEventStore;
  const running: Stoppable[] = [];
  const kept = <T extends Stoppable>(one: T): T => {
    running.push(one);
    return one;
  };
  const count = (id: string, by: number) => handleCommand(store, counter(), contextFor(id), { count: [by] });

  beforeAll(async () => {
    nats = await startNats();
    nc = await connectNats({ servers: nats.url, name: 'spec' });
    await provision(nc, [sharedDeclarations(), declarationsOf('vps', { timers: true, metrics: true })], { replicas: 1 });
    store = new JetStreamEventStore(nc, 'vps');
  });
  afterEach(async () => void (await Promise.all(running.splice(0).map((one) => one.stop()))));
  afterAll(async () => {
    await nc?.close();
    await nats?.stop();
  });

  it('calls a reactor until it succeeds, parks what it gives up, and does not call it again after a restart', async () => {
    const calls: [number, number][] = [];
    const alarms: string[] = [];
    const reactor: Reactor = {
      name: 'note-when-counted', types: ['Counted'],
      async react(event, { delivery }) {
        const { by } = event.data as { by: number };
        calls.push([by, delivery]);
        if (by === 2 && delivery < 3) throw new Error('not yet');
        if (by === 3) throw new GiveUp('never');
      },
    };
    const start = () => startReactor(nc, { service: 'vps', reactor, log: silent, onAlarm: (alarm) => alarms.push(alarm.error) });
    const first = await start();
    const id = newId();
    for (const by of [1, 2]) await count(id, by);
    const { seq } = await count(id, 3);
    await handleCommand(store, counter(), contextFor(id), 'close');
    await eventually(() => calls.length === 5 && alarms.length === 1, DEADLINE);
    expect(calls).toEqual(expect.arrayContaining([[1, 1], [2, 1], [2, 2], [2, 3], [3, 1]]));
    expect(alarms).toEqual(['never']);
    expect((await kvGet(nc, 'vps-state', `parked.note-when-counted.${seq}`))?.value).toMatchObject({ reactor: 'note-when-counted', error: 'never' });
    await first.stop();
    kept(await start());
    await count(newId(), 9);
    await eventually(() => calls.length === 6, DEADLINE);
    expect(calls[5]).toEqual([9, 1]);
  });

  it('does within ten seconds what a killed copy had begun, also with a consumer of an earlier version', async () => {
    const name = 'goes-on';
    const js = jetstream(nc);
    await (await jetstreamManager(nc)).consumers.add('VPS', { durable_name: name, ack_policy: AckPolicy.Explicit, ack_wait: 30_000_000_000, filter_subject: 'evt.*.vps.>', deliver_policy: DeliverPolicy.New });
    const seen: string[] = [];
    const start = () => startReactor(nc, { service: 'vps', reactor: { name, types: ['Counted'], react: async (event, { delivery }) => void seen.push(`${event.aggregate.id} ${delivery}`) }, log: silent });
    const first = await start();
    const [one, two] = [newId(), newId()];
    await count(one, 1);
    await eventually(() => seen.length === 1, DEADLINE);
    await first.stop();
    await count(two, 1);
    await (await js.consumers.get('VPS', name)).next({ expires: 30_000 }); // the copy that takes it is killed
    kept(await start());
    await eventually(() => seen.length === 2);
    expect(seen).toEqual([`${one} 1`, `${two} 2`]);
  });

  it('fires timers at their time, also late ones and after a failure; cancelled and replaced ones do not fire', async () => {
    const timers = new Timers(nc, 'vps');
    const fired: FiredTimer[] = [];
    const timer = (id: string, inMs: number, data: unknown = {}) => timers.schedule({ tenant: 'acme', name: 'deadline', id, at: new Date(Date.now() + inMs), data });
    await timer('late', -5_000);
    await timer('cancelled', 1_200);
    // Set anew before its first time, however long the machine stands still meanwhile.
    const replaced = await eventually(async () => {
      const [id, from] = [`replaced-${newId()}`, Date.now()];
      await timer(id, 1_000, 'old');
      await timer(id, 1_800, 'new');
      return Date.now() < from + 1_000 && id;
    }, DEADLINE);
    await timers.cancel({ tenant: 'acme', name: 'deadline', id: 'cancelled' });
    await timer('fired', -5_000);
    const waiting = async () => Object.keys((await api<{ state: { subjects?: object } }>(nc, 'STREAM.INFO.VPS_TIMERS', { subjects_filter: '>' })).state.subjects ?? {});
    await eventually(async () => (await waiting()).includes('tmr.acme.vps.deadline.fired.due'), DEADLINE);
    await timers.cancel({ tenant: 'acme', name: 'deadline', id: 'fired' });
    const started = Date.now();
    kept(await startTimers(nc, {
      service: 'vps', log: silent,
      handlers: {
        async deadline(one) {
          fired.push(one);
          if (one.id === 'late' && one.delivery === 1) throw new Error('not yet');
        },
      },
    }));
    await eventually(() => fired.some((one) => one.id === replaced) && fired.filter((one) => one.id === 'late').length === 2, DEADLINE);
    expect(fired.filter((one) => one.id === replaced)).toEqual([{ tenant: 'acme', name: 'deadline', id: replaced, data: 'new', delivery: 1 }]);
    expect(fired.some((one) => one.id === 'cancelled' || one.id === 'fired')).toBe(false);
    expect(Date.now() - started).toBeLessThan(30_000);
    await eventually(async () => (await api<{ state: { messages: number } }>(nc, 'STREAM.INFO.VPS_TIMERS')).state.messages === 0, DEADLINE);
  });

  it('runs locked work in one copy, hands it over on stop, and lets go when NATS is away', async () => {
    const now = new Set<string>();
    let most = 0;
    const copy = async (name: string) =>
      kept(await startLocked(nc, {
        service: 'vps', name: 'job', log: silent,
        run: (signal) => new Promise((resolve) => {
          now.add(name);
          most = Math.max(most, now.size);
          signal.addEventListener('abort', () => {
            now.delete(name);
            resolve();
          });
        }),
      }));
    const first = await copy('first');
    await eventually(() => now.has('first'), DEADLINE);
    await copy('second');
    await first.stop();
    // Given back, so nobody waits until it expires; unless the other one has it already.
    expect(now.has('second') || (await kvGet<{ released?: boolean }>(nc, 'vps-state', 'lock.job'))?.value?.released || now.has('second')).toBe(true);
    await eventually(() => now.has('second'), DEADLINE);
    nats.pause();
    await eventually(() => now.size === 0, DEADLINE);
    const resumed = Date.now();
    nats.resume();
    await eventually(() => now.has('second'), DEADLINE);
    expect(Date.now() - resumed).toBeLessThan(4_900); // its own lease, still unexpired: it does not wait for itself
    expect(most).toBe(1);
  });

  it('takes over at once from a holder whose process is gone, and waits for one of another machine', async () => {
    const taken: string[] = [];
    const start = async (name: string) =>
      kept(await startLocked(nc, {
        service: 'vps', name, log: silent,
        run: (signal) => new Promise((resolve) => {
          taken.push(name);
          signal.addEventListener('abort', () => resolve());
        }),
      }));
    const child = spawnSync(process.execPath, ['-e', '']);
    await kvPut(nc, 'vps-state', 'lock.dead', { holder: 'gone', process: { ...THIS_PROCESS, pid: child.pid } });
    await kvPut(nc, 'vps-state', 'lock.mine', { holder: 'an earlier life of this process', process: THIS_PROCESS });
    await kvPut(nc, 'vps-state', 'lock.other', { holder: 'elsewhere', process: { pid: child.pid, world: 'elsewhere' } });
    for (const name of ['dead', 'mine', 'other']) await start(name);
    const began = performance.now();
    await eventually(() => taken.length === 3, { ...DEADLINE, every: 10 });
    expect([...taken.slice(0, 2).sort(), ...taken.slice(2)]).toEqual(['dead', 'mine', 'other']);
    expect(performance.now() - began).toBeGreaterThan(4_500);
  });

  it('says at once what is too large or not allowed, instead of trying again', async () => {
    await expect(publish(nc, { subject: 'evt.acme.vps.counter.x', body: 'x'.repeat(2_000_000) })).rejects.toThrow('max_payload');
    const guarded = await startNats({ config: 'authorization { users: [{ user: u, password: p, permissions: { publish: ["$JS.API.INFO"], subscribe: ["_INBOX.>"] } }] }' });
    const connection = await guarded.connect({ user: 'u', pass: 'p' });
    const started = Date.now();
    await expect(publish(connection, { subject: 'evt.acme.vps.counter.x', body: '{}' })).rejects.toThrow(/[Pp]ermission/);
    await expect(api(connection, 'STREAM.INFO.VPS')).rejects.toThrow(/[Pp]ermission/);
    expect(Date.now() - started).toBeLessThan(7_500); // trying again takes eight seconds each
    await guarded.stop();
  });

  it('provisions again without changing anything, and says what differs', async () => {
    const declarations = [sharedDeclarations(), declarationsOf('vps', { timers: true, metrics: true })];
    const epoch = async () => epochOf(await api(nc, 'STREAM.INFO.VPS'));
    const before = await epoch();
    await provision(nc, declarations, { replicas: 1 });
    expect(await epoch()).toBe(before);
    await provision(nc, declarations, { replicas: 1, restored: true });
    expect(await epoch()).not.toBe(before);
    await verify(nc, declarations);
    await api(nc, 'STREAM.UPDATE.KV_vps-a', { ...(await api<{ config: object }>(nc, 'STREAM.INFO.KV_vps-a')).config, max_msgs_per_subject: 5 });
    await expect(verify(nc, declarations)).rejects.toThrow('KV_vps-a has max_msgs_per_subject 5, needed is 1');
    await expect(verify(nc, [declarationsOf('dns')])).rejects.toThrow('DNS does not exist');
    await expect(provision(nc, [declarationsOf('dns')], { replicas: 3 })).rejects.toThrow(/DNS could not be made: .* three running NATS servers/);
  });

  it('refuses a server without JetStream', async () => {
    const plain = await startNats({ jetstream: false });
    const connection = await plain.connect();
    await expect(provision(connection, [], { replicas: 1 })).rejects.toThrow('without JetStream');
    await plain.stop();
  });
});
