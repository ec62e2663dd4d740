/** A position that is kept, proven with every message, and gone on from. */
import { delay, holds, includes, same } from '../../check.js';
import { clientRow, type ClientRow } from '../client-row.js';
import { answer, message, messages, note, range, refusal, STREAM_JOB, TARGET, timeOf, type ClientTrial } from '../client-trial.js';
import type { ClientFrame, Peer } from '../referee.js';

const resumed = (asked: ClientFrame, from_seq: number, head_seq = from_seq): ReturnType<typeof answer> => answer(asked, { status: 'resumed', epoch: 'e1', from_seq, head_seq });

/** A hole was sent: the client gives the subscription up and asks from its position. */
const asksAgain = async (t: ClientTrial, peer: Peer, last: number): Promise<{ asked: ClientFrame; at: Peer }> => {
  await t.when(() => peer.of('js_sub').length > 1 || t.attempts.length > 1, 'the client to subscribe again');
  // To begin again on a new connection is right too.
  const at = t.attempts.length > 1 ? await t.live() : peer;
  if (at === peer) {
    const { target } = await peer.next('unsub');
    same(target, TARGET, 'unsub before it subscribes again, the target');
  }
  const asked = await at.next('js_sub');
  same(asked.data?.['last_seq'], last, 'last_seq');
  return { asked, at };
};

const reset = (reason: string): object => ({ reason, epoch: 'e2', from_seq: 1 });

export const streamRows: readonly ClientRow[] = [
  clientRow('resume/goes on with last_seq, last_time and epoch after a cut', STREAM_JOB, async (t) => {
    const { peer, asked } = await t.following();
    same(asked.data?.['last_seq'], undefined, 'last_seq of the first time');
    peer.each(messages(1, 5));
    await t.toldAll(5);
    peer.cut();
    const again = await t.live();
    const frame = await again.next('js_sub');
    includes(frame.data, { last_seq: 5, epoch: 'e1' }, 'js_sub after a cut');
    same(Date.parse(String(frame.data?.['last_time'])), Date.parse(timeOf(5)), 'last_time');
    again.send(resumed(frame, 6));
    again.each(messages(6, 8));
    await t.toldAll(8);
    same(t.told, range(1, 8), 'what was told');
    same(t.program.lines.filter(line => line.reset !== undefined), [], 'resets');
  }),
  clientRow('resume/in_sync and position move the position on, then without a time', STREAM_JOB, async (t) => {
    const { peer } = await t.following();
    peer.each([message(1), message(2), note('in_sync', { seq: 9, prev: 2 }), note('position', { seq: 40, prev: 2 })]);
    await t.toldAll(2);
    peer.send(message(41, 2));
    await t.toldAll(41);
    peer.send(note('position', { seq: 60, prev: 41 }));
    peer.send(messages(61, 61, { prev: 41 })[0] as never);
    await t.toldAll(61);
    peer.send(note('position', { seq: 90, prev: 61 }));
    // An answered ping is behind it.
    const before = peer.pongs;
    peer.ping();
    await peer.when(() => peer.pongs > before, 'a pong');
    peer.cut();
    const { data } = await (await t.live()).next('js_sub');
    same([data?.['last_seq'], data?.['last_time']], [90, undefined], 'last_seq and last_time');
    same([t.told, peer.of('js_sub').length], [[1, 2, 41, 61], 1], 'what was told, and subscriptions');
  }),
  clientRow('prev/a sequence that a filter leaves out is no hole', STREAM_JOB, async (t) => {
    const { peer } = await t.following();
    peer.each([message(3, 0), message(9, 3), message(10, 9), message(40, 10), message(41, 12)]);
    await t.toldAll(41);
    same([t.told, t.attempts.length, peer.of('js_sub').length], [[3, 9, 10, 40, 41], 1, 1], 'what was told, connections and subscriptions');
  }),
  clientRow('prev/what comes again is not told again', STREAM_JOB, async (t) => {
    const { peer } = await t.following();
    peer.each([...messages(1, 5), ...messages(4, 5), message(5), message(2), message(6)]);
    await t.toldAll(6);
    peer.cut();
    const again = await t.live();
    again.send(resumed(await again.next('js_sub'), 7));
    again.each(messages(5, 8));
    await t.toldAll(8);
    same([t.told, peer.of('js_sub').length], [range(1, 8), 1], 'what was told, and subscriptions');
  }),
  clientRow('prev/a hole is noticed, and asked for again from the position', STREAM_JOB, async (t) => {
    const { peer } = await t.following();
    peer.each([message(1), message(2), message(5, 4), message(6, 5)]);
    const { asked, at } = await asksAgain(t, peer, 2);
    // Of the subscription that was given up, still on its way.
    if (at === peer) peer.send(message(7, 6));
    for (const old of at.of('unsub')) at.send(answer(old, { status: 'ended' }));
    at.send(resumed(asked, 3, 7));
    at.each(messages(3, 7));
    await t.toldAll(7);
    same(t.told, range(1, 7), 'what was told');
  }),
  ...(['in_sync', 'position'] as const).map(kind => clientRow(`prev/a hole right before ${kind} is noticed too`, STREAM_JOB, async (t) => {
    const { peer } = await t.following();
    peer.each([message(1), message(2), note(kind, { seq: 4, prev: 4 })]);
    const { asked, at } = await asksAgain(t, peer, 2);
    at.send(resumed(asked, 3, 4));
    at.each(messages(3, 4));
    await t.toldAll(4);
    same(t.told, range(1, 4), 'what was told');
  })),
  clientRow('reset/as an answer: said, and begun anew', STREAM_JOB, async (t) => {
    const { peer } = await t.following();
    peer.each(messages(1, 5));
    await t.toldAll(5);
    peer.cut();
    const again = await t.live();
    again.send(answer(await again.next('js_sub'), { status: 'reset', head_seq: 3, ...reset('epoch_changed') }));
    again.each(messages(1, 3));
    await t.when(() => t.told.length >= 8, 'eight messages');
    same(t.program.lines.flatMap(l => l.reset ?? l.seq ?? []), [...range(1, 5), 'epoch_changed', ...range(1, 3)], 'what was told');
    again.cut();
    includes((await (await t.live()).next('js_sub')).data, { last_seq: 3, epoch: 'e2' }, 'js_sub after that');
  }),
  clientRow('reset/as a message: said, and begun anew', STREAM_JOB, async (t) => {
    const { peer } = await t.following();
    peer.each([...messages(1, 5), note('reset', reset('trimmed')), ...messages(1, 2)]);
    await t.when(() => t.told.length >= 7, 'seven messages');
    same(t.program.lines.flatMap(l => l.reset ?? l.seq ?? []), [...range(1, 5), 'trimmed', 1, 2], 'what was told');
    peer.cut();
    includes((await (await t.live()).next('js_sub')).data, { last_seq: 2, epoch: 'e2' }, 'js_sub after that');
    same(peer.of('js_sub').length, 1, 'subscriptions');
  }),
  clientRow('ended/a subscription that lost its right is over, the connection is not', STREAM_JOB, async (t) => {
    const { peer } = await t.following();
    peer.send(message(1));
    peer.send({ op: 'error', target: TARGET, data: { ...refusal('REVOKED'), details: { filter: STREAM_JOB.filter } } });
    await t.printed(line => line.error === 'REVOKED', 'REVOKED');
    await delay(1_500);
    same([peer.of('js_sub').length, t.attempts.length], [1, 1], 'subscriptions and connections');
  }),
  clientRow('ended/a refusal that may pass is tried again, later', STREAM_JOB, async (t) => {
    const peer = await t.live();
    const first = await peer.next('js_sub');
    peer.send(answer(first, refusal('UNAVAILABLE', true), 'error'));
    const second = await peer.next('js_sub');
    holds(second.at - first.at > 50, `tries again after ${(second.at - first.at).toFixed(0)} ms`);
    peer.send(answer(second, { status: 'subscribed', epoch: 'e1', from_seq: 1, head_seq: 0 }));
    peer.send(message(1));
    await t.toldAll(1);
  }),
];
