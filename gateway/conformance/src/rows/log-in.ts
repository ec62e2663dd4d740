/** The upgrade, and who is at the other end. */
import { CLOSE_CODES, SUB_PROTOCOL } from '@xanthus/proto';
import { holds, includes, isData, isError, refusedWith, same } from '../check.js';
import { row, type Row } from '../row.js';
import type { Socket, SocketOptions } from '../socket.js';

const refusedUpgrade = (name: string, options: SocketOptions, status: readonly number[]): Row =>
  row(`upgrade/${name}`, { covers: [`upgrade:${status.join('/')}`], needs: [] }, async (t) => {
    const socket = t.raw(options);
    await socket.end(10_000);
    holds(socket.refused !== undefined, `the upgrade was not refused, or without an answer; closed with ${socket.closed?.code}`);
    holds(status.includes(socket.refused.status), `refused with ${socket.refused.status} instead of ${status.join(' or ')}`);
  });

/** The reason in an error frame, then this close code. */
export const endsWith = async (socket: Socket, error: string, close: keyof typeof CLOSE_CODES, timeout = 5_000): Promise<void> => {
  const { code } = await socket.end(timeout);
  same(code, CLOSE_CODES[close], `the close code after ${error}`);
  const last = socket.frames.findLast(f => f.op === 'error');
  holds(last !== undefined, `closed with ${code} and no error frame that says why`);
  same(last.data.code, error, 'the error before the close');
  same(socket.frames.at(-1)?.op, 'error', 'the last frame before the close');
};

export const logInRows: readonly Row[] = [
  row('upgrade/the sub-protocol is chosen, and none is version 1', { covers: ['upgrade:101'], needs: [] }, async (t) => {
    same((await t.open()).ws.protocol, SUB_PROTOCOL, 'the chosen sub-protocol');
    same((await t.open({ protocols: ['another', SUB_PROTOCOL] })).ws.protocol, SUB_PROTOCOL, 'the chosen of two');
    const plain = await t.live(undefined, { protocols: [] });
    same(plain.ws.protocol, '', 'the sub-protocol of a plain tool');
  }),
  row('upgrade/frames are not compressed', { covers: ['upgrade:101'], needs: [] }, async (t) => {
    same((await t.open({ compress: true })).ws.extensions, '', 'the extensions that the server accepts');
  }),
  refusedUpgrade('an unknown list of sub-protocols is refused', { protocols: ['xanthus.v999.json', 'mqtt'] }, [400, 426]),
  refusedUpgrade('a foreign Origin is refused', { headers: { origin: 'https://evil.example' } }, [403]),
  refusedUpgrade('a cookie without an Origin is refused', { headers: { cookie: 'xanthus_session=x' } }, [403]),
  refusedUpgrade('a bearer token that does not fit is refused', { headers: { authorization: 'Bearer not.a.token' } }, [401]),
  row('upgrade/a bearer token logs in', { covers: ['out:hello'], needs: [] }, async (t) => {
    const socket = await t.open({ headers: { authorization: `Bearer ${await t.token()}` } });
    await socket.until(f => f.op === 'cap_update', 'hello and cap_update without the op auth');
    same(socket.frames.slice(0, 2).map(f => f.op), ['hello', 'cap_update'], 'the first frames');
  }),

  row('log-in/hello comes first and is complete, then cap_update', { covers: ['op:auth', 'out:hello', 'out:cap_update', 'out:reply'], needs: [] }, async (t) => {
    const socket = await t.live();
    await socket.until(f => f.inbox === 'log-in', 'the reply to auth');
    same(socket.frames.slice(0, 2).map(f => f.op), ['hello', 'cap_update'], 'the first frames');
    const hello = socket.frames[0]?.data as Record<string, Record<string, unknown>>;
    same(hello['v'], 1, 'the version');
    holds(typeof hello['connection'] === 'string' && typeof hello['user']?.['id'] === 'string' && typeof hello['tenant']?.['id'] === 'string', `hello names connection, user and tenant: ${JSON.stringify(hello)}`);
    for (const limit of ['subscriptions', 'frames_per_second', 'burst', 'frame_bytes', 'json_depth', 'queue_bytes', 'queue_frames']) holds(Number(hello['limits']?.[limit]) >= 1, `hello tells the limit ${limit}`);
    holds(Number(hello['ping_interval_ms']) >= 1 && Date.parse(String(hello['expires_at'])) > Date.now(), 'hello tells ping_interval_ms and expires_at');
    const rights = socket.frames[1]?.data as Record<string, unknown>;
    holds(Array.isArray(rights['subjects']) && Array.isArray(rights['commands']) && typeof rights['buckets'] === 'object' && typeof rights['streams'] === 'object', 'cap_update carries the full document');
  }),
  row('log-in/hello names who it is', { covers: ['out:hello'], needs: ['identities'] }, async (t) => {
    const person = await t.me();
    const { data } = (await t.live(person)).frames[0]!;
    same((data['user'] as { id: string }).id, person.id, 'the user of hello');
    same((data['tenant'] as { id: string }).id, person.tenant, 'the tenant of hello');
  }),
  row('log-in/cap_update carries its revision', { covers: ['out:cap_update'], needs: ['identities'] }, async (t) => {
    const person = await t.person();
    const socket = await t.live(person);
    // The last of those before: who is new may be told of no rights first.
    const told = socket.frames.filter(f => f.op === 'cap_update');
    const first = Number(told.at(-1)?.data.revision);
    holds(first > 0, 'cap_update has no revision');
    await person.grant({});
    const next = (await socket.collect(told.length + 1, f => f.op === 'cap_update', 'cap_update'))[told.length]!;
    holds(Number(next.data.revision) > first, `the revision goes from ${first} to ${String(next.data.revision)}`);
  }),
  row('log-in/before it everything but auth is AUTH_REQUIRED', { covers: ['error:AUTH_REQUIRED'], needs: [] }, async (t) => {
    const socket = await t.open();
    for (const frame of [{ op: 'ping' }, { op: 'sub', target: 'sig.a.b' }, { op: 'kv_sub', target: 'vps' }, { op: 'js_sub', target: 'VPS' }, { op: 'cmd', target: 'cmd.a.b.c.d.e' }, { op: 'unsub', target: 'sig.a.b' }]) {
      refusedWith(await socket.ask(frame), 'AUTH_REQUIRED', frame.op);
    }
    same(socket.closed, undefined, 'the connection after it');
    socket.send({ op: 'auth', data: { token: await t.token() } });
    await socket.until(f => f.op === 'hello', 'hello after all');
  }),
  row('log-in/no token in time is AUTH_REQUIRED and 4501', { covers: ['error:AUTH_REQUIRED', 'close:AUTH_REQUIRED'], needs: [], lane: 'waiting' }, async (t) => {
    const opened = performance.now();
    const socket = await t.open();
    await endsWith(socket, 'AUTH_REQUIRED', 'AUTH_REQUIRED', 12_500);
    holds(performance.now() - opened > 500, 'a client gets some time to authenticate');
  }),
  row('log-in/a token that is none is AUTH_REQUIRED and 4501', { covers: ['error:AUTH_REQUIRED', 'close:AUTH_REQUIRED'], needs: [] }, async (t) => {
    const socket = await t.open();
    refusedWith(await socket.ask({ op: 'auth', data: { token: 'not.a.token' } }), 'AUTH_REQUIRED', 'a token that is none');
    await endsWith(socket, 'AUTH_REQUIRED', 'AUTH_REQUIRED');
  }),
  row('log-in/a token that somebody else signed is AUTH_REQUIRED and 4501', { covers: ['error:AUTH_REQUIRED', 'close:AUTH_REQUIRED'], needs: ['identities'] }, async (t) => {
    const socket = await t.open();
    socket.send({ op: 'auth', data: { token: await (await t.me()).token({ forged: true }) } });
    await endsWith(socket, 'AUTH_REQUIRED', 'AUTH_REQUIRED');
  }),
  row('log-in/an old token is AUTH_EXPIRED and 4501', { covers: ['error:AUTH_EXPIRED', 'close:AUTH_REQUIRED'], needs: ['identities'] }, async (t) => {
    const socket = await t.open();
    socket.send({ op: 'auth', data: { token: await (await t.me()).token({ life: -60 }) } });
    await endsWith(socket, 'AUTH_EXPIRED', 'AUTH_REQUIRED');
  }),
  row('auth/a token that ends while live is AUTH_EXPIRED and 4501; a fresh one keeps everything', { covers: ['op:auth', 'error:AUTH_EXPIRED', 'close:AUTH_REQUIRED'], needs: ['identities', 'signals'], lane: 'waiting', seconds: 30 }, async (t) => {
    const person = await t.me();
    const [stays, ends] = await Promise.all([t.open(), t.open()]);
    const target = `sig.${t.tenant}.vps.server.s1.metrics`;
    for (const socket of [stays, ends]) {
      await socket.ask({ op: 'auth', data: { token: await person.token({ life: 4 }) } });
      same((await socket.ask({ op: 'sub', target })).data.status, 'live', 'sub');
    }
    const reply = await stays.ask({ op: 'auth', data: { token: await person.token({ life: 300 }) } });
    holds(Date.parse(String(reply.data.expires_at)) > Date.now() + 200_000, `auth tells the new expires_at: ${JSON.stringify(reply.data)}`);
    await endsWith(ends, 'AUTH_EXPIRED', 'AUTH_REQUIRED', 15_000);
    t.part('signals').publish(target, { after: true });
    await stays.until(isData(target), 'a signal after the refresh');
    same(stays.closed, undefined, 'the refreshed connection');
    same(stays.frames.filter(f => f.op === 'hello').length, 1, 'hello after a refresh');
  }),
  row('auth/auth_expiring comes a minute before the token ends', { covers: ['out:auth_expiring'], needs: ['identities'], lane: 'patient', seconds: 30 }, async (t) => {
    const socket = await t.open();
    const begun = performance.now();
    const { data } = await socket.ask({ op: 'auth', data: { token: await (await t.me()).token({ life: 66 }) } });
    const frame = await socket.until(f => f.op === 'auth_expiring', 'auth_expiring', 12_000);
    same(frame.data.expires_at, data.expires_at, 'expires_at');
    holds(frame.at - begun > 3_000, 'auth_expiring comes too early');
  }),
  row('auth/is answered without an inbox too', { covers: ['op:auth', 'out:reply'], needs: [] }, async (t) => {
    const socket = await t.live();
    const before = socket.frames.length;
    socket.send({ op: 'auth', data: { token: await t.token() } });
    await socket.until(f => socket.frames.indexOf(f) >= before && f.op === 'reply', 'reply {expires_at} to an auth without inbox', 2_000);
  }),
  row('auth/a token of somebody else is refused', { covers: ['op:auth', 'error:DENIED'], needs: ['identities'] }, async (t) => {
    const socket = await t.live(await t.me());
    const answer = await socket.ask({ op: 'auth', data: { token: await (await t.person()).token() } });
    same(answer.op, 'error', 'auth with the token of another person');
    holds(socket.closed !== undefined || (await socket.ask({ op: 'ping' })).op === 'pong', 'the connection ends or goes on as who it was');
  }),
  row('log-in/a session that ends is REVOKED and 4503, and logs in no more', { covers: ['error:REVOKED', 'close:REVOKED'], needs: ['identities'] }, async (t) => {
    const person = await t.person();
    const other = await t.live(await t.me());
    const socket = await t.live(person);
    await person.endSession();
    await endsWith(socket, 'REVOKED', 'REVOKED');
    same((await other.ask({ op: 'ping' })).op, 'pong', 'the session of somebody else');
    const again = await t.open();
    again.send({ op: 'auth', data: { token: await person.token() } });
    const { code } = await again.end();
    holds(code === CLOSE_CODES.AUTH_REQUIRED || code === CLOSE_CODES.REVOKED, `an ended session logs in: ${code}`);
    includes(await again.until(f => f.op === 'error', 'why'), { op: 'error' }, 'an ended session');
    holds(!again.frames.some(isError('INTERNAL')), 'an ended session is no fault of the server');
  }),
];
