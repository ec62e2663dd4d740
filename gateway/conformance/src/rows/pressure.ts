/** A reader that does not keep up: what it is told, and that nobody else notices. */
import { CLOSE_CODES } from '@xanthus/proto';
import { delay, holds, isData, isError, isNote, of, proven, same } from '../check.js';
import { Broken, row, type Row } from '../row.js';
import type { Data, Frame, Socket } from '../socket.js';
import type { Trial } from '../trial.js';
import { follow, STREAMS, synced, target } from './streams.js';

const NEEDS = ['identities', 'signals'] as const;
const limitsOf = (socket: Socket): Record<string, number> => (socket.frames.find(f => f.op === 'hello')?.data['limits'] ?? {}) as Record<string, number>;
/** What loopback sockets of both ends hold at most beside the queue, bytes. */
const KERNEL = 12 * 1024 * 1024;
const PIECE = 40_000;

/** Publishes more than queue and kernel take together, no faster than `pace` reads it. */
const flood = async (t: Trial, at: string, socket: Socket, pace?: Socket): Promise<number> => {
  const n = Math.ceil((KERNEL + 6 * (limitsOf(socket)['queue_bytes'] ?? 1_048_576)) / PIECE);
  const filler = 'x'.repeat(PIECE);
  for (let i = 0; i < n; i++) {
    t.part('signals').publish(at, { i, filler });
    if (i % 40 === 0) await t.part('signals').flush();
    if (i % 10 === 0) await pace?.quiet();
  }
  await t.part('signals').flush();
  return n;
};
const numbers = (socket: Socket, at: string): number[] => socket.frames.filter(isData(at)).map(f => (f.data.payload as { i: number }).i);

/** Where a SLOW_CONSUMER tells to resume a subscription. */
const positionOf = (error: Frame | undefined, at: string, epoch?: string): number | undefined => {
  const position = ((error?.data.details?.['positions'] ?? []) as Data[]).find(p => p['target'] === at && (epoch === undefined || p.epoch === epoch));
  return (position?.['at'] ?? position?.seq) as number | undefined;
};

/** A reader that stands still until it must have been found slow. When it wakes later than the second of grace, its socket is gone: then once more. */
const slowReader = async (t: Trial): Promise<{ slow: Socket; quick: Socket; at: string; sent: number; epoch: string | undefined; stream: string }> => {
  const stream = await t.stream();
  await stream.publishAll(20, i => ['s', { i }]);
  for (let attempt = 1; ; attempt++) {
    const at = `sig.${t.tenant}.flood${attempt}`;
    const [slow, quick] = [await t.live(), await t.live()];
    const { epoch } = await follow(slow, stream, { start_seq: 1 });
    await synced(slow, stream);
    for (const socket of [slow, quick]) await socket.ask({ op: 'sub', target: at });
    slow.ws.pause();
    const sent = await flood(t, at, slow, quick);
    await delay(350);
    slow.ws.resume();
    const { code } = await slow.end(10_000);
    if (code === CLOSE_CODES.SLOW_CONSUMER) return { slow, quick, at, sent, epoch, stream: stream.name };
    if (attempt === 3 || code !== 1006) throw new Broken(`a reader that stood still was closed with ${code} instead of ${CLOSE_CODES.SLOW_CONSUMER}`);
  }
};

/** A subscription that meets a full queue, but not for the 250 ms after which every reader is slow. A machine that is too busy for that says nothing about policies: then once more. */
const pressed = async (t: Trial, policy: 'latest' | 'lossy', check: (socket: Socket, at: string, sent: number) => Promise<void>): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    const socket = await t.live();
    const at = `sig.${t.tenant}.${policy}${attempt}`;
    await socket.ask({ op: 'sub', target: at, data: { policy } });
    socket.ws.pause();
    const sent = await flood(t, at, socket);
    socket.ws.resume();
    try {
      return await check(socket, at, sent);
    } catch (error) {
      if (socket.closed?.code !== CLOSE_CODES.SLOW_CONSUMER || attempt === 3) throw error;
    }
  }
};

export const pressureRows: readonly Row[] = [
  row('pressure/a slow reader gets SLOW_CONSUMER with its positions as the last frame, then 4008; others get everything', { covers: ['error:SLOW_CONSUMER', 'close:SLOW_CONSUMER', 'limit:queue_bytes'], needs: [...NEEDS, 'streams'], lane: 'alone', seconds: 35 }, async (t) => {
    const { slow, quick, at, sent, epoch, stream } = await slowReader(t);
    const last = slow.frames.at(-1)!;
    same({ op: last.op, code: last.data.code }, { op: 'error', code: 'SLOW_CONSUMER' }, 'the last frame');
    same(slow.frames.filter(isError('SLOW_CONSUMER')).length, 1, 'SLOW_CONSUMER');
    same(positionOf(last, `js:${stream}`, epoch), 20, `where the stream would be resumed, of ${JSON.stringify(last.data.details)}`);
    const got = numbers(slow, at);
    const hole = got.findIndex((n, i) => n !== i);
    holds(hole === -1, `what a reliable subscription gets before it is cut off is a prefix; after ${got.slice(0, hole).at(-1)} came ${got[hole]}`);
    holds(got.length < sent, 'the reader was not slow');
    await quick.collect(sent, isData(at), 'a signal of somebody who keeps up', 15_000);
    same(numbers(quick, at).length, sent, 'what somebody gets who keeps up');
  }),
  row('pressure/a sleeper that never wakes is gone within seconds', { covers: ['close:SLOW_CONSUMER'], needs: NEEDS, lane: 'alone', seconds: 25 }, async (t) => {
    const socket = await t.live();
    const watcher = await t.live();
    const at = `sig.${t.tenant}.flood`;
    await socket.ask({ op: 'sub', target: at });
    socket.ws.pause();
    await flood(t, at, socket);
    await delay(2_000);
    const before = socket.frames.length;
    t.part('signals').publish(at, { i: -1 });
    await watcher.quiet();
    socket.ws.resume();
    await socket.end(8_000);
    holds(!socket.frames.slice(before).some(f => isData(at)(f) && (f.data.payload as { i: number }).i === -1), 'a message that came after the decision was sent');
  }),
  row('pressure/latest keeps the newest value', { covers: ['op:sub'], needs: NEEDS, lane: 'alone', seconds: 35 }, t => pressed(t, 'latest', async (socket, at, sent) => {
    await socket.until(f => isData(at)(f) && (f.data.payload as { i: number }).i === sent - 1, 'the newest value', 10_000);
    const got = numbers(socket, at);
    holds(got.length < sent, 'nothing was left out: no pressure');
    same(got, [...got].sort((a, b) => a - b), 'values in order');
  })),
  row('pressure/lossy says how many it dropped', { covers: ['op:sub'], needs: NEEDS, lane: 'alone', seconds: 35 }, t => pressed(t, 'lossy', async (socket, at, sent) => {
    await socket.until(isNote(at, 'gap'), 'gap', 10_000);
    const told = (): number => numbers(socket, at).length + socket.frames.filter(isNote(at, 'gap')).reduce((sum, f) => sum + (Number(f.data['count']) || 0), 0);
    await socket.when(() => told() >= sent, () => `delivered and dropped to make ${sent}, ${told()} so far`);
    same(told(), sent, 'delivered and dropped together');
    const got = numbers(socket, at);
    same(got, [...got].sort((a, b) => a - b), 'values in order');
  })),
  row('pressure/kv_sub keeps the newest value of a key', { covers: ['op:kv_sub'], needs: ['identities', 'buckets'], lane: 'alone', seconds: 30 }, async (t) => {
    const bucket = t.part('buckets');
    const socket = await t.live();
    const at = `kv:${bucket.bucket}`;
    await socket.ask({ op: 'kv_sub', target: bucket.bucket, data: { pattern: `${t.tenant}.>` } }, 12_000);
    await socket.until(isNote(at, 'in_sync'), 'in_sync');
    socket.ws.pause();
    const filler = 'x'.repeat(PIECE);
    const n = Math.ceil((KERNEL + 3 * (limitsOf(socket)['queue_bytes'] ?? 1_048_576)) / PIECE);
    for (let from = 0; from < n; from += 50) await Promise.all(Array.from({ length: 50 }, (_, i) => bucket.put(`${t.tenant}.keys.k${i % 5}`, { i: from + i, filler })));
    socket.ws.resume();
    const last = Math.ceil(n / 50) * 50 - 1;
    await socket.until(f => isData(at)(f) && (f.data.value as { i: number }).i === last, 'the newest value', 10_000);
    const got = socket.frames.filter(isData(at));
    holds(got.length < last + 1, 'nothing was left out: no pressure');
    const newest = new Map(got.map(f => [f.data.key, (f.data.value as { i: number }).i]));
    same([...newest.values()].sort((a, b) => a - b), [last - 4, last - 3, last - 2, last - 1, last], 'the newest value of each key');
    same(socket.closed, undefined, 'the connection');
  }),
  row('pressure/a stream reader that stood still goes on or resumes, nothing lost', { covers: ['op:js_sub', 'error:SLOW_CONSUMER', 'limit:queue_frames'], needs: STREAMS, lane: 'alone', seconds: 30 }, async (t) => {
    const stream = await t.stream();
    const socket = await t.live();
    const { epoch } = await follow(socket, stream, { start_seq: 1 });
    await synced(socket, stream);
    socket.ws.pause();
    const filler = 'x'.repeat(PIECE);
    const all = await stream.publishAll(450, i => ['s', { i, filler }]);
    await delay(400);
    socket.ws.resume();
    // It may also have got away with it: then it was never slow and has everything.
    await Promise.any([socket.end(8_000), socket.collect(all.length, isData(target(stream)), 'a message', 8_000)]);
    await delay(50);
    const got = proven(socket.frames.filter(of(target(stream))), 0);
    same(got, all.slice(0, got.length), 'what came before the end');
    const told = positionOf(socket.frames.find(isError('SLOW_CONSUMER')), target(stream));
    holds(told === undefined || told === got.at(-1), `SLOW_CONSUMER tells to resume at ${told}, the last message was ${got.at(-1)}`);
    const again = await t.live();
    same((await follow(again, stream, { last_seq: got.at(-1) ?? 0, epoch })).status, 'resumed', 'the resume');
    await synced(again, stream);
    same([...got, ...proven(again.frames.filter(of(target(stream))), got.at(-1) ?? 0)], all, 'the sequences of both connections');
  }),
];
