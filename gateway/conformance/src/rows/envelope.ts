/** What a frame looks like, and that a wrong one is answered, never met with silence. */
import { CLIENT_OPS } from '@xanthus/proto';
import { holds, includes, refusedWith, same } from '../check.js';
import { row, type Row } from '../row.js';
import { isListed } from '../socket.js';
import type { Trial } from '../trial.js';

/** Each is answered with the code, and the connection lives on. */
const answered = (name: string, code: string, texts: readonly string[], more: readonly string[] = []): Row =>
  row(`envelope/${name}`, { covers: [`error:${code}`, 'out:error', ...more], needs: [] }, async (t) => {
    const socket = await t.live();
    for (const text of texts) {
      const before = socket.frames.length;
      socket.send(text);
      await socket.quiet();
      const error = socket.frames.slice(before).find(f => f.op === 'error');
      holds(error !== undefined, `no answer to ${text.slice(0, 80)}`);
      refusedWith(error, code, text.slice(0, 80));
    }
  });

const frame = (op: string, target?: string, data?: unknown): string => JSON.stringify({ op, target, data });

/** RFC 6455 gives these codes to what is wrong below the protocol's frames; an error frame has to come before them all the same. */
const endsWithReason = async (t: Trial, bytes: (limit: number) => Buffer, masked = true): Promise<void> => {
  const socket = await t.live();
  const limit = Number((socket.frames.find(f => f.op === 'hello')?.data['limits'] as { frame_bytes?: number } | undefined)?.frame_bytes ?? 65_536);
  const before = socket.frames.length;
  socket.ws.send(bytes(limit), { binary: false, mask: masked });
  const { code } = await socket.end();
  holds(isListed(code) && code >= 4_500, `closed with ${code}, which is no listed code of 4500–4999`);
  holds(socket.frames.slice(before).some(f => f.op === 'error'), `closed with ${code} and no error frame that says why`);
};

export const envelopeRows: readonly Row[] = [
  answered('what is no JSON is BAD_JSON', 'BAD_JSON', ['{', '', 'hello', '{"op":"ping"', '{"op":"ping"}}']),
  answered('what is no object, or lacks a field, is BAD_FRAME', 'BAD_FRAME', ['[]', '"x"', 'null', '7', '{}', '{"op":7}', ...CLIENT_OPS.filter(op => op !== 'ping').map(op => frame(op)), '{"op":"auth","data":{}}']),
  answered('a field of the wrong form is BAD_FRAME', 'BAD_FRAME', [
    frame('sub', 'sig.a..b'), frame('sub', 'sig.a.>.b'), frame('sub', 'sig.a b'), frame('sub', 'sig.a*'), frame('sub', 'sig.x', { policy: 'whatever' }), frame('js_sub', 'S', { filter: 'evt.>.x' }), frame('js_sub', 'S', { start_seq: -1 }),
    frame('js_sub', 'S', { start_time: 'yesterday' }), frame('js_sub', 'S', { credit: 0 }), frame('kv_sub', 'b', { pattern: 'a..b' }), frame('kv_sub', 'b', { last_revision: 'x' }), frame('credit', 'js:S', { n: -1 }),
    frame('cmd', 'cmd.a.*.b.c.d'), frame('cmd', 'evt.a.b.c.d'), JSON.stringify({ op: 'ping', inbox: 'x'.repeat(65) }), JSON.stringify({ op: 'ping', inbox: '' }), JSON.stringify({ op: 'ping', inbox: 'ä' }),
  ]),
  answered('an op that does not exist is UNKNOWN_OP', 'UNKNOWN_OP', ['{"op":"dance"}', '{"op":"__proto__"}', '{"op":"hello"}', '{"op":""}', '{"op":"toString"}']),
  answered('another version is UNSUPPORTED_VERSION', 'UNSUPPORTED_VERSION', ['{"v":2,"op":"ping"}', '{"v":"1","op":"ping"}', '{"v":0,"op":"ping"}']),

  row('envelope/a binary frame is BAD_FRAME', { covers: ['error:BAD_FRAME'], needs: [] }, async (t) => {
    const socket = await t.live();
    socket.send(Buffer.from([1, 2, 3]));
    await socket.quiet();
    refusedWith(socket.frames.find(f => f.op === 'error') ?? socket.frames[0]!, 'BAD_FRAME', 'a binary frame');
  }),

  row('envelope/unknown fields are ignored', { covers: ['op:ping'], needs: [] }, async (t) => {
    const socket = await t.live();
    same((await socket.ask({ v: 1, op: 'ping', later: { a: 1 }, data: 5 })).op, 'pong', 'a ping with a field of next year');
  }),

  row('envelope/inbox and target come back with the answer, of a refusal too', { covers: ['out:error', 'out:pong'], needs: [] }, async (t) => {
    const socket = await t.live();
    socket.send({ op: 'unsub', target: 'sig.nothing', inbox: ' a~b ' });
    const refusal = await socket.until(f => f.inbox === ' a~b ', 'the answer to unsub');
    includes(refusal, { op: 'error', target: 'sig.nothing' }, 'a refused unsub');
    socket.send({ op: 'dance', inbox: 'unknown', target: 'x.y' });
    includes(await socket.until(f => f.inbox === 'unknown', 'the answer to an unknown op'), { op: 'error', target: 'x.y' }, 'a refused unknown op');
  }),

  row('envelope/many questions at once, each answer with its own inbox', { covers: ['op:ping', 'out:pong'], needs: [] }, async (t) => {
    const socket = await t.live();
    const n = 40;
    for (let i = 0; i < n; i++) socket.send({ op: 'ping', inbox: `p${i}`, data: { i } });
    const pongs = await socket.collect(n, f => f.op === 'pong', 'pong');
    for (const pong of pongs) same(pong.inbox, `p${(pong.data as { i?: number }).i}`, 'the inbox of a pong');
    same(pongs.map(p => p.inbox), Array.from({ length: n }, (_, i) => `p${i}`), 'pongs in the order of their pings');
  }),

  row('ping/is answered with the same data and the server\'s time', { covers: ['op:ping', 'out:pong'], needs: [] }, async (t) => {
    const socket = await t.live();
    for (const data of [{ n: 1, deep: [{ a: null }] }, 'text', 0]) {
      const pong = await socket.ask({ op: 'ping', data });
      same(pong.op, 'pong', 'the answer to ping');
      same(pong.data, data, 'the data of a pong');
      const time = Date.parse(String((pong as unknown as { time?: string }).time));
      holds(Math.abs(time - Date.now()) < 3_600_000, `a pong carries the server's time, got ${String((pong as unknown as { time?: string }).time)}`);
    }
  }),

  row('envelope/text that is no UTF-8 ends the connection with a reason', { covers: ['close:BAD_PROTOCOL'], needs: [] }, t => endsWithReason(t, () => Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))),
  row('limits/a frame far over the limit ends the connection with a reason', { covers: ['close:BAD_PROTOCOL', 'limit:frame_bytes'], needs: [] }, t => endsWithReason(t, limit => Buffer.alloc(limit * 40, 0x20))),
];
