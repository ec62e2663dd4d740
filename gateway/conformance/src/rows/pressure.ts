/** A reader that does not keep up: what it is told, and that nobody else notices. */
import { CLOSE_CODES } from '@xanthus/proto';
import { delay, holds, isData, isError, isNote, of, proven, same } from '../check.js';
import { Broken, row, type Row } from '../row.js';
import type { Data, Frame, Socket } from '../socket.js';
import type { Trial } from '../trial.js';
import { CUT, flood, justTooMuch, PIECE, queueOf, tooMuch, TRIES } from './flood.js';
import { follow, STREAMS, synced, target } from './streams.js';

const NEEDS = ['identities', 'signals'] as const;
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
  let pieces: number | undefined;
  for (let attempt = 1; ; attempt++) {
    const at = `sig.${t.tenant}.flood${attempt}`;
    const [slow, quick] = [await t.live(), await t.live()];
    const { epoch } = await follow(slow, stream, { start_seq: 1 });
    await synced(slow, stream);
    for (const socket of [slow, quick]) await socket.ask({ op: 'sub', target: at });
    const sent = pieces ?? tooMuch(slow);
    slow.ws.pause();
    await flood(t, at, sent, quick);
    await delay(350);
    slow.ws.resume();
    const { code } = await slow.end(10_000);
    if (code === CLOSE_CODES.SLOW_CONSUMER) return { slow, quick, at, sent, epoch, stream: stream.name };
    if (attempt === TRIES || !CUT.has(code)) throw new Broken(`a reader that stood still was closed with ${code} instead of ${CLOSE_CODES.SLOW_CONSUMER}`);
    pieces = justTooMuch(slow, at);
  }
};

/** A subscription that is sent numbered pieces while nobody reads. */
interface Stress {
  /** Its target. */
  readonly at: string;
  send(n: number): Promise<unknown>;
  /** All that is to come of so many has come. */
  whole(n: number): boolean;
  check(n: number): void;
}

/** Meets a full queue, but not for the 250 ms after which every reader is slow, whatever its policy. A machine that is too busy for that says nothing about policies: then once more, with less. */
const pressed = async (t: Trial, begin: (socket: Socket, attempt: number) => Promise<Stress>): Promise<void> => {
  let pieces: number | undefined;
  for (let attempt = 1; ; attempt++) {
    const socket = await t.live();
    const { at, send, whole, check } = await begin(socket, attempt);
    const sent = pieces ?? tooMuch(socket);
    socket.ws.pause();
    await send(sent);
    socket.ws.resume();
    await socket.when(() => socket.closed !== undefined || whole(sent), `all that is kept of ${sent} pieces`, 10_000);
    const came = socket.frames.filter(isData(at)).length;
    if (socket.closed === undefined && came < sent) {
      check(sent);
      return same(socket.closed, undefined, 'the connection');
    }
    const cut = socket.closed?.code;
    if (attempt === TRIES || (cut !== undefined && !CUT.has(cut))) {
      throw new Broken(cut === undefined ? `nothing of ${sent} pieces was left out: no pressure` : `closed with ${cut} after ${came} of ${sent} pieces`);
    }
    pieces = cut === undefined ? sent + queueOf(socket) : justTooMuch(socket, at);
    socket.close();
  }
};
const inOrder = (got: readonly number[]): void => same(got, got.toSorted((a, b) => a - b), 'values in order');

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
    await flood(t, at, tooMuch(socket));
    await delay(2_000);
    const before = socket.frames.length;
    t.part('signals').publish(at, { i: -1 });
    await watcher.quiet();
    socket.ws.resume();
    await socket.end(8_000);
    holds(!socket.frames.slice(before).some(f => isData(at)(f) && (f.data.payload as { i: number }).i === -1), 'a message that came after the decision was sent');
  }),
  row('pressure/latest keeps the newest value', { covers: ['op:sub'], needs: NEEDS, lane: 'alone', seconds: 35 }, t => pressed(t, async (socket, attempt) => {
    const at = `sig.${t.tenant}.latest${attempt}`;
    await socket.ask({ op: 'sub', target: at, data: { policy: 'latest' } });
    return { at, send: n => flood(t, at, n), whole: n => numbers(socket, at).at(-1) === n - 1, check: () => inOrder(numbers(socket, at)) };
  })),
  row('pressure/lossy says how many it dropped', { covers: ['op:sub'], needs: NEEDS, lane: 'alone', seconds: 35 }, t => pressed(t, async (socket, attempt) => {
    const at = `sig.${t.tenant}.lossy${attempt}`;
    await socket.ask({ op: 'sub', target: at, data: { policy: 'lossy' } });
    const told = (): number => numbers(socket, at).length + socket.frames.filter(isNote(at, 'gap')).reduce((sum, f) => sum + (Number(f.data['count']) || 0), 0);
    return {
      at, send: n => flood(t, at, n), whole: n => told() >= n,
      check: (n) => {
        same(told(), n, 'delivered and dropped together');
        inOrder(numbers(socket, at));
      },
    };
  })),
  row('pressure/kv_sub keeps the newest value of a key', { covers: ['op:kv_sub'], needs: ['identities', 'buckets'], lane: 'alone', seconds: 35 }, t => pressed(t, async (socket, attempt) => {
    const bucket = t.part('buckets');
    const [at, prefix] = [`kv:${bucket.bucket}`, `${t.tenant}.keys${attempt}`];
    await socket.ask({ op: 'kv_sub', target: bucket.bucket, data: { pattern: `${prefix}.>` } }, 12_000);
    await socket.until(isNote(at, 'in_sync'), 'in_sync');
    const filler = 'x'.repeat(PIECE);
    const got = (): number[] => socket.frames.filter(isData(at)).map(f => (f.data.value as { i: number }).i);
    return {
      at,
      send: async (n) => {
        for (let from = 0; from < n; from += 50) await Promise.all(Array.from({ length: Math.min(50, n - from) }, (_, i) => bucket.put(`${prefix}.k${(from + i) % 5}`, { i: from + i, filler })));
      },
      whole: n => got().at(-1) === n - 1,
      check: (n) => {
        inOrder(got());
        const newest = new Map(socket.frames.filter(isData(at)).map(f => [f.data.key, (f.data.value as { i: number }).i]));
        same([...newest.values()].toSorted((a, b) => a - b), [n - 5, n - 4, n - 3, n - 2, n - 1], 'the newest value of each key');
      },
    };
  })),
  row('pressure/a stream reader that stood still goes on or resumes, nothing lost', { covers: ['op:js_sub', 'error:SLOW_CONSUMER', 'limit:queue_frames'], needs: STREAMS, lane: 'alone', seconds: 40 }, async (t) => {
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
    await Promise.any([socket.end(15_000), socket.collect(all.length, isData(target(stream)), 'a message', 15_000)]);
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
