/** Credit, and durable subscriptions. */
import { delay, holds, includes, isData, isError, of, offered, proven, refusedWith, same } from '../check.js';
import { row, type Row } from '../row.js';
import type { Socket } from '../socket.js';
import type { Trial } from '../trial.js';
import type { TestStream } from '../driver.js';
import { follow, seqs, STREAMS, synced, target } from './streams.js';

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Subscribes durably. @throws NotOffered if the server has none */
const durable = async (t: Trial, socket: Socket, stream: TestStream, data: object = {}) => {
  const answer = await socket.ask({ op: 'js_sub', target: stream.name, data: { filter: stream.filter, durable: 'work', start_seq: 1, ...data } });
  offered(answer, 'durable subscriptions');
  return answer;
};
const messages = (socket: Socket, stream: TestStream) => socket.frames.filter(isData(target(stream)));

export const creditRows: readonly Row[] = [
  row('credit/at most so many are delivered, then more with each grant', { covers: ['op:credit', 'op:js_sub'], needs: STREAMS }, async (t) => {
    const stream = await t.stream();
    await stream.publishAll(30, i => ['s', { i }]);
    const socket = await t.live();
    await follow(socket, stream, { start_seq: 1, credit: 5 });
    await socket.collect(5, isData(target(stream)), 'a message');
    await delay(200);
    await socket.quiet();
    same(seqs(socket, stream), range(1, 5), 'with a credit of 5');
    const before = socket.frames.length;
    socket.send({ op: 'credit', target: target(stream), data: { filter: stream.filter, n: 7 } });
    await socket.collect(12, isData(target(stream)), 'a message');
    await socket.quiet();
    same(seqs(socket, stream), range(1, 12), 'with 7 more');
    holds(!socket.frames.slice(before).some(f => f.op === 'reply'), 'credit has no answer');
    socket.send({ op: 'credit', target: target(stream), data: { filter: stream.filter, n: 100 } });
    await synced(socket, stream);
    await stream.publishAll(100, i => ['s', { i }]);
    await socket.collect(112, isData(target(stream)), 'a message');
    await delay(100);
    await socket.quiet();
    same(proven(socket.frames.filter(of(target(stream))), 0), range(1, 112), 'live, until the credit is used up');
  }),
  row('credit/a subscription that is not there is NOT_FOUND', { covers: ['op:credit', 'error:NOT_FOUND'], needs: [] }, async (t) => {
    refusedWith(await (await t.live()).ask({ op: 'credit', target: 'js:NONE', data: { n: 1 } }), 'NOT_FOUND', 'credit');
  }),
  row('durable/what is not acknowledged comes again, and says so', { covers: ['op:credit', 'op:js_sub'], needs: STREAMS }, async (t) => {
    const stream = await t.stream();
    await stream.publishAll(10, i => ['s', { i }]);
    const first = await t.live();
    same((await durable(t, first, stream)).op, 'reply', 'a durable subscription');
    await first.collect(10, isData(target(stream)), 'a message');
    first.send({ op: 'credit', target: target(stream), data: { filter: stream.filter, durable: 'work', n: 1, ack_seq: 6 } });
    await first.quiet();
    await delay(200);
    first.close();
    const second = await t.live();
    same((await durable(t, second, stream)).op, 'reply', 'the same durable subscription again');
    const got = await second.collect(4, isData(target(stream)), 'a message that was not acknowledged');
    same(got.map(f => f.data.seq), range(7, 10), 'after the acknowledgement of 6');
    for (const { data } of got) includes(data, { redelivered: true, prev: undefined }, 'a message that comes again');
  }),
  row('durable/the position stays while nobody is there', { covers: ['op:js_sub'], needs: STREAMS }, async (t) => {
    const stream = await t.stream();
    const first = await t.live();
    await durable(t, first, stream);
    first.close();
    await stream.publishAll(5, i => ['s', { i }]);
    const second = await t.live();
    await durable(t, second, stream);
    await second.collect(5, isData(target(stream)), 'a message from meanwhile');
    same(messages(second, stream).map(f => f.data.seq), range(1, 5), 'the sequences');
  }),
  row('durable/another filter is reset filter_changed', { covers: ['reset:filter_changed'], needs: STREAMS }, async (t) => {
    const stream = await t.stream();
    await stream.publishAll(5, i => ['s', { i }]);
    const first = await t.live();
    await durable(t, first, stream);
    first.close();
    includes((await durable(t, await t.live(), stream, { filter: stream.subject('s') })).data, { status: 'reset', reason: 'filter_changed' }, 'the answer');
  }),
  row('durable/the latest holder wins, the one before is told', { covers: ['op:js_sub', 'error:TAKEN_OVER'], needs: STREAMS }, async (t) => {
    const stream = await t.stream();
    const [first, second] = [await t.live(), await t.live()];
    await durable(t, first, stream);
    await durable(t, second, stream);
    await first.until(isError('TAKEN_OVER', target(stream)), 'TAKEN_OVER');
    // At least once: one that was on its way to the holder before comes when its time to acknowledge is over, the next ones at once.
    const publishing = t.meanwhile(async (i) => {
      await stream.publish('s', i);
      await delay(100);
    });
    await second.collect(1, isData(target(stream)), 'a message for the latest');
    await publishing.stop();
    await first.quiet();
    same(messages(first, stream).length, 0, 'messages for the one before');
  }),
  row('durable/one person has at most eight', { covers: ['op:js_sub'], needs: STREAMS }, async (t) => {
    const { name, filter } = t.part('streams').installed(t.tenant);
    const socket = await t.live();
    const ask = (n: number) => socket.ask({ op: 'js_sub', target: name, data: { filter, durable: `work-${n}` } });
    for (let n = 1; n <= 8; n++) {
      const answer = await ask(n);
      offered(answer, 'durable subscriptions');
      same(answer.op, 'reply', `durable ${n}`);
    }
    refusedWith(await ask(9), 'TOO_MANY_SUBSCRIPTIONS', 'the ninth');
  }),
  row('durable/a right that is withdrawn ends it', { covers: ['error:REVOKED'], needs: STREAMS }, async (t) => {
    const stream = await t.stream();
    const person = await t.person();
    const socket = await t.live(person);
    await durable(t, socket, stream);
    await person.grant({ ...t.rights, streams: {} });
    await socket.until(isError('REVOKED', target(stream)), 'REVOKED');
    await stream.publish('s', 1);
    await delay(100);
    await socket.quiet();
    same(messages(socket, stream).length, 0, 'messages after it');
  }),
];
