/** Before anything is asked, and the token later. */
import { delay, holds, same } from '../../check.js';
import { clientRow, type ClientRow } from '../client-row.js';
import { answer, message, messages, note, range, refusal, STREAM_JOB, TARGET } from '../client-trial.js';

/** What a client may say before it is live. */
const EARLY = new Set(['auth', 'ping']);
const A_MOMENT = 250;

export const logInRows: readonly ClientRow[] = [
  clientRow('log-in/authenticates at once, and asks for nothing before hello and cap_update', STREAM_JOB, async (t) => {
    const peer = await t.connection();
    const { token, by } = await t.token(peer);
    holds(t.tokens.includes(token), `logs in with ${JSON.stringify(token)}`);
    await delay(A_MOMENT);
    t.greet(peer, by);
    await delay(A_MOMENT);
    same(peer.frames.filter(f => !EARLY.has(f.op)), [], 'frames before cap_update');
    t.rights(peer);
    await peer.next('js_sub');
  }),
  clientRow('log-in/a token that is about to end is replaced on the same connection', STREAM_JOB, async (t) => {
    const { peer } = await t.following();
    const known = t.tokens.length;
    peer.send({ op: 'auth_expiring', data: { expires_at: new Date(Date.now() + 60_000).toISOString() } });
    const auth = await peer.next('auth');
    same(auth.data?.['token'], t.tokens[known], 'the token after auth_expiring: a fresh one');
    peer.send(answer(auth, { expires_at: new Date(Date.now() + 600_000).toISOString() }));
    peer.send(message(1));
    await t.toldAll(1);
    same([t.attempts.length, peer.of('js_sub').length], [1, 1], 'connections and subscriptions');
  }),
  clientRow('log-in/a token that has ended is replaced once, then it is over', STREAM_JOB, async (t) => {
    const peer = await t.connection();
    const { by } = await t.token(peer);
    peer.send(by === undefined ? { op: 'error', data: refusal('AUTH_EXPIRED', true) } : answer(by, refusal('AUTH_EXPIRED', true), 'error'));
    const known = t.tokens.length;
    peer.close(4501);
    const again = await t.connection();
    const { token, by: byToo } = await t.token(again);
    holds(t.tokens.indexOf(token) >= known, `comes back with a fresh token, got ${JSON.stringify(token)}`);
    again.send(byToo === undefined ? { op: 'error', data: refusal('AUTH_REQUIRED') } : answer(byToo, refusal('AUTH_REQUIRED'), 'error'));
    again.close(4501);
    await t.printed(line => line.ended !== undefined, 'that it has ended');
    await delay(1_000);
    same(t.attempts.length, 2, 'attempts to connect');
  }),
  clientRow('log-in/where no token can be had for a while, it tries again later', STREAM_JOB, async (t) => {
    const { peer } = await t.following();
    peer.send(message(1));
    await t.toldAll(1);
    t.refuseTokens(2);
    peer.cut();
    const again = await t.live();
    holds(t.tokensRefused, 'a fresh token is taken for each connect');
    same((await again.next('js_sub')).data?.['last_seq'], 1, 'last_seq');
  }),
  clientRow('frames/come alone or several in one', STREAM_JOB, async (t) => {
    const peer = await t.connection();
    const { by } = await t.token(peer);
    t.greet(peer, by);
    t.rights(peer);
    const asked = await peer.next('js_sub');
    peer.send([answer(asked, { status: 'subscribed', epoch: 'e1', from_seq: 1, head_seq: 3 }), ...messages(1, 3), note('in_sync', { seq: 3, prev: 3 })]);
    peer.send(message(4));
    peer.send(messages(5, 9));
    await t.toldAll(9);
    same(t.told, range(1, 9), 'what was told');
  }),
  clientRow('frames/what it does not know is passed over', STREAM_JOB, async (t) => {
    const { peer } = await t.following();
    peer.send({ ...message(1), data: { ...message(1).data as object, mood: 'good' }, colour: 'blue' } as never);
    peer.send({ op: 'weather', target: TARGET, data: { seq: 7, prev: 9 } } as never);
    peer.send(note('weather', { degrees: 3 }));
    peer.send({ op: 'msg', target: 'js:OTHERS', data: { filter: '>', seq: 2, prev: 1, subject: 'evt.acme.x', time: new Date().toISOString(), payload: {} } });
    // Nor does it lose its position by it.
    peer.each([message(1), message(2)]);
    await t.toldAll(2);
    peer.cut();
    const again = await t.live();
    same((await again.next('js_sub')).data?.['last_seq'], 2, 'last_seq');
    same([t.told, peer.of('js_sub').length], [[1, 2], 1], 'what was told, and subscriptions');
  }),
];
