/** P9: appending and loading, beside the plain JetStream client. */
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats, declarationsOf, JetStreamEventStore, KvSnapshotStore, provision } from '@xanthus/jetstream';
import { buildEnvelope, newId } from '@xanthus/kernel';
import { eventSubject } from '@xanthus/proto';
import { startNats } from '@xanthus/testing';
import type { Benchmark, Row } from './benchmark.js';
import { contextFor, counted, refOf } from './counter.js';
import { compareLatency, latencyOf, timeEach, type Comparison } from './measure.js';

const row = (what: string, c: Comparison, budget: string, met: (c: Comparison) => boolean): Row => ({
  what, unit: 'ms', ours: c.ours.p50, ours_p99: c.ours.p99, raw: c.raw.p50, raw_p99: c.raw.p99, ratio: c.ratio, spread: c.spread, budget, met: met(c),
});
const BUDGET = '≤ 1.5 × raw';
const within = (c: Comparison): boolean => c.ratio <= 1.5;

/** `nc` as our programs connect, `plain` as the client does by itself. */
const measure = async (nc: NatsConnection, plain: NatsConnection, quick: boolean): Promise<Row[]> => {
  await provision(nc, [declarationsOf('vps')], { replicas: 1 });
  const store = new JetStreamEventStore(nc, 'vps');
  const snapshots = new KvSnapshotStore(nc, 'vps');
  const js = jetstream(plain);
  const { direct } = await jetstreamManager(plain);
  const rounds = quick ? 3 : 7;
  const rows: Row[] = [];

  const appends = quick ? 200 : 1_000;
  const append = await compareLatency(
    rounds,
    async () => {
      const ref = refOf(newId());
      let expected = 0;
      return timeEach(appends, 1, async () => { expected = (await store.append(ref, [counted], expected, contextFor(ref.id))).seq; });
    },
    async () => {
      const ref = refOf(newId());
      const subject = eventSubject(ref);
      const body = JSON.stringify(buildEnvelope(ref, counted, contextFor(ref.id)));
      let expected = 0;
      return timeEach(appends, 1, async () => { expected = (await js.publish(subject, body, { expect: { lastSubjectSequence: expected } })).seq; });
    },
  );
  rows.push(row('append 1 event, 1 in flight', append, BUDGET, within));

  for (const size of [10, 100, 1_000]) {
    const ref = refOf(newId());
    let last = 0;
    // One by one: a batch would put a thousand messages next to each other, which no real aggregate has.
    for (let i = 0; i < size; i++) last = (await store.append(ref, [counted], last, contextFor(ref.id))).seq;
    const loads = Math.max(10, (quick ? 2_000 : 20_000) / size);
    const load = await compareLatency(
      rounds,
      () => timeEach(loads, 1, async () => {
        const { events } = await store.load(ref);
        if (events.length !== size) throw new Error(`${events.length} of ${size} events loaded`);
      }),
      () => timeEach(loads, 1, async () => {
        let found = 0;
        for await (const message of await direct.getBatch('VPS', { seq: 1, next_by_subj: eventSubject(ref), batch: 1_000 })) {
          message.json();
          found++;
        }
        if (found !== size) throw new Error(`${found} of ${size} events loaded`);
      }),
    );
    rows.push(row(`load ${size} events`, load, BUDGET, within));
    if (size < 1_000) continue;
    const tail = 10;
    await snapshots.put(ref, { seq: last, schema: 1, state: { total: size, deleted: false } });
    for (let i = 0; i < tail; i++) last = (await store.append(ref, [counted], last, contextFor(ref.id))).seq;
    const times = latencyOf(await timeEach(quick ? 200 : 2_000, 1, async () => {
      const snapshot = await snapshots.get(ref);
      const { events } = await store.load(ref, { after: snapshot?.seq ?? 0 });
      if (events.length !== tail) throw new Error(`${events.length} of ${tail} events loaded`);
    }));
    rows.push({ what: `load a snapshot at ${size} events and ${tail} after it`, unit: 'ms', ours: times.p50, ours_p99: times.p99, budget: '≤ 1 ms', met: times.p50 <= 1 });
  }
  return rows;
};

export const p9: Benchmark = {
  id: 'p9',
  title: 'event store: append and load',
  run: async ({ quick }) => {
    const nats = await startNats();
    const nc = await connectNats({ servers: nats.url, name: 'bench' });
    try {
      return {
        rows: await measure(nc, await nats.connect(), quick),
        notes: [
          'One nats-server, file storage, default sync interval, a connection each, one operation at a time. Events of about 0.5 KB.',
          'Raw append: `publish` of the JetStream client with the expected last sequence of the subject. Raw load: `direct.getBatch` and `JSON.parse`.',
          'emmett on PostgreSQL is not measured here: it needs a PostgreSQL server.',
        ],
      };
    } finally {
      await nc.close();
      await nats.stop();
    }
  },
};
