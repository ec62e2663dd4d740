/** Resume never lies: `resumed` and everything, or `reset` and why. */
import { delay, holds, includes, isData, isNote, of, proven, same } from '../check.js';
import type { TestStream } from '../driver.js';
import { row, type Row } from '../row.js';
import type { Data, Socket } from '../socket.js';
import type { Trial } from '../trial.js';
import { follow, seqs, STREAMS, synced, target } from './streams.js';

interface Known { readonly stream: TestStream; readonly epoch: string; readonly times: readonly string[]; readonly socket: Socket }

/** A stream of ten messages that somebody has read. */
const read = async (t: Trial): Promise<Known> => {
  const stream = await t.stream();
  await stream.publishAll(10, i => ['s', { i }]);
  const socket = await t.live();
  const { epoch } = await follow(socket, stream, { start_seq: 1 });
  await synced(socket, stream);
  holds(typeof epoch === 'string' && epoch.length > 0, 'js_sub tells no epoch');
  return { stream, epoch, socket, times: socket.frames.filter(isData(target(stream))).map(f => String(f.data.time)) };
};
/** On a new connection. */
const again = async (t: Trial, stream: TestStream, data: object): Promise<{ answer: Data; socket: Socket }> => {
  const socket = await t.live();
  return { answer: await follow(socket, stream, data), socket };
};

const resets = (name: string, reason: string, change: (known: Known, t: Trial) => Promise<object> | object): Row =>
  row(`resume/${name} is reset ${reason}`, { covers: [`reset:${reason}`, 'op:js_sub'], needs: STREAMS }, async (t) => {
    const known = await read(t);
    const data = await change(known, t);
    const { answer, socket } = await again(t, known.stream, data);
    includes(answer, { status: 'reset', reason }, `the answer to ${JSON.stringify(data)}`);
    holds(typeof answer.epoch === 'string' && typeof answer.from_seq === 'number' && typeof answer.head_seq === 'number', `a reset tells epoch, from_seq and head_seq: ${JSON.stringify(answer)}`);
    await synced(socket, known.stream);
    const next = await known.stream.publish('s', 'live');
    await socket.until(f => isData(target(known.stream))(f) && f.data.seq === next, 'a message after the reset');
  });

export const resumeRows: readonly Row[] = [
  row('resume/resumed: everything after last_seq follows, in order, once', { covers: ['op:js_sub'], needs: STREAMS }, async (t) => {
    const { stream, epoch, times } = await read(t);
    const missed = await stream.publishAll(400, i => ['s', { i }]);
    for (const last_time of [{}, { last_time: times[5] }]) {
      const { answer, socket } = await again(t, stream, { last_seq: 6, epoch, ...last_time });
      includes(answer, { status: 'resumed', epoch, from_seq: 7, head_seq: 410 }, 'the answer');
      await synced(socket, stream);
      same(proven(socket.frames.filter(of(target(stream))), 6), [7, 8, 9, 10, ...missed], 'the sequences');
    }
    const live = await stream.publish('s', 1);
    const { answer, socket } = await again(t, stream, { last_seq: live, epoch });
    same(answer.status, 'resumed', 'a resume of somebody who missed nothing');
    await synced(socket, stream);
    same(seqs(socket, stream), [], 'what somebody is told who missed nothing');
  }),
  row('resume/from before the first message', { covers: ['op:js_sub'], needs: STREAMS }, async (t) => {
    const { stream, epoch } = await read(t);
    const { answer, socket } = await again(t, stream, { last_seq: 0, epoch });
    same(answer.status, 'resumed', 'last_seq 0');
    await synced(socket, stream);
    same(seqs(socket, stream).length, 10, 'messages after 0');
  }),
  resets('another epoch', 'epoch_changed', () => ({ last_seq: 6, epoch: 'another' })),
  resets('no epoch', 'epoch_changed', () => ({ last_seq: 6 })),
  resets('a message of another time', 'epoch_changed', ({ epoch }) => ({ last_seq: 6, epoch, last_time: '2001-01-01T00:00:00.000Z' })),
  resets('a position past the head', 'ahead', ({ epoch }) => ({ last_seq: 5_000, epoch })),
  resets('a trimmed stream', 'trimmed', async ({ stream, epoch }) => {
    await stream.trim(9);
    return { last_seq: 5, epoch };
  }),
  resets('a stream made anew', 'epoch_changed', async ({ stream, epoch, socket }) => {
    await socket.ask({ op: 'unsub', target: target(stream) });
    await delay(20);
    await stream.recreate();
    await stream.publishAll(12, i => ['s', { i }]);
    return { last_seq: 6, epoch };
  }),
  row('resume/a trim up to the position is no reset', { covers: ['op:js_sub'], needs: STREAMS }, async (t) => {
    const { stream, epoch } = await read(t);
    await stream.trim(7);
    const { answer, socket } = await again(t, stream, { last_seq: 6, epoch });
    same(answer.status, 'resumed', 'nothing that was missed is gone');
    await synced(socket, stream);
    same(seqs(socket, stream), [7, 8, 9, 10], 'the sequences');
  }),
  row('resume/after a reset it goes on from the fallback, else from the head', { covers: ['reset:ahead'], needs: STREAMS }, async (t) => {
    const { stream, epoch } = await read(t);
    for (const [fallback, wanted] of [[{ start_seq: 3 }, [3, 4, 5, 6, 7, 8, 9, 10]], [{ start_time: '2001-01-01T00:00:00Z' }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]], [{}, []]] as const) {
      const { answer, socket } = await again(t, stream, { last_seq: 5_000, epoch, ...fallback });
      same(answer.status, 'reset', JSON.stringify(fallback));
      same(answer.from_seq, wanted[0] ?? 11, `from_seq with ${JSON.stringify(fallback)}`);
      await synced(socket, stream);
      same(seqs(socket, stream), wanted, JSON.stringify(fallback));
    }
  }),
  row('resume/a stream made anew while live is reset epoch_changed within seconds', { covers: ['reset:epoch_changed'], needs: STREAMS, lane: 'waiting', seconds: 30 }, async (t) => {
    const { stream, epoch, socket } = await read(t);
    await delay(20);
    await stream.recreate();
    const fresh = await stream.publishAll(3, i => ['s', { fresh: i }]);
    const { data } = await socket.until(isNote(target(stream), 'reset'), 'reset', 8_000);
    includes(data, { reason: 'epoch_changed' }, 'the reset');
    holds(data.epoch !== epoch && typeof data.from_seq === 'number', `a reset tells the new epoch and from_seq: ${JSON.stringify(data)}`);
    const at = socket.frames.findIndex(isNote(target(stream), 'reset'));
    await socket.collect(13, isData(target(stream)), 'a message');
    same(socket.frames.slice(0, at).filter(isData(target(stream))).length, 10, 'messages before the reset');
    same(proven(socket.frames.slice(at).filter(of(target(stream))), 0), fresh, 'messages after the reset');
    same((await again(t, stream, { last_seq: 3, epoch: data.epoch })).answer.status, 'resumed', 'a resume with the new epoch');
  }),
  row('resume/again and again, while the connections before stand half open', { covers: ['op:js_sub'], needs: STREAMS }, async (t) => {
    const { stream, epoch, socket: first } = await read(t);
    let before = first;
    for (let [round, at] = [0, 10]; round < 30; round++) {
      before.ws.pause(); // nobody has told the gateway that this peer is gone
      const missed = await stream.publishAll(3, i => ['s', { round, i }]);
      const { answer, socket } = await again(t, stream, { last_seq: at, epoch });
      includes(answer, { status: 'resumed', epoch, from_seq: at + 1 }, `the answer of round ${round}`);
      await synced(socket, stream);
      same(proven(socket.frames.filter(of(target(stream))), at), missed, `the sequences of round ${round}`);
      at = missed.at(-1) ?? at;
      before = socket;
    }
  }),
  row('resume/goes on at another gateway', { covers: ['op:js_sub'], needs: ['identities', 'streams', 'gateways'] }, async (t) => {
    const { stream, epoch } = await read(t);
    const missed = await stream.publishAll(50, i => ['s', { i }]);
    const other = await t.part('gateways').start();
    t.after(() => other.stop());
    const socket = await t.live(undefined, {}, other.url);
    includes(await follow(socket, stream, { last_seq: 10, epoch }), { status: 'resumed', epoch, from_seq: 11 }, 'the answer of the other gateway');
    await synced(socket, stream);
    same(proven(socket.frames.filter(of(target(stream))), 10), missed, 'the sequences');
  }),
];
