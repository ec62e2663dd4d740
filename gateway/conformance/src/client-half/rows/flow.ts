/** Credit, acknowledgement, and what is lost on purpose. */
import { delay, holds, includes, same } from '../../check.js';
import { clientRow, type ClientRow } from '../client-row.js';
import { answer, message, messages, note, range, refusal, STREAM_JOB, TARGET } from '../client-trial.js';
import type { Peer } from '../referee.js';

const CREDIT = 10;
const NAME = 'billing';
const DURABLE_JOB = { ...STREAM_JOB, durable: NAME } as const;
const SUBJECT = 'sig.acme.prices';
const of = { durable: NAME };

const granted = (peer: Peer): number => peer.of('credit').reduce((sum, f) => sum + Number(f.data?.['n']), 0);
const acknowledged = (peer: Peer): number => Math.max(0, ...peer.of('credit').map(f => Number(f.data?.['ack_seq'] ?? 0)));

export const flowRows: readonly ClientRow[] = [
  clientRow('credit/is asked for, and granted in steps as messages are dealt with', { ...STREAM_JOB, credit: CREDIT }, async (t) => {
    const { peer, asked } = await t.following();
    same(asked.data?.['credit'], CREDIT, 'credit');
    let sent = 0;
    while (sent < 60) {
      await peer.when(() => CREDIT + granted(peer) > sent, `credit for message ${sent + 1}`);
      holds(granted(peer) <= sent, `${granted(peer)} granted after ${sent} messages`);
      peer.send(message(++sent));
    }
    await t.toldAll(60);
    same(t.told, range(1, 60), 'what was told');
    holds(peer.of('credit').length <= 30, `${peer.of('credit').length} frames for 60 messages`);
    for (const { target } of peer.of('credit')) same(target, TARGET, 'target of credit');
  }),
  clientRow('credit/begins anew with each subscription', { ...STREAM_JOB, credit: CREDIT }, async (t) => {
    const { peer } = await t.following();
    peer.each(messages(1, 3));
    await t.toldAll(3);
    peer.cut();
    const again = await t.live();
    const asked = await again.next('js_sub');
    same([asked.data?.['last_seq'], asked.data?.['credit']], [3, CREDIT], 'last_seq and credit');
    again.send(answer(asked, { status: 'resumed', epoch: 'e1', from_seq: 4, head_seq: 13 }));
    again.each(messages(4, 13));
    await t.toldAll(13);
    await again.when(() => granted(again) >= CREDIT / 2, 'more credit');
    holds(granted(again) <= 10, `${granted(again)} granted after 10 messages`);
  }),
  clientRow('durable/acknowledges what it dealt with, and nothing else', DURABLE_JOB, async (t) => {
    const { peer, asked } = await t.following();
    same(asked.data?.['durable'], NAME, 'durable');
    for (const seq of range(1, 5)) {
      peer.send(message(seq, seq - 1, of));
      await t.toldAll(seq);
      holds(acknowledged(peer) <= seq, `${acknowledged(peer)} acknowledged after ${seq}`);
    }
    await peer.when(() => acknowledged(peer) === 5, 'ack_seq 5');
    for (const { data } of peer.of('credit')) includes(data, of, 'credit');
  }),
  clientRow('durable/goes on by its name; what comes again comes without prev', DURABLE_JOB, async (t) => {
    const { peer } = await t.following();
    peer.each(messages(1, 5, of));
    await t.toldAll(5);
    peer.cut();
    const again = await t.live();
    const asked = await again.next('js_sub');
    includes(asked.data, { durable: NAME, epoch: 'e1' }, 'js_sub after a cut');
    again.send(answer(asked, { status: 'resumed', epoch: 'e1', from_seq: 4, head_seq: 6 }));
    for (const seq of [4, 5]) again.send({ op: 'msg', target: TARGET, data: { filter: STREAM_JOB.filter, ...of, seq, redelivered: true, subject: 'evt.acme.shop.order.o1', time: new Date().toISOString(), payload: { n: seq } } });
    again.each(messages(6, 7, of));
    await t.toldAll(7);
    await again.when(() => acknowledged(again) === 7, 'ack_seq 7');
    same([[...new Set(t.told)], again.of('js_sub').length], [range(1, 7), 1], 'what was told, and subscriptions');
  }),
  clientRow('durable/another has taken it over: not tried again', DURABLE_JOB, async (t) => {
    const { peer } = await t.following();
    peer.send(message(1, 0, of));
    peer.send({ op: 'error', target: TARGET, data: { ...refusal('TAKEN_OVER'), details: { filter: STREAM_JOB.filter, ...of } } });
    await t.printed(line => line.error === 'TAKEN_OVER', 'TAKEN_OVER');
    await delay(1_500);
    same([peer.of('js_sub').length, t.attempts.length], [1, 1], 'subscriptions and connections');
  }),
  clientRow('lossy/a gap is said, and is no hole', { ...STREAM_JOB, policy: 'lossy' }, async (t) => {
    const { peer, asked } = await t.following();
    same(asked.data?.['policy'], 'lossy', 'policy');
    peer.each([message(1), message(2), note('in_sync', { seq: 2, prev: 2 }), note('gap', { from: 3, to: 8 }), message(9, 8)]);
    await t.toldAll(9);
    same(t.program.lines.flatMap(l => l.seq ?? l.gap ?? []), [1, 2, { from: 3, to: 8 }, 9], 'what was told');
    same([peer.of('js_sub').length, t.attempts.length], [1, 1], 'subscriptions and connections');
  }),
  clientRow('lossy/signals that were dropped are counted', { do: 'signals', subject: SUBJECT, policy: 'lossy' }, async (t) => {
    const peer = await t.live();
    const asked = await peer.next('sub');
    same([asked.target, asked.data?.['policy']], [SUBJECT, 'lossy'], 'target and policy');
    peer.send(answer(asked, { status: 'live' }));
    const signal = (n: number): Parameters<Peer['send']>[0] => ({ op: 'msg', target: SUBJECT, data: { subject: SUBJECT, payload: { n } } });
    peer.send(signal(1));
    peer.send({ op: 'msg', target: SUBJECT, data: { kind: 'gap', count: 17 } });
    peer.send(signal(2));
    await t.when(() => t.program.lines.length >= 3, 'three lines');
    same(t.program.lines.map(l => l.gap ?? l.payload), [{ n: 1 }, 17, { n: 2 }], 'what was told');
  }),
  clientRow('signals/are subscribed to again after a cut', { do: 'signals', subject: SUBJECT }, async (t) => {
    for (const n of [1, 2]) {
      const peer = await t.live();
      peer.send(answer(await peer.next('sub'), { status: 'live' }));
      peer.send({ op: 'msg', target: SUBJECT, data: { subject: SUBJECT, payload: { n } } });
      await t.when(() => t.program.lines.length >= n, `${n} lines`);
      peer.cut();
    }
    same(t.program.lines.map(l => l.payload), [{ n: 1 }, { n: 2 }], 'what was told');
  }),
];
