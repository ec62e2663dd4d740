/** `kv_sub`: atomic from snapshot to live. */
import { delay, holds, includes, isData, isNote, of, proven, same } from '../check.js';
import { row, type Row } from '../row.js';
import type { Data, Frame, Socket } from '../socket.js';
import type { Trial } from '../trial.js';

const NEEDS = ['identities', 'buckets'] as const;
const at = (t: Trial): string => `kv:${t.part('buckets').bucket}`;
const follow = async (t: Trial, socket: Socket, data: object = {}): Promise<Data> => {
  const answer = await socket.ask({ op: 'kv_sub', target: t.part('buckets').bucket, data: { pattern: `${t.tenant}.>`, ...data } }, 12_000);
  same(answer.op, 'reply', `the answer to kv_sub, ${JSON.stringify(answer.data)}`);
  holds(typeof answer.data.epoch === 'string' && answer.data.epoch.length > 0, 'kv_sub tells no epoch');
  return answer.data;
};
const synced = (t: Trial, socket: Socket): Promise<Frame> => socket.until(isNote(at(t), 'in_sync'), 'in_sync', 12_000);
const changes = (t: Trial, socket: Socket): Frame[] => socket.frames.filter(isData(at(t)));
/** A new subscription whose snapshot is not older than the revision. A gateway may be some milliseconds behind what was written elsewhere: `in_sync` says so. */
const asOf = async (t: Trial, revision: number): Promise<{ readonly socket: Socket; readonly data: Data }> => {
  for (let tries = 5; ; tries--) {
    const socket = await t.live();
    same((await follow(t, socket)).status, 'subscribed', 'the status');
    const { data } = await synced(t, socket);
    if (Number(data.revision) >= revision || tries === 0) return { socket, data };
    socket.close();
  }
};
/** What a client holds after these frames. */
const held = (frames: readonly Frame[]): Record<string, unknown> => {
  const state: Record<string, unknown> = {};
  for (const { data } of frames) {
    if (data.kind === 'put') state[data.key ?? ''] = data.value;
    else delete state[data.key ?? ''];
  }
  return state;
};

export const bucketRows: readonly Row[] = [
  row('kv_sub/the snapshot is complete, in_sync names its revision, changes follow', { covers: ['op:kv_sub', 'out:msg', 'out:reply'], needs: NEEDS }, async (t) => {
    const bucket = t.part('buckets');
    const wanted: Record<string, unknown> = {};
    for (let i = 0; i < 30; i++) await bucket.put(`${t.tenant}.servers.k${i % 20}`, wanted[`${t.tenant}.servers.k${i % 20}`] = { i });
    const last = await bucket.del(`${t.tenant}.servers.k3`);
    delete wanted[`${t.tenant}.servers.k3`];
    const { socket, data } = await asOf(t, last);
    const snapshot = socket.frames.slice(0, socket.frames.findIndex(isNote(at(t), 'in_sync'))).filter(isData(at(t)));
    same(held(snapshot), wanted, 'the snapshot');
    same(snapshot.length, 19, 'a snapshot tells each key once, and nothing that is deleted');
    holds(snapshot.every(f => Number(f.data.revision) <= Number(data.revision) && typeof f.data.time === 'string'), 'the snapshot is as of the revision of in_sync');
    const revision = await bucket.put(`${t.tenant}.servers.new`, 'x');
    const gone = await bucket.del(`${t.tenant}.servers.k5`);
    await socket.until(f => isData(at(t))(f) && f.data.revision === gone, 'the deletion');
    const live = changes(t, socket).slice(snapshot.length).map(({ data: d }) => [d.kind, d.key, d.revision, d.value]);
    same(live, [['put', `${t.tenant}.servers.new`, revision, 'x'], ['del', `${t.tenant}.servers.k5`, gone, undefined]], 'the changes');
    same(socket.frames.filter(isNote(at(t), 'in_sync')).length, 1, 'in_sync');
  }),
  row('kv_sub/is atomic while keys are being written', { covers: ['op:kv_sub'], needs: NEEDS, seconds: 30 }, async (t) => {
    const bucket = t.part('buckets');
    const history: { revision: number; key: string; value: unknown }[] = [];
    let n = 0;
    const write = async (): Promise<void> => {
      const key = `${t.tenant}.servers.k${(n * 7) % 40}`;
      const value = ++n % 5 === 0 ? undefined : { n };
      history.push({ revision: value === undefined ? await bucket.del(key) : await bucket.put(key, value), key, value });
    };
    for (let i = 0; i < 100; i++) await write();
    const writing = t.meanwhile(write);
    const sockets: Socket[] = [];
    for (let round = 0; round < 5; round++) {
      const socket = await t.live();
      await follow(t, socket);
      await synced(t, socket);
      sockets.push(socket);
    }
    await writing.stop();
    const last = history.at(-1)!.revision;
    for (const socket of sockets) {
      const { data } = await synced(t, socket);
      const upTo = (revision: number): Record<string, unknown> => held(history.filter(h => h.revision <= revision).map(h => ({ data: { kind: h.value === undefined ? 'del' : 'put', key: h.key, value: h.value } }) as unknown as Frame));
      const cut = socket.frames.findIndex(isNote(at(t), 'in_sync'));
      same(held(socket.frames.slice(0, cut).filter(isData(at(t)))), upTo(Number(data.revision)), `the state at revision ${data.revision}`);
      if (Number(data.revision) < last) await socket.until(f => isData(at(t))(f) && f.data.revision === last, 'the last change');
      same(held(changes(t, socket)), upTo(last), 'the state at the end');
      same(proven(socket.frames.slice(cut).filter(of(at(t))), Number(data.revision), 'revision'), history.map(h => h.revision).filter(r => r > Number(data.revision)), 'the changes after in_sync');
    }
  }),
  row('kv_sub/prev proves that no change is missing', { covers: ['op:kv_sub'], needs: NEEDS }, async (t) => {
    const socket = await t.live();
    await follow(t, socket);
    const { data } = await synced(t, socket);
    const revisions: number[] = [];
    // A key each: NATS itself forgets a value that is replaced before it was read.
    for (let i = 0; i < 20; i++) revisions.push(await t.part('buckets').put(`${t.tenant}.servers.k${i}`, i));
    await socket.collect(20, isData(at(t)), 'a change');
    same(proven(socket.frames.slice(socket.frames.findIndex(isNote(at(t), 'in_sync'))).filter(of(at(t))), Number(data.revision), 'revision'), revisions, 'the revisions that a client can prove');
  }),
  row('kv_sub/a pattern is exact, and internal keys are never told', { covers: ['op:kv_sub'], needs: NEEDS }, async (t) => {
    const bucket = t.part('buckets');
    for (const key of ['servers.a', 'servers.b', 'keys.a', 'servers.a.deep']) await bucket.put(`${t.tenant}.${key}`, key);
    const socket = await t.live();
    await follow(t, socket, { pattern: `${t.tenant}.servers.*` });
    await synced(t, socket);
    same(Object.keys(held(changes(t, socket))).sort(), [`${t.tenant}.servers.a`, `${t.tenant}.servers.b`], 'keys of the pattern');
    const everything = await t.live(await t.person({ buckets: { '*': ['>'] } }));
    same((await everything.ask({ op: 'kv_sub', target: bucket.bucket }, 12_000)).op, 'reply', 'without a pattern');
    await synced(t, everything);
    same(changes(t, everything).filter(f => f.data.key?.startsWith('_')).length, 0, 'internal keys told');
  }),
  row('kv_sub/values that are no JSON come as $base64', { covers: ['op:kv_sub'], needs: NEEDS }, async (t) => {
    const bucket = t.part('buckets');
    await bucket.putRaw(`${t.tenant}.raw.a`, Buffer.from([0xff, 0xfe]));
    const socket = await t.live();
    await follow(t, socket);
    await synced(t, socket);
    await bucket.putRaw(`${t.tenant}.raw.b`, Buffer.from('{"a":'));
    const got = await socket.collect(2, isData(at(t)), 'a change');
    same(got.map(f => f.data.value), [{ $base64: '//4=' }, { $base64: Buffer.from('{"a":').toString('base64') }], 'the values');
  }),
  row('kv_sub/resumed: only what changed since, deletions included', { covers: ['op:kv_sub'], needs: NEEDS }, async (t) => {
    const bucket = t.part('buckets');
    for (const key of ['a', 'b', 'c']) await bucket.put(`${t.tenant}.keys.${key}`, 1);
    const first = await t.live();
    const { epoch } = await follow(t, first);
    const { revision } = (await synced(t, first)).data;
    first.close();
    await bucket.del(`${t.tenant}.keys.a`);
    await bucket.put(`${t.tenant}.keys.b`, 2);
    const last = await bucket.put(`${t.tenant}.keys.d`, 3);
    const second = await t.live();
    includes(await follow(t, second, { last_revision: revision, epoch }), { status: 'resumed', epoch }, 'the answer');
    await synced(t, second);
    // a gateway may be some milliseconds behind what was written elsewhere
    await second.until(f => isData(at(t))(f) && f.data.revision === last, 'the newest change');
    same(changes(t, second).map(f => [f.data.kind, f.data.key, f.data.value]), [['del', `${t.tenant}.keys.a`, undefined], ['put', `${t.tenant}.keys.b`, 2], ['put', `${t.tenant}.keys.d`, 3]], 'what changed since');
    proven(second.frames.filter(of(at(t))), Number(revision), 'revision');
  }),
  row('kv_sub/a resume that cannot be is a reset with its reason and a full snapshot', { covers: ['reset:epoch_changed', 'reset:ahead', 'op:kv_sub'], needs: NEEDS }, async (t) => {
    const bucket = t.part('buckets');
    const revision = await bucket.put(`${t.tenant}.keys.a`, 1);
    const { epoch } = await follow(t, await t.live());
    for (const [data, reason] of [[{ last_revision: revision, epoch: 'another' }, 'epoch_changed'], [{ last_revision: revision }, 'epoch_changed'], [{ last_revision: revision + 1_000_000, epoch }, 'ahead']] as const) {
      const socket = await t.live();
      includes(await follow(t, socket, data), { status: 'reset', reason, epoch }, JSON.stringify(data));
      await synced(t, socket);
      same(held(changes(t, socket)), { [`${t.tenant}.keys.a`]: 1 }, `the snapshot after ${reason}`);
    }
  }),
  row('kv_sub/a bucket that is not there is NOT_FOUND', { covers: ['error:NOT_FOUND'], needs: ['identities'] }, async (t) => {
    const { data } = await (await t.live()).ask({ op: 'kv_sub', target: 'nosuchbucket', data: { pattern: `${t.tenant}.>` } });
    same(data.code, 'NOT_FOUND', 'the code');
  }),
  row('kv_sub/a quiet subscription is told the position', { covers: ['op:kv_sub'], needs: NEEDS, lane: 'patient', seconds: 35 }, async (t) => {
    const socket = await t.live();
    await follow(t, socket, { pattern: `${t.tenant}.quiet.*` });
    await synced(t, socket);
    const revision = await t.part('buckets').put(`${t.tenant}.other.a`, 1);
    const { data } = await socket.until(f => isNote(at(t), 'position')(f) && Number(f.data.revision) >= revision, 'position', 27_000);
    holds(Number(data.revision) >= revision, 'the position of a quiet pattern');
  }),
  row('kv_sub/a bucket made anew while live is reset epoch_changed within seconds', { covers: ['reset:epoch_changed'], needs: NEEDS, lane: 'alone', seconds: 25 }, async (t) => {
    const bucket = t.part('buckets');
    await bucket.put(`${t.tenant}.keys.old`, 1);
    const socket = await t.live();
    const { epoch } = await follow(t, socket);
    await synced(t, socket);
    await delay(20);
    await bucket.recreate();
    await bucket.put(`${t.tenant}.keys.new`, 2);
    const { data } = await socket.until(isNote(at(t), 'reset'), 'reset', 15_000);
    includes(data, { reason: 'epoch_changed' }, 'the reset');
    holds(data.epoch !== epoch, 'the epoch of the new bucket is another one');
    const from = socket.frames.findIndex(isNote(at(t), 'reset'));
    await socket.until(f => socket.frames.indexOf(f) > from && isNote(at(t), 'in_sync')(f), 'in_sync after the reset');
    await socket.until(f => f.data.key === `${t.tenant}.keys.new`, 'the new key');
    same(held(socket.frames.slice(from).filter(isData(at(t)))), { [`${t.tenant}.keys.new`]: 2 }, 'what is held after the reset');
  }),
];
