/** Heartbeats, an outage of NATS, and how a gateway says good-bye. */
import { CLOSE_CODES } from '@xanthus/proto';
import { delay, holds, isData, isError, of, proven, refusedWith, same } from '../check.js';
import { NotOffered, row, type Row } from '../row.js';
import type { Socket } from '../socket.js';
import { follow, synced, target } from './streams.js';

const pingMs = (socket: Socket): number => Number(socket.frames.find(f => f.op === 'hello')?.data['ping_interval_ms'] ?? 25_000);
/** A dead peer is gone this long after the ping that it did not answer, ms; timers of a busy machine are late. */
const DEAD = 10_000;
const LATE = 2_500;

export const lifeRows: readonly Row[] = [
  row('life/a quiet client is pinged at ping_interval_ms and stays', { covers: ['out:hello'], needs: [], lane: 'patient', seconds: 40 }, async (t) => {
    const socket = await t.live();
    const interval = pingMs(socket);
    await socket.pinged(1, interval + LATE);
    await delay(500);
    same((await socket.ask({ op: 'ping' })).op, 'pong', 'a client that answers pings');
  }),
  row('life/a dead peer is gone 10 s after the ping', { covers: ['out:hello'], needs: [], lane: 'patient', seconds: 40 }, async (t) => {
    const socket = await t.live(undefined, { autoPong: false });
    const begun = performance.now();
    const { at } = await socket.end(pingMs(socket) + DEAD + LATE);
    holds(at - begun >= pingMs(socket), 'a peer is dead only after a ping');
  }),
  row('life/any frame counts as life', { covers: ['op:ping'], needs: [], lane: 'patient', seconds: 40 }, async (t) => {
    const socket = await t.live(undefined, { autoPong: false });
    const until = performance.now() + pingMs(socket) + DEAD + LATE;
    for (; performance.now() < until; await delay(Math.min(2_000, pingMs(socket) / 2))) await socket.quiet();
    same(socket.closed, undefined, 'a client that answers no ping but sends frames');
  }),
  row('life/NATS goes and comes back: told, paused, resumed, nothing lost', { covers: ['error:UNAVAILABLE'], needs: ['identities', 'streams', 'services', 'outage'], lane: 'alone', seconds: 40 }, async (t) => {
    const command = { op: 'cmd', target: `cmd.${t.tenant}.conformance.thing.s1.go`, data: {} };
    await t.service(command.target, () => ({ body: { done: true } }));
    const stream = await t.stream();
    const socket = await t.live();
    await follow(socket, stream, { start_seq: 1 });
    await synced(socket, stream);
    const all = await stream.publishAll(5, i => ['s', { i }]);
    await socket.collect(5, isData(target(stream)), 'a message');
    const back = await t.part('outage').pause();
    await socket.until(isError('UNAVAILABLE'), 'UNAVAILABLE');
    refusedWith(await socket.ask(command), 'UNAVAILABLE', 'a command without NATS');
    same((await socket.ask({ op: 'ping' })).op, 'pong', 'a ping without NATS');
    await back();
    all.push(...await stream.publishAll(10, i => ['s', { i }]));
    await socket.collect(all.length, isData(target(stream)), 'a message', 15_000);
    same(proven(socket.frames.filter(of(target(stream))), 0), all, 'the sequences');
    same(socket.closed, undefined, 'the connection');
    same((await socket.ask(command)).data, { done: true }, 'a command when NATS is back');
  }),
  row('drain/clients are told their slot before they are closed with 4009', { covers: ['out:drain', 'error:DRAINING', 'close:DRAINING'], needs: ['identities', 'gateways'], lane: 'waiting', seconds: 40 }, async (t) => {
    const gateway = await t.part('gateways').start();
    const sockets = await Promise.all(Array.from({ length: 5 }, () => t.live(undefined, {}, gateway.url)));
    const stopped = gateway.stop();
    const ends = await Promise.all(sockets.map(s => s.end(35_000)));
    await stopped;
    if (!sockets.some(s => s.frames.some(f => f.op === 'drain'))) throw new NotOffered(`no drain frame before the close with ${ends[0]?.code}`);
    const slots = sockets.map(s => s.frames.find(f => f.op === 'drain')?.data['reconnect_after_ms']);
    for (const [i, socket] of sockets.entries()) {
      holds(typeof slots[i] === 'number' && slots[i] >= 0, `drain names reconnect_after_ms: ${slots.join(', ')}`);
      same({ code: ends[i]?.code, last: socket.frames.at(-1)?.data.code }, { code: CLOSE_CODES.DRAINING, last: 'DRAINING' }, 'the end');
    }
    holds(new Set(slots).size > 1, `slots are spread: ${slots.join(', ')}`);
  }),
  row('drain/a gateway that stops says why before it closes, with a code to reconnect', { covers: ['close:GOING_AWAY', 'error:DRAINING'], needs: ['identities', 'gateways'], lane: 'waiting', seconds: 40 }, async (t) => {
    const gateway = await t.part('gateways').start();
    const socket = await t.live(undefined, {}, gateway.url);
    const stopped = gateway.stop();
    const { code } = await socket.end(35_000);
    await stopped;
    holds(code === CLOSE_CODES.GOING_AWAY || code === CLOSE_CODES.DRAINING, `closed with ${code}`);
    same(socket.frames.at(-1)?.data.code, 'DRAINING', 'the last frame');
  }),
];
