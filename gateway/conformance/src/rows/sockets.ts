/** The terminal's own socket, and what older clients speak. */
import { TTY_CREDIT, TTY_KIND, TTY_SUB_PROTOCOL, ttyControl, ttyJson } from '@xanthus/proto';
import { delay, holds, includes, isError, isNote, same } from '../check.js';
import type { Terminal } from '../driver.js';
import { NotOffered, row, type Row } from '../row.js';
import type { Socket } from '../socket.js';
import type { Trial } from '../trial.js';

const NEEDS = ['identities', 'terminals'] as const;
const PATH = '/ws/terminal/s1';

/** @throws NotOffered if the upgrade is refused as an address that does not exist */
const open = async (t: Trial, path: string, protocols: readonly string[]): Promise<Socket> => {
  const socket = t.raw({ path, protocols, older: true, headers: { authorization: `Bearer ${await t.token()}` } });
  try {
    return await socket.open();
  } catch (error) {
    const status = socket.refused?.status;
    if (status === undefined || [400, 404, 426, 501].includes(status)) throw new NotOffered(`${path} with ${protocols.join() || 'no sub-protocol'}: ${status === undefined ? 'no answer to the upgrade' : `HTTP ${status}`}`);
    throw error;
  }
};
const serve = async (t: Trial): Promise<Terminal> => {
  const terminal = await t.part('terminals').open(t.tenant, 's1');
  t.after(() => terminal.stop());
  return terminal;
};
const watch = (t: Trial, path = PATH): Promise<Socket> => open(t, path, [TTY_SUB_PROTOCOL]);
const isControl = (op: string) => (bytes: Buffer): boolean => bytes[0] === TTY_KIND.CONTROL && ttyJson(bytes)?.op === op;
const control = async (socket: Socket, op: string): Promise<Record<string, unknown>> => ttyJson(await socket.bytes(isControl(op), op)) ?? {};

/** The bytes told, from an offset on; a frame that does not begin where the one before ended breaks it. */
const output = (socket: Socket, from = 0): string => {
  let offset = from;
  const pieces = socket.binary.filter(b => b[0] === TTY_KIND.OUTPUT).map((b) => {
    same(Number(b.readBigUInt64BE(1)), offset, 'the offset of output');
    offset += b.length - 9;
    return b.subarray(9);
  });
  return Buffer.concat(pieces).toString('utf8');
};

/** What a session may say, beside its bytes. */
const SAID = [
  { op: 'state', state: 'interrupted', message: 'Lost.' }, { op: 'state', state: 'open', message: '' }, { op: 'viewers', viewers: [{ viewer: 'a', person: 'b', role: 'owner', types: true, driver: true }] }, { op: 'resize', cols: 100, rows: 30 },
  { op: 'title', title: 'vi' }, { op: 'paused', reason: 'no-moderator' }, { op: 'resumed' }, { op: 'warning', reason: 'idle', ends_at: '2026-11-21T20:00:00.000Z' }, { op: 'stay', ends_at: null }, { op: 'recording', recording: false, message: 'Full.' },
  { op: 'exit', code: 0, signal: null, reason: 'exit', message: '', problem: null },
] as const;

export const socketRows: readonly Row[] = [
  row('terminal/xanthus.tty.v1 says hello with its session, and answers a ping', { covers: ['terminal:hello'], needs: NEEDS }, async (t) => {
    await serve(t);
    const socket = await watch(t);
    same(socket.ws.protocol, TTY_SUB_PROTOCOL, 'the chosen sub-protocol');
    const hello = await control(socket, 'hello');
    includes(hello, { session: 's1', offset: 0, cols: 80, rows: 24, viewers: 1, mode: 'owner', types: true, recording: false, state: 'open', title: 'bytes', paused: false }, 'hello');
    same(typeof hello['viewer'], 'string', 'the viewer, by which it finds itself among `viewers`');
    holds(isControl('hello')(socket.binary[0]!), 'hello is the first frame');
    socket.send(Buffer.from(ttyControl({ op: 'ping' })));
    await control(socket, 'pong');
  }),
  row('terminal/output carries the offset of its first byte, input arrives', { covers: ['terminal:output', 'terminal:input'], needs: NEEDS }, async (t) => {
    const terminal = await serve(t);
    const socket = await watch(t);
    await control(socket, 'hello');
    for (const text of ['hello ', 'world']) terminal.write(Buffer.from(text));
    await socket.when(() => output(socket) === 'hello world', 'the bytes');
    for (const text of ['l', 's\n']) socket.send(Buffer.concat([Buffer.from([TTY_KIND.INPUT]), Buffer.from(text)]));
    for (let i = 0; i < 100 && terminal.typed() !== 'ls\n'; i++) await delay(20);
    same(terminal.typed(), 'ls\n', 'what was typed');
  }),
  row('terminal/?offset= goes on where the viewer was', { covers: ['terminal:offset'], needs: NEEDS }, async (t) => {
    const terminal = await serve(t);
    const first = await watch(t);
    await control(first, 'hello');
    terminal.write(Buffer.from('0123456789'));
    await first.when(() => output(first) === '0123456789', 'the bytes');
    const second = await watch(t, `${PATH}?offset=4`);
    await second.when(() => output(second, 4) === '456789', 'the bytes after 4');
    terminal.write(Buffer.from('live'));
    await second.when(() => output(second, 4) === '456789live', 'the bytes that come later');
  }),
  row('terminal/bytes that are gone are a marker and a snapshot', { covers: ['terminal:marker', 'terminal:snapshot'], needs: NEEDS }, async (t) => {
    const terminal = await serve(t);
    const first = await watch(t);
    await control(first, 'hello');
    terminal.write(Buffer.from('0123456789'));
    await first.when(() => output(first) === '0123456789', 'the bytes');
    terminal.trim();
    const second = await watch(t, `${PATH}?offset=4`);
    includes(await control(second, 'marker'), { skipped_from: 4, skipped_to: 10 }, 'the marker');
    const screen = await second.bytes(b => b[0] === TTY_KIND.SNAPSHOT, 'a snapshot');
    same([Number(screen.readBigUInt64BE(1)), screen.subarray(9).toString()], [10, 'screen at 10'], 'the snapshot');
    terminal.write(Buffer.from('live'));
    await second.when(() => output(second, 10) === 'live', 'the bytes that come later');
  }),
  row('terminal/what the session says reaches everyone who looks, between the bytes where it was said', { covers: SAID.map(said => `terminal:${said.op}`), needs: NEEDS }, async (t) => {
    const terminal = await serve(t);
    const sockets = [await watch(t), await watch(t)];
    for (const socket of sockets) await control(socket, 'hello');
    for (const said of SAID) {
      terminal.write(Buffer.from('.'));
      terminal.say(said);
    }
    for (const socket of sockets) {
      await control(socket, 'exit');
      await socket.when(() => output(socket).length === SAID.length, 'the bytes');
      const told = socket.binary.filter(b => b[0] === TTY_KIND.CONTROL).map(b => ttyJson(b)).filter(c => SAID.some(said => said.op === c?.op));
      same(told, SAID, 'what was said');
    }
  }),
  row('terminal/whom the session lets in no more is told why, closed with 4503, and nobody else', { covers: ['terminal:out', 'close:REVOKED'], needs: NEEDS }, async (t) => {
    const terminal = await serve(t);
    const [out, other] = [await watch(t), await watch(t)];
    const { viewer } = await control(out, 'hello');
    await control(other, 'hello');
    terminal.say({ op: 'out', viewer, code: 'SESSION.NOT_INVITED', message: 'You are not in this session.' });
    includes(await control(out, 'error'), { code: 'SESSION.NOT_INVITED', message: 'You are not in this session.' }, 'the error');
    same((await out.end()).code, 4503, 'the close code');
    terminal.write(Buffer.from('still here'));
    await other.when(() => output(other) === 'still here', 'the bytes for the other one');
    holds(!other.binary.some(isControl('out')), 'nobody else sees it');
  }),
  row('terminal/no more than the credit is sent before more is granted', { covers: ['terminal:credit'], needs: NEEDS }, async (t) => {
    const terminal = await serve(t);
    const socket = await watch(t);
    await control(socket, 'hello');
    const all = 'x'.repeat(TTY_CREDIT + 200_000);
    terminal.write(Buffer.from(all));
    await socket.when(() => output(socket).length >= TTY_CREDIT, 'as much as the credit', 8_000);
    await delay(200);
    same(output(socket).length, TTY_CREDIT, 'bytes within the credit');
    socket.send(Buffer.from(ttyControl({ op: 'credit', bytes: 300_000 })));
    await socket.when(() => output(socket).length === all.length, 'the rest', 8_000);
  }),
  row('terminal/who may watch only cannot type; who may do nothing is refused', { covers: ['terminal:denied'], needs: NEEDS }, async (t) => {
    const terminal = await serve(t);
    await watch(t);
    const as = async (subjects: readonly string[]): Promise<Socket> => t.raw({ path: PATH, protocols: [TTY_SUB_PROTOCOL], older: true, headers: { authorization: `Bearer ${await (await t.person({ subjects })).token()}` } });
    const viewer = await (await as([`tty.${t.tenant}.s1.out`])).open();
    await control(viewer, 'hello');
    viewer.send(Buffer.concat([Buffer.from([TTY_KIND.INPUT]), Buffer.from('rm')]));
    await control(viewer, 'error');
    same(terminal.typed(), '', 'what a viewer typed');
    const nobody = await as([]);
    await nobody.end();
    holds(nobody.refused?.status === 403 || (nobody.closed?.code ?? 0) >= 4_500, `answered with ${nobody.refused?.status ?? nobody.closed?.code}`);
  }),
  row('terminal/nobody serves it: an error, and 4010 to come back', { covers: ['terminal:unavailable'], needs: NEEDS }, async (t) => {
    const socket = await watch(t);
    includes(await control(socket, 'error'), { code: 'NO_RESPONDERS' }, 'the error');
    same((await socket.end()).code, 4010, 'the close code');
  }),
  row('older/terminal frames of the older form are spoken without the sub-protocol', { covers: ['older:terminal'], needs: NEEDS }, async (t) => {
    const terminal = await serve(t);
    const socket = await open(t, PATH, []);
    terminal.write(Buffer.from('hello'));
    await socket.until(f => (f as unknown as { type?: string }).type === 'terminal_output', 'terminal_output');
    socket.send({ type: 'ping' });
    await socket.until(f => (f as unknown as { type?: string }).type === 'pong', 'pong');
    socket.send({ type: 'terminal_input', data: 'grüße\n' });
    for (let i = 0; i < 100 && terminal.typed() === ''; i++) await delay(20);
    same(terminal.typed(), 'grüße\n', 'what was typed');
    socket.send({ type: 'nonsense' });
    await socket.until(f => (f as unknown as { type?: string }).type === 'error', 'error');
  }),
  row('older//ws/status tells the servers of the tenant', { covers: ['older:status'], needs: ['identities', 'buckets'] }, async (t) => {
    const { bucket } = t.part('buckets');
    const socket = await open(t, '/ws/status', []);
    await socket.until(isNote(`kv:${bucket}`, 'in_sync'), 'in_sync', 12_000);
    await t.part('buckets').put(`${t.tenant}.servers.s1`, { status: 'connected' });
    await socket.until(f => f.data.key === `${t.tenant}.servers.s1`, 'a server that changed');
  }),
  row('older/{type: subscribe, topic} is a sub', { covers: ['older:subscribe'], needs: ['identities', 'signals'] }, async (t) => {
    const socket = await t.live(undefined, { older: true });
    const topic = `sig.${t.tenant}.a`;
    socket.send({ type: 'subscribe', topic });
    const answer = await socket.until(f => isError('BAD_FRAME')(f) || f.data.status === 'live', 'an answer to {type: "subscribe"}');
    if (answer.op === 'error') throw new NotOffered(`{type: "subscribe"}: ${String(answer.data['message'])}`);
    t.part('signals').publish(topic, { marker: 'older' });
    await socket.until(f => JSON.stringify(f).includes('older'), 'the message');
    socket.send({ type: 'unsubscribe', topic });
    await socket.quiet();
  }),
];
