/**
 * Least privilege must not break the library: everything that `@xanthus/jetstream` does for a service runs here as that service's own NATS user, on a
 * server in operator mode, rebuilds included. A right that is missing shows up in production as a view that is never built again.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  connectNats, declarationsOf, follow, JetStreamEventStore, kvGet, KvSnapshotStore, PARKED_PREFIX, provision, resolveViewBucket, sharedDeclarations, startLocked, startProjector, startReactor, startTimers, stateBucket,
  Timers, verify, Views, watchViewBucket, type FiredTimer, type Logger, type Stoppable,
} from '@xanthus/jetstream';
import { GiveUp, handleCommand, keyedProjection, newId, type Projection } from '@xanthus/kernel';
import { contextFor, counter } from '@xanthus/kernel/testing';
import { metricsSubject, signalSubject } from '@xanthus/proto';
import { eventually, startNats, tempDir, type TempDir, type TestNats } from '@xanthus/testing';
import { readFile } from 'node:fs/promises';
import { initOperator, type OperatorFiles } from './operator.js';
import { natsServerConfig } from './server-config.js';
import { inboxPrefixOf, type NatsUser } from './users.js';

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const DEADLINE = { timeout: 60_000, every: 20 };
const POISON = 666;

let folder: TempDir;
let files: OperatorFiles;
let nats: TestNats;
/** What the server refused, whoever asked: nothing in this file may be. */
const refused: string[] = [];
const connections: NatsConnection[] = [];
const running: Stoppable[] = [];
const kept = <T extends Stoppable>(one: T): T => {
  running.push(one);
  return one;
};

const connectAs = async (user: NatsUser): Promise<NatsConnection> => {
  const nc = await connectNats({ servers: nats.url, credentials: await readFile(files.creds(user), 'utf8'), name: user, inboxPrefix: inboxPrefixOf(user) });
  connections.push(nc);
  void (async () => {
    for await (const status of nc.status()) if (status.type === 'error') refused.push(`${user}: ${status.error.message}`);
  })();
  return nc;
};

const totals = (version: number): Projection => keyedProjection<{ total: number }>({
  name: 'totals', version, schema: 1,
  keys: event => [`acme.totals.${event.aggregate.id}`],
  evolve(data, event) {
    if (event.type !== 'Counted') return data;
    const { by } = event.data as { by: number };
    if (by === POISON) throw new Error('cannot be folded');
    return { total: (data?.total ?? 0) + by * version };
  },
});

beforeAll(async () => {
  folder = await tempDir('xanthus-operator-');
  files = await initOperator(folder.path);
  nats = await startNats({ configFor: o => natsServerConfig({ dir: folder.path, port: o.port, host: '127.0.0.1', storeDir: o.storeDir, sync: 'interval' }) });
  // twice: a start over an installation that exists changes nothing and is refused nothing
  for (let i = 0; i < 2; i++) await provision(await connectAs('provisioner'), ['auth', 'vps'].map(s => declarationsOf(s, { metrics: true, timers: true })).concat(sharedDeclarations()), { replicas: 1 });
});
afterEach(async () => { await Promise.all(running.splice(0).map(one => one.stop())); });
afterAll(async () => {
  await Promise.all(connections.map(nc => nc.close()));
  await nats?.stop();
  await folder?.remove();
});

describe.each(['auth', 'vps'] as const)('the user %s', service => {
  let nc: NatsConnection;
  let store: JetStreamEventStore;
  const type = (every?: number) => ({ ...counter(every), service });
  const count = (id: string, ...by: number[]) => handleCommand(store, type(), contextFor(id), { count: by });
  beforeAll(async () => {
    nc = await connectAs(service);
    store = new JetStreamEventStore(nc, service);
  });
  afterEach(() => { expect(refused).toEqual([]); });

  it('appends, loads, refuses conflicts, claims names, keeps snapshots', async () => {
    await verify(nc, [declarationsOf(service, { metrics: true, timers: true })]);
    const snapshots = new KvSnapshotStore(nc, service);
    const id = newId();
    for (let i = 0; i < 3; i++) await handleCommand(store, type(2), contextFor(id), { count: [1, 1, 1] }, { snapshots });
    const ref = { tenant: 'acme', service, aggregate: 'counter', id };
    const { events, last } = await store.load(ref, { leader: true });
    expect(events).toHaveLength(9);
    await expect(store.append(ref, [{ event: { type: 'Counted', data: { by: 1 } }, schema: 1 }], last - 1, contextFor(id))).rejects.toThrow(expect.objectContaining({ name: 'ConflictError' }));
    await eventually(async () => (await snapshots.get(ref)) !== undefined, DEADLINE);
    const claim = { tenant: 'acme', service, kind: 'name', key: 'abc234', aggregate: ref, command_id: newId() };
    expect(await store.claim(claim)).toEqual({ status: 'claimed' });
    await store.release(claim);
    expect(await store.claim({ ...claim, command_id: newId() })).toEqual({ status: 'claimed' });
  });

  it('folds its view, parks what it cannot fold, rebuilds it in either slot, and is followed across the swap', async () => {
    const gateway = await connectAs('gateway');
    const views = new Views(nc, service);
    running.push(views);
    const [good, bad] = [newId(), newId()];
    await count(good, 1, 2);
    await count(bad, POISON);
    const buckets: string[] = [];
    let resets = 0;
    const seen = new Map<string, unknown>();
    for (const version of [1, 2, 3]) { // slots a, b, and a again, which must be emptied
      const projector = await startProjector(nc, { service, projections: [totals(version)], log: silent });
      await projector.ready;
      if (version === 1) kept(await watchViewBucket(gateway, service, { filters: ['>'], onEntry: e => { seen.set(e.key, e.value); }, onSync: () => undefined, onReset: () => { resets += 1; seen.clear(); } }));
      const { seq } = await count(good, 1);
      expect(await views.waitFor(seq, 60_000)).toBe(true);
      const total = (3 + version) * version;
      expect((await views.get<{ total: number }>(`acme.totals.${good}`))?.data.total).toBe(total);
      await eventually(() => (seen.get(`acme.totals.${good}`) as { data?: { total: number } } | undefined)?.data?.total === total, DEADLINE);
      const { bucket } = await resolveViewBucket(gateway, service);
      buckets.push(bucket);
      expect((await kvGet(nc, bucket, `${PARKED_PREFIX}totals.acme.counter.${bad}`))?.value).toMatchObject({ data: { seq: expect.any(Number) } });
      expect(await projector.lag()).toBe(0);
      await projector.stop();
    }
    expect(buckets).toEqual([`${service}-a`, `${service}-b`, `${service}-a`]);
    expect(resets).toBe(2);
    await views.putSample('acme.samples.x', { load: 1 });
    expect((await new Views(gateway, service).list('acme', 'samples')).map(e => e.id)).toEqual(['x']);
  });

  it('reacts, parks what it gives up, fires and cancels timers, runs one copy of a job', async () => {
    const reacted: string[] = [];
    const id = newId();
    kept(await startReactor(nc, {
      service, log: silent,
      reactor: { name: 'note-when-closed', types: ['Closed'], react: async event => { reacted.push(event.aggregate.id); throw new GiveUp('never'); } },
    }));
    await count(id, 1);
    const { seq } = await handleCommand(store, type(), contextFor(id), 'close');
    await eventually(async () => (await kvGet(nc, stateBucket(service).name, `parked.note-when-closed.${seq}`)) !== undefined, DEADLINE);
    expect(reacted).toEqual([id]);

    const fired: FiredTimer[] = [];
    kept(await startTimers(nc, { service, log: silent, handlers: { tick: async t => { fired.push(t); } } }));
    const timers = new Timers(nc, service);
    // One that is cancelled before its time, however long the machine stands still meanwhile; the other fires after it would have.
    const { at, cancelled } = await eventually(async () => {
      const [when, name] = [new Date(Date.now() + 300), newId()];
      await timers.schedule({ tenant: 'acme', name: 'tick', id: name, at: when, data: {} });
      await timers.cancel({ tenant: 'acme', name: 'tick', id: name });
      return Date.now() < when.getTime() && { at: when, cancelled: name };
    });
    await timers.schedule({ tenant: 'acme', name: 'tick', id: 'kept', at, data: {} });
    await eventually(() => fired.some(t => t.id === 'kept'), DEADLINE);
    expect(fired.map(t => t.id)).not.toContain(cancelled);

    const holders: string[] = [];
    const copy = async (name: string, from: NatsConnection) => kept(await startLocked(from, {
      service, name: 'job', log: silent,
      run: signal => new Promise(resolve => {
        holders.push(name);
        signal.addEventListener('abort', () => resolve());
      }),
    }));
    const first = await copy('first', nc);
    await eventually(() => holders.length === 1, DEADLINE);
    await copy('second', await connectAs(service));
    await first.stop();
    await eventually(() => holders.length === 2, DEADLINE);
    expect(holders).toEqual(['first', 'second']);
  });

  it('publishes signals and samples that the gateway follows, with the events', async () => {
    const gateway = await connectAs('gateway');
    const heard: string[] = [];
    gateway.subscribe(`sig.acme.${service}.>`, { callback: (_error, m) => { heard.push(m.subject); } });
    await gateway.flush();
    const stream = service.toUpperCase();
    for (const [name, filter] of [[stream, 'evt.acme.>'], [`${stream}_METRICS`, 'met.acme.>']] as const) {
      kept(await follow(gateway, { stream: name, filters: [filter], from: 1, onMessage: m => { heard.push(m.subject); }, onError: error => { throw error; } }));
    }
    const id = newId();
    const signal = signalSubject({ tenant: 'acme', service, aggregate: 'counter', id }, 'metrics');
    const sample = metricsSubject('acme', service, id);
    for (const subject of [signal, sample]) nc.publish(subject, '{}');
    await count(id, 1);
    await eventually(() => [signal, sample, `evt.acme.${service}.counter.${id}`].every(s => heard.includes(s)), DEADLINE);
  });
});
