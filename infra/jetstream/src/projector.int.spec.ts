import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { ConflictError, handleCommand, keyedProjection, newId, UncertainError, type Projection } from '@xanthus/kernel';
import { contextFor, counter } from '@xanthus/kernel/testing';
import { eventually, startNats, startNatsCluster } from '@xanthus/testing';
import { connectNats } from './connect.js';
import { declarationsOf, sharedDeclarations } from './declarations.js';
import { JetStreamEventStore } from './event-store.js';
import { kvGet, kvPut } from './kv.js';
import { listValues } from './list-values.js';
import { startProjector } from './projector.js';
import { provision } from './provision.js';
import type { Alarm, BucketEntry, Logger, Projector, Stoppable } from './types.js';
import { resolveViewBucket, watchViewBucket } from './view-bucket.js';
import { POSITION_HEADER, type Position } from './view-slot.js';
import { Views } from './views.js';
import { api, publish, readByLeader } from './wire.js';

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const DEADLINE = { timeout: 60_000, every: 20 };

const totals = (version = 1, factor = 1): Projection =>
  keyedProjection<{ total: number; events: number }>({
    name: 'totals', version, schema: 1,
    keys: (event) => [`acme.totals.${event.aggregate.id}`],
    evolve(data, event) {
      if (event.type !== 'Counted') return data;
      const { by } = event.data as { by: number };
      if (by === 666) throw new Error('cannot be folded');
      return { total: (data?.total ?? 0) + by * factor, events: (data?.events ?? 0) + 1 };
    },
  });

/** What the spec needs of one server or a cluster. */
interface Servers { readonly url: string; /** kill -9, then up again. */ crash(round: number): Promise<void>; stop(): Promise<void> }

const oneServer = async (): Promise<Servers> => {
  const nats = await startNats();
  return {
    url: nats.url,
    async crash() {
      await nats.kill9();
      await nats.restart();
    },
    stop: () => nats.stop(),
  };
};

const threeServers = async (): Promise<Servers> => {
  const cluster = await startNatsCluster(3);
  return {
    url: cluster.url,
    async crash(round) {
      const server = cluster.servers[round % 3];
      await server?.kill9();
      await server?.restart();
      await cluster.ready();
    },
    stop: () => cluster.stop(),
  };
};

/** One set of servers for all; each test has a service of its own. */
describe.each([{ servers: 'one server', start: oneServer, replicas: 1 }, { servers: 'three replicas', start: threeServers, replicas: 3 }] as const)('projector over $servers', ({ start, replicas }) => {
  let nats: Servers;
  let nc: NatsConnection;
  const running: Stoppable[] = [];
  const kept = <T extends Stoppable>(one: T): T => {
    running.push(one);
    return one;
  };
  let connections: NatsConnection[] = [];
  const connection = async (): Promise<NatsConnection> => {
    const one = await connectNats({ servers: nats.url, name: 'spec' });
    connections.push(one);
    return one;
  };

  const setUp = async (service: string) => {
    await provision(nc, [sharedDeclarations(), declarationsOf(service)], { replicas });
    const store = new JetStreamEventStore(nc, service);
    const type = { ...counter(), service };
    return {
      service, store, type,
      views: kept(new Views(nc, service)),
      /** As a client does: a command that met what a dead leader had in flight, or got no answer, is sent again with the same command id, and takes effect once. */
      count: (id: string, ...count: number[]) => {
        const context = contextFor(id);
        const send = (left: number): ReturnType<typeof handleCommand> => handleCommand(store, type, context, { count }).catch((error: unknown) => {
          if (left > 0 && (error instanceof ConflictError || error instanceof UncertainError)) return send(left - 1);
          throw error;
        });
        return send(10);
      },
      project: async (projections: Projection[] = [totals()], from = nc, onAlarm?: (alarm: Alarm) => void) =>
        kept(await startProjector(from, { service, projections, log: silent, ...(onAlarm ? { onAlarm } : {}) })),
      content: async () => {
        const { bucket } = await resolveViewBucket(nc, service);
        return Object.fromEntries((await listValues(nc, bucket, 'acme.>')).map(({ key, text }) => [key, JSON.parse(text)]));
      },
    };
  };
  const totalOf = async (views: Views, id: string) => (await views.get<{ total: number; events: number }>(`acme.totals.${id}`))?.data;

  beforeAll(async () => {
    nats = await start();
    nc = await connectNats({ servers: nats.url, name: 'spec' });
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
    await Promise.all(connections.splice(0).map((one) => one.close()));
    connections = [];
  });
  afterAll(async () => {
    await nc?.close();
    await nats?.stop();
  });

  it('is ready at once on an empty stream, folds what comes, and lets a reader wait for it', async () => {
    const { project, views, count, content } = await setUp('one');
    const projector = await project();
    await projector.ready;
    expect(projector.active()).toBe(true);
    const id = newId();
    await count(id, 1, 2);
    const { seq } = await count(id, 4);
    expect(await views.waitFor(seq, 60_000)).toBe(true);
    expect(await views.get(`acme.totals.${id}`)).toMatchObject({ schema: 1, seq, data: { total: 7, events: 3 } });
    expect(await views.list('acme', 'totals')).toEqual([{ id, value: (await content())[`acme.totals.${id}`] }]);
    expect(await projector.lag()).toBe(0);
    expect(await views.waitFor(seq + 1, 50)).toBe(false);
    await views.putSample('acme.samples.x', { load: 1 });
    expect((await views.get('acme.samples.x'))?.data).toEqual({ load: 1 });
    await views.putSample('acme.samples.x', undefined);
    expect(await views.get('acme.samples.x')).toBeUndefined();
  });

  it('writes its position every two seconds even if nothing happens', async () => {
    const { project, service } = await setUp('heart');
    await (await project()).ready;
    const { bucket } = await resolveViewBucket(nc, service);
    const timeOf = async () => Date.parse((await kvGet<Position>(nc, bucket, '_pos'))?.value?.time ?? '');
    const first = await timeOf();
    await eventually(async () => (await timeOf()) > first, DEADLINE);
    expect((await timeOf()) - first).toBeLessThan(30_000);
  });

  it('drops what it has folded when the position is not the one it wrote, and goes on from the stored one', async () => {
    const { project, views, count, service } = await setUp('cas');
    await (await project()).ready;
    const id = newId();
    const first = await count(id, 1);
    await views.waitFor(first.seq, 60_000);
    // Another copy that believes to hold the lock writes the position: from here on our copy must not write on its own account.
    const { bucket } = await resolveViewBucket(nc, service);
    const found = await kvGet<Position>(nc, bucket, '_pos');
    await kvPut(nc, bucket, '_pos', found?.value, found?.revision);
    let last = first;
    for (let i = 0; i < 5; i++) last = await count(id, 1);
    expect(await views.waitFor(last.seq, 60_000)).toBe(true);
    expect(await totalOf(views, id)).toEqual({ total: 6, events: 6 });
  });

  it('finds a value that was written alone by a copy that died before it wrote the position, and lets that copy write no other', async () => {
    const { project, views, count, service } = await setUp('alone');
    const first = await project();
    await first.ready;
    const id = newId();
    await views.waitFor((await count(id, 1)).seq, 60_000);
    await first.stop();
    const { bucket } = await resolveViewBucket(nc, service);
    const position = await kvGet<Position>(nc, bucket, '_pos');
    const stored = await readByLeader(nc, `KV_${bucket}`, { last_by_subj: `$KV.${bucket}.acme.totals.${id}` });
    expect(Number(stored?.headers?.get(POSITION_HEADER))).toBe(position?.value?.seq);

    // What the copy would have done with the next event, up to its death.
    const { seq } = await count(id, 10);
    const alone = (total: number) => publish(nc, {
      subject: `$KV.${bucket}.acme.totals.${id}`, body: JSON.stringify({ schema: 1, seq, time: new Date().toISOString(), data: { total, events: 2 } }),
      headers: { [POSITION_HEADER]: String(seq) }, expected: position?.revision ?? 0, expectedOn: `$KV.${bucket}._pos`,
    });
    await alone(11);
    // So does the next copy, before it does anything: the place where to look is not lost.
    await kvPut(nc, bucket, '_pos', { ...(position?.value as Position), unsettled: position?.revision ?? 0 }, position?.revision);
    await (await project()).ready;
    await expect(alone(666)).rejects.toBeInstanceOf(ConflictError);
    const last = await count(id, 100);
    expect(await views.waitFor(last.seq, 60_000)).toBe(true);
    expect(await totalOf(views, id)).toEqual({ total: 111, events: 3 });
    expect((await kvGet<Position>(nc, bucket, '_pos'))?.value?.unsettled).toBeUndefined();
  });

  it('parks an event that cannot be folded, freezes that aggregate only, and remembers it after a restart', async () => {
    const { project, views, count, service, store } = await setUp('poison');
    const alarms: Alarm[] = [];
    const removing: Projection = { ...totals(), onParked: (aggregate) => [{ key: `acme.totals.${aggregate.id}`, deleted: true }] };
    const first = await project([removing], nc, (alarm) => alarms.push(alarm));
    await first.ready;
    const [bad, good] = [newId(), newId()];
    await count(bad, 5);
    const { seq: poison } = await count(bad, 666);
    await count(bad, 5);
    await count(good, 3);
    nc.publish(`evt.acme.${service}.counter.${newId()}`, 'no JSON at all');
    const { seq } = await count(good, 4);
    await views.waitFor(seq, 60_000);
    expect(await totalOf(views, good)).toEqual({ total: 7, events: 2 });
    expect(await totalOf(views, bad)).toBeUndefined();
    expect(alarms).toMatchObject([{ kind: 'parked', consumer: 'totals', seq: poison, aggregate: { id: bad }, error: 'cannot be folded' }, { consumer: 'totals' }]);
    await first.stop();
    const again = await project([removing], nc, (alarm) => alarms.push(alarm));
    await count(bad, 1);
    const { seq: later } = await count(good, 1);
    await again.ready;
    await views.waitFor(later, 60_000);
    expect(await totalOf(views, bad)).toBeUndefined();
    expect(await totalOf(views, good)).toEqual({ total: 8, events: 3 });
    expect(alarms.length).toBe(2);
    expect(await store.lastSequence({ tenant: 'acme', service, aggregate: 'counter', id: bad })).toBeGreaterThan(poison);
  });

  it('builds another version beside the live view and swaps it in; watchers are told', async () => {
    const { project, views, count, content, service } = await setUp('swap');
    const old = await project();
    await old.ready;
    const id = newId();
    const { seq } = await count(id, 10);
    await views.waitFor(seq, 60_000);
    const seen: (BucketEntry | string)[] = [];
    kept(await watchViewBucket(nc, service, { filters: ['acme.>'], onEntry: (entry) => seen.push(entry), onSync: () => seen.push('sync'), onReset: (reason) => seen.push(reason) }));
    await eventually(() => seen.length === 2, DEADLINE);
    const before = await resolveViewBucket(nc, service);
    const next = await project([totals(2, 100)]);
    await next.ready;
    const after = await resolveViewBucket(nc, service);
    expect([before.bucket, after.bucket]).toEqual(['swap-a', 'swap-b']);
    expect(after.epoch).not.toBe(before.epoch);
    expect(Object.values(await content())).toMatchObject([{ seq, data: { total: 1_000, events: 1 } }]);
    await eventually(() => seen.length === 5, DEADLINE);
    expect(seen).toMatchObject([{ kind: 'put', value: { data: { total: 10 } } }, 'sync', 'epoch_changed', { kind: 'put', value: { data: { total: 1_000 } } }, 'sync']);
    const { seq: later } = await count(id, 1);
    expect(await views.waitFor(later, 60_000)).toBe(true);
    expect((await totalOf(views, id))?.total).toBe(1_100);
    // The old copy, still running, starts its fold anew and must not swap back.
    const oldPosition = () => kvGet<Position>(nc, 'swap-a', '_pos');
    const found = await oldPosition();
    const disturbed = await kvPut(nc, 'swap-a', '_pos', found?.value, found?.revision);
    await count(id, 1);
    await eventually(async () => ((await oldPosition())?.revision ?? 0) > disturbed && ((await oldPosition())?.value?.seq ?? 0) > later, DEADLINE);
    expect(old.active()).toBe(true);
    expect((await resolveViewBucket(nc, service)).bucket).toBe('swap-b');
  });

  it('builds a slot anew whose building was interrupted in the middle of writing', async () => {
    const { project, views, count, content, service } = await setUp('half');
    const first = await project();
    await first.ready;
    const id = newId();
    const { seq } = await count(id, 10);
    await views.waitFor(seq, 60_000);
    await first.stop();
    const mine = (await kvGet<Position>(nc, 'half-a', '_pos'))?.value;
    await kvPut(nc, 'half-b', '_pos', { ...mine, seq: 0, versions: { totals: 2 }, building: true });
    await kvPut(nc, 'half-b', `acme.totals.${id}`, { schema: 1, seq, time: '', data: { total: 10, events: 1 } });
    await (await project([totals(2)])).ready;
    expect((await resolveViewBucket(nc, service)).bucket).toBe('half-b');
    expect(Object.values(await content())).toMatchObject([{ seq, data: { total: 10, events: 1 } }]);
  });

  it('builds the view again when its bucket or the stream was made anew, and tells watchers', async () => {
    const { project, views, count, content, service } = await setUp('anew');
    await (await project()).ready;
    const id = newId();
    const { seq } = await count(id, 10);
    await views.waitFor(seq, 60_000);
    const seen: (number | string)[] = [];
    kept(await watchViewBucket(nc, service, {
      filters: ['acme.>'], onEntry: ({ value }) => seen.push((value as { data: { total: number } }).data.total), onSync: () => seen.push('sync'), onReset: (reason) => seen.push(reason),
    }));
    await eventually(() => seen.length === 2, DEADLINE);
    const again = () => provision(nc, [sharedDeclarations(), declarationsOf(service)], { replicas });
    await api(nc, 'STREAM.DELETE.KV_anew-a');
    await again();
    await eventually(async () => Object.keys(await content()).length === 1, DEADLINE);
    await eventually(() => seen.at(-1) === 'sync' && seen.includes('epoch_changed') && seen.slice(2).includes(10), DEADLINE);
    await api(nc, 'STREAM.DELETE.ANEW');
    await again();
    // Sequences begin anew, so waiting for one proves nothing here.
    await count(id, 3);
    await eventually(async () => (await totalOf(views, id))?.total === 3, DEADLINE);
    await eventually(() => seen.at(-2) === 3 && seen.at(-1) === 'sync', DEADLINE);
  });

  it('has one of two copies folding; when that one dies the other takes over and nothing counts twice', async () => {
    const { project, views, count } = await setUp('two');
    const [a, b] = [await connection(), await connection()];
    const first = await project([totals()], a);
    await first.ready;
    const second = await project([totals()], b);
    await second.ready;
    expect([first.active(), second.active()]).toEqual([true, false]);
    const id = newId();
    for (let i = 0; i < 10; i++) await count(id, 1);
    const died = Date.now();
    await a.close();
    const writing = (async () => {
      let last = 0;
      for (let i = 0; i < 20; i++) last = (await count(id, 1)).seq;
      return last;
    })();
    const last = await writing;
    expect(await views.waitFor(last, 60_000)).toBe(true);
    expect(Date.now() - died).toBeLessThan(30_000); // ten on a machine that does nothing else
    expect(second.active()).toBe(true);
    expect(await totalOf(views, id)).toEqual({ total: 30, events: 30 });
  });

  it('equals a rebuild after nats-server was killed in the middle of writing and folding', async () => {
    const { project, views, count, content } = await setUp('kill');
    const projector: Projector = await project();
    await projector.ready;
    const ids = Array.from({ length: 5 }, () => newId());
    let last = 0;
    let acknowledged = 0;
    const writers = new AbortController();
    const writing = Promise.all(ids.map(async (id) => {
      while (!writers.signal.aborted) {
        const { seq } = await count(id, 1, 1);
        acknowledged += 2;
        last = Math.max(last, seq);
      }
    }));
    for (let round = 0; round < 2; round++) {
      const reached = acknowledged + 60;
      await eventually(() => acknowledged >= reached, DEADLINE);
      await nats.crash(round);
    }
    const reached = acknowledged + 60;
    await eventually(() => acknowledged >= reached, DEADLINE);
    writers.abort();
    await writing;
    expect(await views.waitFor(last, 60_000)).toBe(true);
    const live = await content();
    const sum = Object.values(live).reduce((all, value) => all + (value as { data: { total: number } }).data.total, 0);
    expect(sum).toBe(acknowledged);
    const rebuilt = await project([totals(2)]);
    await rebuilt.ready;
    expect(await content()).toEqual(live);
  });
});
