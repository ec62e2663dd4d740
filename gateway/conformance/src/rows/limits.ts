/** Limits that `hello` tells, each with its code. */
import { holds, refusedWith, same } from '../check.js';
import { NotOffered, row, type Row } from '../row.js';
import type { Frame, Socket } from '../socket.js';
import { endsWith } from './log-in.js';

const limitsOf = (socket: Socket): Record<string, number> => (socket.frames.find(f => f.op === 'hello')?.data['limits'] ?? {}) as Record<string, number>;
const limit = (socket: Socket, name: string): number => {
  const value = limitsOf(socket)[name];
  if (value === undefined) throw new NotOffered(`hello tells no limit ${name}`);
  return value;
};

export const limitRows: readonly Row[] = [
  row('limits/a frame over frame_bytes is TOO_LARGE, one of that size is not', { covers: ['error:TOO_LARGE', 'limit:frame_bytes'], needs: [] }, async (t) => {
    const socket = await t.live();
    const max = limit(socket, 'frame_bytes');
    const fits = JSON.stringify({ op: 'ping', inbox: 'fits', data: '' });
    socket.send(JSON.stringify({ op: 'ping', inbox: 'fits', data: 'x'.repeat(max - fits.length) }));
    same((await socket.until(f => f.inbox === 'fits' || f.op === 'error', 'the answer')).op, 'pong', `a frame of ${max} bytes`);
    socket.send(JSON.stringify({ op: 'ping', data: 'x'.repeat(max) }));
    refusedWith(await socket.until(f => f.op === 'error', 'an error'), 'TOO_LARGE', 'a frame over the limit');
    await socket.quiet();
  }),
  row('limits/JSON deeper than json_depth is TOO_LARGE, one of that depth is not', { covers: ['error:TOO_LARGE', 'limit:json_depth'], needs: [] }, async (t) => {
    const socket = await t.live();
    const max = limit(socket, 'json_depth');
    const nested = (n: number): string => `{"op":"ping","inbox":"deep","data":${'['.repeat(n)}${']'.repeat(n)}}`;
    socket.send(nested(max - 1));
    same((await socket.until(f => f.inbox === 'deep' || f.op === 'error', 'the answer')).op, 'pong', `a depth of ${max}`);
    socket.send(nested(max));
    refusedWith(await socket.until(f => f.op === 'error', 'an error'), 'TOO_LARGE', `a depth of ${max + 1}`);
    socket.send(`{"op":"ping","data":"${'['.repeat(100)}","inbox":"quoted"}`);
    same((await socket.until(f => f.inbox === 'quoted', 'the answer')).op, 'pong', 'brackets in a string');
  }),
  row('limits/more than frames_per_second and burst is RATE_LIMITED', { covers: ['error:RATE_LIMITED', 'limit:frames_per_second', 'limit:burst'], needs: [] }, async (t) => {
    const within = await t.live();
    const burst = limit(within, 'burst');
    for (let i = 0; i < burst - 10; i++) within.send({ op: 'ping', inbox: `b${i}` });
    await within.collect(burst - 10, f => f.op === 'pong', 'pong within the burst');
    holds(!within.frames.some(f => f.op === 'error'), 'an error within the burst');
    within.close();
    const isError = (f: Frame): boolean => f.op === 'error';
    // A gateway that takes its time over them gives a right to more meanwhile: then once more.
    for (let round = 1; ; round++) {
      const socket = await t.live();
      for (let i = 0; i < burst + 60; i++) socket.send({ op: 'ping', inbox: `over${i}` });
      await socket.until(f => isError(f) || f.inbox === `over${burst + 59}`, 'an error, or an answer to the last');
      if (!socket.frames.some(isError) && round < 10) continue;
      refusedWith(await socket.until(isError, 'an error'), 'RATE_LIMITED', 'over the burst');
      await new Promise(resolve => setTimeout(resolve, 1_000));
      same((await socket.ask({ op: 'ping' })).op, 'pong', 'a second later');
      return;
    }
  }),
  row('limits/too many errors are 4509', { covers: ['close:TOO_MANY_ERRORS'], needs: [] }, async (t) => {
    const socket = await t.live();
    for (let i = 0; i < 1_500 && socket.closed === undefined; i++) {
      socket.send('{');
      if (i % 50 === 49) await new Promise(resolve => setTimeout(resolve, 20));
    }
    await endsWith(socket, 'RATE_LIMITED', 'TOO_MANY_ERRORS');
  }),
  row('limits/one subscription more than allowed is TOO_MANY_SUBSCRIPTIONS', { covers: ['error:TOO_MANY_SUBSCRIPTIONS', 'limit:subscriptions'], needs: ['identities'], lane: 'waiting', seconds: 30 }, async (t) => {
    const socket = await t.live();
    const max = limit(socket, 'subscriptions');
    const pace = 1_100 / limit(socket, 'frames_per_second');
    const burst = limit(socket, 'burst') - 20;
    const ask = (n: number) => socket.ask({ op: 'sub', target: `sig.${t.tenant}.s${n}` });
    for (let n = 0; n < max; n++) {
      if (n > burst) await new Promise(resolve => setTimeout(resolve, pace));
      same((await ask(n)).data.status, 'live', `subscription ${n + 1}`);
    }
    await new Promise(resolve => setTimeout(resolve, pace * 10));
    refusedWith(await ask(max), 'TOO_MANY_SUBSCRIPTIONS', `subscription ${max + 1}`);
    same((await socket.ask({ op: 'unsub', target: `sig.${t.tenant}.s0` })).data.status, 'ended', 'unsub');
    same((await ask(max)).data.status, 'live', 'in the place of the one that ended');
  }),
  row('limits/one connection more than a person may have is RATE_LIMITED, at the upgrade or with 4010', { covers: ['error:RATE_LIMITED', 'close:UNAVAILABLE', 'limit:connections_per_user'], needs: ['identities'], seconds: 30 }, async (t) => {
    const person = await t.person();
    const max = limit(await t.live(person), 'connections_per_user');
    for (let n = 1; n < max; n++) await t.live(person);
    const over = t.raw({ headers: { authorization: `Bearer ${await person.token()}` } });
    await over.end();
    if (over.refused === undefined) return endsWith(over, 'RATE_LIMITED', 'UNAVAILABLE');
    same(over.refused.status, 429, 'the upgrade');
    holds(Number(over.refused.retryAfter) >= 0, 'Retry-After');
  }),
  row('limits/one subscription more than a person may have is TOO_MANY_SUBSCRIPTIONS', { covers: ['error:TOO_MANY_SUBSCRIPTIONS', 'limit:subscriptions_per_user'], needs: ['identities'], lane: 'waiting', seconds: 30 }, async (t) => {
    const person = await t.person();
    const first = await t.live(person);
    const [max, each] = [limit(first, 'subscriptions_per_user'), Math.min(limit(first, 'subscriptions'), limit(first, 'burst') - 20)];
    const ask = async (socket: Socket, from: number, n: number) => Promise.all(Array.from({ length: n }, (_, i) => socket.ask({ op: 'sub', target: `sig.${t.tenant}.s${from + i}` })));
    for (let had = 0; had < max; had += each) {
      const answers = await ask(await t.live(person), had, Math.min(each, max - had));
      holds(answers.every(f => f.data.status === 'live'), `a subscription within the limit is refused: ${JSON.stringify(answers.find(f => f.op === 'error')?.data)}`);
    }
    refusedWith((await ask(first, max, 1))[0]!, 'TOO_MANY_SUBSCRIPTIONS', `subscription ${max + 1}`);
  }),
  row('limits/more bytes than bytes_in_per_second is RATE_LIMITED', { covers: ['error:RATE_LIMITED', 'limit:bytes_in_per_second'], needs: [] }, async (t) => {
    const socket = await t.live();
    const [rate, size] = [limit(socket, 'bytes_in_per_second'), limit(socket, 'frame_bytes') - 200];
    const data = 'x'.repeat(size);
    // Fewer frames than are too many, but far more bytes than a few seconds allow.
    for (let i = 0; i < Math.min(limit(socket, 'burst') - 10, Math.ceil((24 * rate) / size)); i++) socket.send({ op: 'ping', inbox: `b${i}`, data });
    refusedWith(await socket.until(f => f.op === 'error', 'an error', 10_000), 'RATE_LIMITED', 'too many bytes');
  }),
  row('limits/more commands than a person may send are RATE_LIMITED', { covers: ['error:RATE_LIMITED', 'limit:commands_per_second'], needs: ['identities', 'services'], seconds: 30 }, async (t) => {
    const at = `cmd.${t.tenant}.conformance.thing.s1.go`;
    await t.service(at, () => ({ body: {} }));
    const socket = await t.live();
    const max = limit(socket, 'commands_per_second');
    const sockets = [socket, ...await Promise.all(Array.from({ length: Math.ceil((2 * max) / 150) }, () => t.live()))];
    const answers = await Promise.all(sockets.flatMap(s => Array.from({ length: 150 }, () => s.ask({ op: 'cmd', target: at, data: {} }))));
    holds(answers.some(f => f.data.code === 'RATE_LIMITED'), `none of ${answers.length} commands at once was RATE_LIMITED`);
  }),
];
