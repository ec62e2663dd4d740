/** `js_sub`: every match, in order, once, and provably so. */
import { delay, holds, includes, isData, isError, isNote, of, proven, refusedWith, same } from '../check.js';
import type { TestStream } from '../driver.js';
import { row, type Row } from '../row.js';
import type { Data, Socket } from '../socket.js';
import type { Trial } from '../trial.js';

export const STREAMS = ['identities', 'streams'] as const;

/** Subscribes to all of the stream. @returns the data of the reply */
export const follow = async (socket: Socket, stream: TestStream, data: object = {}): Promise<Data> => {
  const answer = await socket.ask({ op: 'js_sub', target: stream.name, data: { filter: stream.filter, ...data } });
  if (answer.op === 'error') return { ...answer.data, status: `error ${answer.data.code}: ${String(answer.data['message'])}` };
  same(answer.op, 'reply', 'the answer to js_sub');
  return answer.data;
};
export const target = (stream: TestStream): string => `js:${stream.name}`;
export const seqs = (socket: Socket, stream: TestStream, filter?: string): number[] => socket.frames.filter(isData(target(stream), filter)).map(f => f.data.seq ?? -1);
export const synced = (socket: Socket, stream: TestStream, timeout = 15_000): Promise<{ data: Data }> => socket.until(isNote(target(stream), 'in_sync'), 'in_sync', timeout);
const mixed = (i: number): readonly [string, unknown] => [`s${i % 7}`, { i }];
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** `before` messages are there, `after` are published once it is live. */
const delivered = async (t: Trial, before: number, after: number): Promise<{ socket: Socket; stream: TestStream; all: number[] }> => {
  const stream = await t.stream();
  const all = await stream.publishAll(before, mixed);
  const socket = await t.live();
  includes(await follow(socket, stream, { start_seq: 1 }), { status: 'subscribed', from_seq: 1, head_seq: before }, 'the answer to js_sub');
  await synced(socket, stream);
  all.push(...await stream.publishAll(after, mixed));
  await socket.collect(all.length, isData(target(stream)), 'a message');
  await socket.quiet();
  return { socket, stream, all };
};

export const streamRows: readonly Row[] = [
  row('js_sub/every match is told, in order, once', { covers: ['op:js_sub', 'out:msg', 'out:reply'], needs: STREAMS }, async (t) => {
    const { socket, stream, all } = await delivered(t, 300, 60);
    same(seqs(socket, stream), all, 'the sequences');
    same(socket.frames.filter(isData(target(stream))).map(f => (f.data.payload as { i: number }).i), [...range(0, 299), ...range(0, 59)], 'the payloads');
    const first = socket.frames.find(isData(target(stream)))!.data;
    same(first.subject, stream.subject('s0'), 'the subject');
    holds(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(String(first.time)) && Math.abs(Date.parse(String(first.time)) - Date.now()) < 3_600_000, `time is an ISO time, got ${first.time}`);
  }),
  row('js_sub/prev proves that nothing is missing', { covers: ['op:js_sub'], needs: STREAMS }, async (t) => {
    const { socket, stream, all } = await delivered(t, 120, 40);
    same(proven(socket.frames.filter(of(target(stream))), 0), all, 'the sequences that a client can prove');
  }),
  row('js_sub/prev goes over what a filter leaves out', { covers: ['op:js_sub'], needs: STREAMS }, async (t) => {
    const stream = await t.stream();
    const before = await stream.publishAll(100, mixed);
    const socket = await t.live();
    const filter = stream.subject('s3');
    await follow(socket, stream, { filter, start_seq: 1 });
    await synced(socket, stream);
    const wanted = [...before, ...await stream.publishAll(100, mixed)].filter((_, i) => (i % 100) % 7 === 3);
    await socket.collect(wanted.length, isData(target(stream)), 'a message');
    await socket.quiet();
    same(proven(socket.frames.filter(of(target(stream), filter)), 0), wanted, 'the sequences that a client can prove');
  }),
  row('js_sub/in_sync comes exactly once, at the head', { covers: ['op:js_sub'], needs: STREAMS }, async (t) => {
    const { socket, stream } = await delivered(t, 50, 20);
    const at = socket.frames.findIndex(isNote(target(stream), 'in_sync'));
    same(socket.frames.filter(isNote(target(stream), 'in_sync')).length, 1, 'in_sync');
    same(socket.frames.slice(0, at).filter(isData(target(stream))).length, 50, 'messages before in_sync');
    same(socket.frames[at]?.data.seq, 50, 'the seq of in_sync');
    const empty = await t.stream();
    await follow(socket, empty);
    await socket.until(isNote(target(empty), 'in_sync'), 'in_sync of an empty stream');
  }),
  row('js_sub/without a start it begins at the head', { covers: ['op:js_sub'], needs: STREAMS }, async (t) => {
    const stream = await t.stream();
    await stream.publishAll(5, mixed);
    const socket = await t.live();
    includes(await follow(socket, stream), { status: 'subscribed', from_seq: 6, head_seq: 5 }, 'the answer to js_sub');
    await synced(socket, stream);
    const next = await stream.publish('s1', 1);
    await socket.collect(1, isData(target(stream)), 'a message');
    same(seqs(socket, stream), [next], 'the sequences');
  }),
  row('js_sub/start_seq and start_time begin where they say', { covers: ['op:js_sub'], needs: STREAMS }, async (t) => {
    const stream = await t.stream();
    await stream.publishAll(5, mixed);
    await delay(25);
    const between = new Date().toISOString();
    await delay(25);
    await stream.publishAll(4, mixed);
    for (const [data, wanted] of [[{ start_seq: 4 }, range(4, 9)], [{ start_time: between }, range(6, 9)], [{ start_time: '2001-01-01T00:00:00Z' }, range(1, 9)], [{ start_time: '2999-01-01T00:00:00Z' }, []], [{ start_seq: 10 }, []]] as const) {
      const socket = await t.live();
      includes(await follow(socket, stream, data), { status: 'subscribed', ...(wanted[0] === undefined ? {} : { from_seq: wanted[0] }) }, JSON.stringify(data));
      await synced(socket, stream);
      same(seqs(socket, stream), wanted, JSON.stringify(data));
    }
  }),
  row('js_sub/a missing filter means everything', { covers: ['op:js_sub', 'error:DENIED'], needs: STREAMS }, async (t) => {
    const stream = await t.stream();
    await stream.publishAll(9, mixed);
    refusedWith(await (await t.live()).ask({ op: 'js_sub', target: stream.name }), 'DENIED', 'everything, with a right to one tenant');
    const socket = await t.live(await t.person({ streams: { [stream.name]: ['>'] } }));
    same((await socket.ask({ op: 'js_sub', target: stream.name, data: { start_seq: 1 } })).data.status, 'subscribed', 'js_sub');
    await synced(socket, stream);
    same(seqs(socket, stream), range(1, 9), 'the sequences');
  }),
  row('js_sub/several filters live side by side, each with its own chain', { covers: ['op:js_sub', 'op:unsub', 'error:ALREADY_SUBSCRIBED'], needs: STREAMS }, async (t) => {
    const stream = await t.stream();
    await stream.publishAll(70, mixed);
    const socket = await t.live();
    const filters = [stream.filter, stream.subject('s2'), stream.subject('*')];
    for (const filter of filters) same((await follow(socket, stream, { filter, start_seq: 1 })).status, 'subscribed', filter);
    refusedWith(await socket.ask({ op: 'js_sub', target: stream.name, data: { filter: filters[1] } }), 'ALREADY_SUBSCRIBED', 'the same again');
    await socket.collect(3, isNote(target(stream), 'in_sync'), 'in_sync');
    await stream.publishAll(70, mixed);
    await socket.collect(140 + 20 + 140, isData(target(stream)), 'a message');
    for (const [i, filter] of filters.entries()) same(proven(socket.frames.filter(of(target(stream), filter)), 0).length, i === 1 ? 20 : 140, filter);
    same((await socket.ask({ op: 'unsub', target: target(stream), data: { filter: filters[1] } })).data, { status: 'ended' }, 'unsub of one');
    const before = socket.frames.length;
    await stream.publish('s2', 'end');
    await socket.collect(2, f => socket.frames.indexOf(f) >= before && isData(target(stream))(f), 'a message of the others');
    await socket.quiet();
    same(socket.frames.slice(before).filter(isData(target(stream))).map(f => f.data.filter).sort(), [filters[0], filters[2]].sort(), 'who is told after unsub');
  }),
  row('js_sub/a stream that is not there is NOT_FOUND', { covers: ['error:NOT_FOUND'], needs: ['identities'] }, async (t) => {
    const socket = await t.live();
    for (const name of ['NO_SUCH_STREAM', 'lower', '*']) {
      const answer = await socket.ask({ op: 'js_sub', target: name, data: { filter: `evt.${t.tenant}.>` } });
      holds(answer.op === 'error' && ['NOT_FOUND', 'DENIED', 'BAD_FRAME'].includes(answer.data.code ?? ''), `${name}: ${answer.op} ${JSON.stringify(answer.data)}`);
    }
    refusedWith(await socket.ask({ op: 'js_sub', target: 'NO_SUCH_STREAM', data: { filter: `evt.${t.tenant}.x` } }), 'NOT_FOUND', 'NO_SUCH_STREAM');
  }),
  row('js_sub/the given token follows a stream of its own', { covers: ['op:js_sub'], needs: [] }, async (t) => {
    const socket = await t.live();
    const granted = Object.entries((socket.frames.find(f => f.op === 'cap_update')?.data['streams'] ?? {}) as Record<string, string[]>).find(([name]) => !/[*>]/.test(name));
    if (granted === undefined) return;
    const [name, [filter]] = granted;
    const answer = await socket.ask({ op: 'js_sub', target: name, data: { filter, start_seq: 1 } });
    same(answer.op, 'reply', `js_sub of ${name}`);
    await socket.until(isNote(`js:${name}`, 'in_sync'), 'in_sync', 15_000);
    proven(socket.frames.filter(of(`js:${name}`)), 0);
  }),
  row('catch-up/hands over to live without gap or repeat while messages pour in', { covers: ['op:js_sub'], needs: STREAMS, seconds: 30 }, async (t) => {
    const stream = await t.stream();
    const all = await stream.publishAll(2_000, mixed);
    const pouring = t.meanwhile(async () => void all.push(...await stream.publishAll(20, mixed)));
    const sockets = await Promise.all([1, 2, 3].map(() => t.live()));
    await Promise.all(sockets.map(socket => follow(socket, stream, { start_seq: 1 })));
    await Promise.all(sockets.map(socket => synced(socket, stream)));
    await pouring.stop();
    for (const socket of sockets) {
      await socket.collect(all.length, isData(target(stream)), 'a message', 15_000);
      await socket.quiet();
      same(proven(socket.frames.filter(of(target(stream))), 0), all, 'the sequences');
      same(socket.frames.filter(isNote(target(stream), 'in_sync')).length, 1, 'in_sync');
    }
  }),
  row('catch-up/more than the queue holds is no reason to be slow', { covers: ['op:js_sub', 'limit:queue_bytes'], needs: STREAMS, seconds: 30 }, async (t) => {
    const stream = await t.stream();
    const text = 'x'.repeat(60_000);
    const all = await stream.publishAll(150, i => [`s${i % 3}`, { i, text }]);
    const socket = await t.live();
    await follow(socket, stream, { start_seq: 1 });
    await synced(socket, stream);
    same(proven(socket.frames.filter(of(target(stream))), 0), all, 'the sequences');
    holds(!socket.frames.some(isError('SLOW_CONSUMER')), 'a reader that keeps up is taken for slow');
  }),
  row('js_sub/a quiet subscription is told the position', { covers: ['op:js_sub'], needs: STREAMS, lane: 'patient', seconds: 35 }, async (t) => {
    const stream = await t.stream();
    const socket = await t.live();
    await follow(socket, stream, { filter: stream.subject('quiet') });
    await synced(socket, stream);
    const last = (await stream.publishAll(10, mixed)).at(-1);
    const { data } = await socket.until(isNote(target(stream), 'position'), 'position', 27_000);
    same(data.seq, last, 'the position of a quiet filter');
  }),
  row('js_sub/a purge below live subscribers loses nothing that comes after', { covers: ['op:js_sub'], needs: STREAMS }, async (t) => {
    const { socket, stream, all } = await delivered(t, 10, 10);
    await stream.trim(21);
    all.push(...await stream.publishAll(10, mixed));
    await socket.collect(all.length, isData(target(stream)), 'a message');
    same(proven(socket.frames.filter(of(target(stream))), 0), all, 'the sequences');
    const late = await t.live();
    await follow(late, stream, { start_seq: 1 });
    await synced(late, stream);
    same(proven(late.frames.filter(of(target(stream))), 20), range(21, 30), 'what is left for a late one');
  }),
];
