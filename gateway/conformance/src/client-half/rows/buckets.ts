/** A bucket: shown when it is whole, then change by change. */
import type { ServerFrame } from '@xanthus/proto';
import { holds, same } from '../../check.js';
import { clientRow, type ClientRow } from '../client-row.js';
import { answer, timeOf, type ClientTrial } from '../client-trial.js';
import type { ClientFrame, Peer } from '../referee.js';

const BUCKET = 'shop';
const PATTERN = 'acme.orders.*';
const JOB = { do: 'bucket', bucket: BUCKET, pattern: PATTERN } as const;
const key = (name: string): string => `acme.orders.${name}`;
const value = (n: number): object => ({ schema: 1, seq: n, time: timeOf(n), data: { n } });
const frame = (data: object): ServerFrame => ({ op: 'msg', target: `kv:${BUCKET}`, data: { pattern: PATTERN, ...data } });
const put = (name: string, revision: number, prev: number): ServerFrame => frame({ kind: 'put', key: key(name), revision, prev, value: value(revision), time: timeOf(revision) });
const del = (name: string, revision: number, prev: number): ServerFrame => frame({ kind: 'del', key: key(name), revision, prev, time: timeOf(revision) });
const synced = (revision: number, prev: number): ServerFrame => frame({ kind: 'in_sync', revision, prev });
const entries = (given: Readonly<Record<string, number>>): object => Object.fromEntries(Object.entries(given).map(([name, n]) => [key(name), value(n)]));

const shown = (t: ClientTrial): unknown => t.program.lines.findLast(line => line.entries !== undefined)?.entries;
const shows = async (t: ClientTrial, given: Readonly<Record<string, number>>): Promise<void> => {
  const wanted = sorted(entries(given));
  await t.when(() => sorted(shown(t)) === wanted, `the entries ${wanted}`);
};
const sorted = (object: unknown): string => JSON.stringify(Object.entries(object ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Its first snapshot: a at 3, b at 5, as of revision 7. */
const filled = async (t: ClientTrial): Promise<Peer> => {
  const peer = await t.live();
  peer.send(answer(await peer.next('kv_sub'), { status: 'subscribed', epoch: 'e1' }));
  peer.each([put('a', 3, 0), put('b', 5, 3), synced(7, 5)]);
  await shows(t, { a: 3, b: 5 });
  return peer;
};

/** It goes on, or begins anew, as it likes: either is right if it is shown right. */
const resume = (asked: ClientFrame, peer: Peer, changes: readonly ServerFrame[], whole: readonly ServerFrame[]): void => {
  const { last_revision, epoch } = asked.data ?? {};
  holds((last_revision === undefined && epoch === undefined) || (last_revision === 9 && epoch === 'e1'), `last_revision and epoch: ${JSON.stringify(asked.data)}`);
  peer.send(answer(asked, { status: last_revision === undefined ? 'subscribed' : 'resumed', epoch: 'e1' }));
  peer.each(last_revision === undefined ? whole : changes);
};

export const bucketRows: readonly ClientRow[] = [
  clientRow('kv/is shown when it is whole, then each change, deletions included', JOB, async (t) => {
    const peer = await t.live();
    const asked = await peer.next('kv_sub');
    same([asked.target, asked.data?.['pattern']], [BUCKET, PATTERN], 'bucket and pattern');
    peer.send(answer(asked, { status: 'subscribed', epoch: 'e1' }));
    peer.each([put('a', 3, 0), put('b', 5, 3)]);
    const before = peer.pongs;
    peer.ping();
    await peer.when(() => peer.pongs > before, 'a pong');
    peer.send(synced(7, 5));
    await shows(t, { a: 3, b: 5 });
    same(sorted(t.program.lines.find(line => line.entries !== undefined)?.entries), sorted(entries({ a: 3, b: 5 })), 'what is shown first');
    peer.send(del('a', 8, 7));
    await shows(t, { b: 5 });
    peer.send([put('c', 9, 8), put('b', 10, 9)]);
    await shows(t, { b: 10, c: 9 });
    peer.each([frame({ kind: 'weather', degrees: 3 }), put('c', 9, 8), put('f', 12, 10)]);
    await shows(t, { b: 10, c: 9, f: 12 });
  }),
  clientRow('kv/after a cut it shows what there is now', JOB, async (t) => {
    const peer = await filled(t);
    peer.send(put('c', 9, 7));
    await shows(t, { a: 3, b: 5, c: 9 });
    peer.cut();
    const again = await t.live();
    resume(await again.next('kv_sub'), again, [del('a', 11, 9), put('d', 12, 11), synced(14, 12)], [put('b', 5, 0), put('c', 9, 5), put('d', 12, 9), synced(14, 12)]);
    await shows(t, { b: 5, c: 9, d: 12 });
  }),
  clientRow('kv/a cut in the midst of a snapshot leaves nothing out', JOB, async (t) => {
    const peer = await t.live();
    peer.send(answer(await peer.next('kv_sub'), { status: 'subscribed', epoch: 'e1' }));
    peer.each([put('b', 5, 0), put('a', 6, 5)]);
    const before = peer.pongs;
    peer.ping();
    await peer.when(() => peer.pongs > before, 'a pong');
    peer.cut();
    const again = await t.live();
    const asked = await again.next('kv_sub');
    // What it holds is no state of the bucket: it can't go on from it.
    same(asked.data?.['last_revision'], undefined, 'last_revision after half of a snapshot');
    again.send(answer(asked, { status: 'subscribed', epoch: 'e1' }));
    again.each([put('a', 6, 0), put('c', 8, 6), synced(9, 8)]);
    await shows(t, { a: 6, c: 8 });
  }),
  clientRow('kv/reset: what it held is void', JOB, async (t) => {
    const peer = await filled(t);
    peer.each([frame({ kind: 'reset', reason: 'epoch_changed', epoch: 'e2' }), put('z', 1, 0), synced(2, 1)]);
    await shows(t, { z: 1 });
    peer.cut();
    const again = await t.live();
    const asked = await again.next('kv_sub');
    again.send(answer(asked, asked.data?.['last_revision'] === undefined ? { status: 'subscribed', epoch: 'e3' } : { status: 'reset', reason: 'epoch_changed', epoch: 'e3' }));
    again.each([put('y', 4, 0), synced(4, 4)]);
    await shows(t, { y: 4 });
  }),
  clientRow('kv/a hole is noticed, and asked for again', JOB, async (t) => {
    const peer = await filled(t);
    peer.each([put('c', 9, 7), put('e', 12, 11)]);
    await t.when(() => peer.of('kv_sub').length > 1 || t.attempts.length > 1, 'the client to subscribe again');
    const at = t.attempts.length > 1 ? await t.live() : peer;
    if (at === peer) same((await peer.next('unsub')).target, `kv:${BUCKET}`, 'target of unsub');
    resume(await at.next('kv_sub'), at, [put('d', 11, 9), put('e', 12, 11), synced(12, 12)], [put('a', 3, 0), put('b', 5, 3), put('c', 9, 5), put('d', 11, 9), put('e', 12, 11), synced(12, 12)]);
    await shows(t, { a: 3, b: 5, c: 9, d: 11, e: 12 });
  }),
];
