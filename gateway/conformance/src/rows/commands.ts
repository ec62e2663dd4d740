/** `cmd`: a request to a service, in the name of whoever is logged in. */
import { HEADERS } from '@xanthus/proto';
import { delay, holds, includes, refusedWith, same } from '../check.js';
import type { Asked } from '../driver.js';
import { row, type Row } from '../row.js';
import type { Trial } from '../trial.js';

const NEEDS = ['identities', 'services'] as const;
const at = (t: Trial, verb: string, id = 's1'): string => `cmd.${t.tenant}.conformance.thing.${id}.${verb}`;
const claimsOf = (token: string | undefined): Record<string, unknown> => JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString('utf8') || '{}') as Record<string, unknown>;
const refusal = (code: string, more: object = {}) => ({ body: { error: { code, message: 'because', retryable: false, ...more } }, headers: { [HEADERS.ERROR]: code } });

export const commandRows: readonly Row[] = [
  row('cmd/the payload reaches the service as it is, the answer comes back as it is', { covers: ['op:cmd', 'out:reply'], needs: NEEDS }, async (t) => {
    const seen: Asked[] = [];
    await t.service(at(t, '*', '*'), (asked) => {
      seen.push(asked);
      return { body: { id: 's1', seq: 7, deep: [null, 'ä', { x: 1.5 }] } };
    });
    const socket = await t.live();
    const data = { name: 'ä', list: [1, [2]], nothing: null };
    const answer = await socket.ask({ op: 'cmd', target: at(t, 'rename'), data });
    same({ op: answer.op, target: answer.target, data: answer.data }, { op: 'reply', target: at(t, 'rename'), data: { id: 's1', seq: 7, deep: [null, 'ä', { x: 1.5 }] } }, 'the answer');
    same({ subject: seen[0]?.subject, data: seen[0]?.data }, { subject: at(t, 'rename'), data }, 'what the service was asked');
  }),
  row('cmd/qry targets are asked the same way', { covers: ['op:cmd'], needs: NEEDS }, async (t) => {
    const target = `qry.${t.tenant}.conformance.view.things.all`;
    await t.service(target, () => ({ body: [1, 2] }));
    same((await (await t.live()).ask({ op: 'cmd', target, data: {} })).data, [1, 2], 'the answer');
  }),
  row('cmd/the service is told who asks, for itself only and briefly', { covers: ['op:cmd'], needs: NEEDS }, async (t) => {
    let seen: Asked | undefined;
    await t.service(at(t, 'who'), (asked) => {
      seen = asked;
      return { body: {} };
    });
    const person = await t.me();
    await (await t.live(person)).ask({ op: 'cmd', target: at(t, 'who'), data: {}, idempotency_key: 'once' });
    const claims = claimsOf(seen?.header(HEADERS.IDENTITY));
    includes(claims, { iss: 'service:gateway', sub: person.id, tenant: person.tenant, sid: person.session, kind: 'person', aud: 'conformance' }, 'the identity');
    const life = Number(claims['exp']) - Date.now() / 1_000;
    holds(life > 0 && life <= 61, `an identity lives at most 60 s, this one ${life}`);
    same(seen?.header(HEADERS.IDEMPOTENCY), 'once', 'the idempotency key');
    holds((seen?.header(HEADERS.CORRELATION) ?? '').length > 0, 'no correlation id');
  }),
  row('cmd/a frame cannot set the identity', { covers: ['op:cmd'], needs: NEEDS }, async (t) => {
    let seen: Asked | undefined;
    await t.service(at(t, 'who'), (asked) => {
      seen = asked;
      return { body: {} };
    });
    const person = await t.me();
    const forged = { [HEADERS.IDENTITY]: 'forged', tenant: 'other', sub: 'other', identity: { sub: 'other' } };
    await (await t.live(person)).ask({ op: 'cmd', target: at(t, 'who'), data: { ...forged }, headers: forged, ...forged });
    same(claimsOf(seen?.header(HEADERS.IDENTITY))['sub'], person.id, 'who asks');
  }),
  row('cmd/nobody there is NO_RESPONDERS, at once', { covers: ['error:NO_RESPONDERS'], needs: ['identities'] }, async (t) => {
    const begun = performance.now();
    refusedWith(await (await t.live()).ask({ op: 'cmd', target: at(t, 'nobody'), data: {} }), 'NO_RESPONDERS', 'a command to nobody');
    holds(performance.now() - begun < 2_000, `it took ${Math.round(performance.now() - begun)} ms`);
  }),
  row('cmd/no answer within the deadline is TIMEOUT', { covers: ['error:TIMEOUT'], needs: NEEDS, lane: 'waiting' }, async (t) => {
    await t.service(at(t, 'sleep'), () => undefined);
    const socket = await t.live();
    const begun = performance.now();
    const asking = socket.ask({ op: 'cmd', target: at(t, 'sleep'), data: {} }, 20_000);
    same((await socket.ask({ op: 'ping' })).op, 'pong', 'a ping while a command is under way');
    refusedWith(await asking, 'TIMEOUT', 'a command that nobody answers');
    const took = performance.now() - begun;
    holds(took > 4_500 && took < 15_000, `the default deadline is 5 s, this took ${Math.round(took)} ms`);
  }),
  row('cmd/a refusal of the service passes unchanged', { covers: ['op:cmd', 'error:INVALID'], needs: NEEDS }, async (t) => {
    await t.service(at(t, 'refuse'), () => refusal('SERVER.NOT_RUNNING', { details: { status: 'stopped' }, retryable: true }));
    await t.service(at(t, 'invalid'), () => refusal('INVALID', { details: [{ path: 'name' }] }));
    const socket = await t.live();
    const answer = await socket.ask({ op: 'cmd', target: at(t, 'refuse'), data: {} });
    same({ op: answer.op, data: answer.data }, { op: 'error', data: { code: 'SERVER.NOT_RUNNING', message: 'because', retryable: true, details: { status: 'stopped' } } }, 'the refusal');
    includes((await socket.ask({ op: 'cmd', target: at(t, 'invalid'), data: {} })).data, { code: 'INVALID', details: [{ path: 'name' }] }, 'INVALID');
  }),
  row('cmd/a refusal that cannot be read is INTERNAL', { covers: ['error:INTERNAL'], needs: NEEDS }, async (t) => {
    const bodies = ['{}', '{"error":7}', 'no json', ''];
    await t.service(at(t, 'broken', '*'), asked => ({ body: bodies[Number(asked.subject.split('.')[4])] ?? '', headers: { [HEADERS.ERROR]: 'X' } }));
    const socket = await t.live();
    for (const i of bodies.keys()) refusedWith(await socket.ask({ op: 'cmd', target: at(t, 'broken', String(i)), data: {} }), 'INTERNAL', `a refusal ${bodies[i]}`);
  }),
  row('cmd/answers that overtake each other reach who asked', { covers: ['op:cmd', 'out:reply'], needs: NEEDS }, async (t) => {
    await t.service(at(t, 'slow', '*'), async (asked) => {
      const { n } = asked.data as { n: number };
      await delay((20 - n) * 10);
      return { body: { n } };
    });
    const [a, b] = await Promise.all([t.live(), t.live()]);
    const ns = Array.from({ length: 20 }, (_, n) => n);
    const answers = await Promise.all(ns.map(n => (n % 2 === 0 ? a : b).ask({ op: 'cmd', target: at(t, 'slow', `s${n}`), data: { n } })));
    same(answers.map(f => [(f.data as { n?: number }).n, f.target]), ns.map(n => [n, at(t, 'slow', `s${n}`)]), 'the answers');
  }),
  row('cmd/without the right it is DENIED and no service hears of it', { covers: ['op:cmd', 'error:DENIED'], needs: NEEDS }, async (t) => {
    let heard = 0;
    await t.service(at(t, '*', '*'), () => ({ body: { n: ++heard } }));
    const socket = await t.live(await t.person({ commands: [at(t, 'allowed')] }));
    for (const target of [at(t, 'other'), at(t, 'allowed', 's2'), 'cmd.globex.conformance.thing.s1.allowed', `qry.${t.tenant}.conformance.view.things.all`]) refusedWith(await socket.ask({ op: 'cmd', target, data: {} }), 'DENIED', target);
    same((await socket.ask({ op: 'cmd', target: at(t, 'allowed'), data: {} })).data, { n: 1 }, 'what is allowed');
  }),
];
