/** Child of a benchmark: many WebSocket clients with as little work per message as can be: one shared read buffer, no parsing beyond number and time. */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { DIGITS, MARK, MARK_BYTES, micros, TIME_AT, TIME_DIGITS, type Finished, type OpenOrder, type Opened, type Order, type Stops } from './wire.js';

interface Conn { socket: Socket | undefined; n: number; open: boolean; waiting: number; text: string; tail: Buffer | undefined; stoppedAt: number; doneAt: number; onReady: (() => void) | undefined; onRefused: ((why: string, retryMs?: number) => void) | undefined }
interface Group { readonly conns: Conn[]; order: OpenOrder; target: number; done: number; wrong: number; received: number; late: number; beganAt: number; lastAt: number; cpu: NodeJS.CpuUsage; latency: Uint32Array; onDone: (() => void) | undefined }

/** A latency histogram in steps of 0.1 ms, up to 20 s. */
const STEPS = 200_000;
const REVOKED = Buffer.from('"REVOKED"');
const groups = new Map<string, Group>();
const shared = Buffer.allocUnsafe(256 * 1024);

const frameOf = (text: string, binary: boolean): Buffer => {
  const body = Buffer.from(text);
  const head = body.length < 126 ? Buffer.from([binary ? 0x82 : 0x81, 0x80 | body.length, 0, 0, 0, 0]) : Buffer.from([binary ? 0x82 : 0x81, 0xfe, body.length >> 8, body.length & 255, 0, 0, 0, 0]);
  return Buffer.concat([head, body]);
};
const framesOf = (text: string, binary = false): Buffer => Buffer.concat((binary ? [text] : text.split('\n')).map(one => frameOf(one, binary)));

const digitsAt = (data: Buffer, at: number, count: number): number => {
  let value = 0;
  for (let i = at; i < at + count; i++) value = value * 10 + (data[i] as number) - 48;
  return value;
};

const scan = (group: Group, conn: Conn, chunk: Buffer): void => {
  const data = conn.tail === undefined ? chunk : Buffer.concat([conn.tail, chunk]);
  conn.tail = undefined;
  const now = micros();
  let at = data.indexOf(MARK);
  let end = 0;
  const stop = conn.stoppedAt === 0 ? data.indexOf(REVOKED) : 0;
  if (stop > 0) conn.stoppedAt = now;
  for (; at >= 0 && at + MARK_BYTES <= data.length; at = data.indexOf(MARK, at + MARK_BYTES)) {
    end = at + MARK_BYTES;
    const n = digitsAt(data, at + MARK.length, DIGITS);
    if (conn.stoppedAt !== 0 && at > stop) group.late++;
    if (n !== conn.n + 1) group.wrong++;
    conn.n = n;
    group.received++;
    const step = Math.min(STEPS - 1, Math.max(0, Math.floor((now - digitsAt(data, at + TIME_AT, TIME_DIGITS)) / 100)));
    group.latency[step] = (group.latency[step] as number) + 1;
    if (n !== group.target) continue;
    conn.doneAt = now;
    group.lastAt = now;
    if (++group.done === group.conns.length) group.onDone?.();
  }
  // A message that is cut waits for its other half.
  const last = data[data.length - 1];
  if (at >= 0) conn.tail = Buffer.from(data.subarray(at));
  else if (last !== 0x7d && last !== 0x0a) conn.tail = Buffer.from(data.subarray(Math.max(end, data.length - MARK.length + 1)));
};

const opened = (order: OpenOrder, conn: Conn, index: number, chunk: Buffer): Buffer | undefined => {
  conn.text += chunk.toString('latin1');
  const end = conn.text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = conn.text.slice(0, end);
  const rest = Buffer.from(conn.text.slice(end + 4), 'latin1');
  conn.text = '';
  if (!head.startsWith('HTTP/1.1 101')) {
    const retry = /retry-after: (\d+)/i.exec(head)?.[1];
    conn.onRefused?.(head.split('\r\n', 1)[0] ?? '', retry === undefined ? undefined : Number(retry) * 1_000);
    return undefined;
  }
  conn.open = true;
  if (order.hello !== '') conn.socket?.write(framesOf(order.hello.replaceAll('{i}', String(index)), order.binary));
  if (conn.waiting === 0) conn.onReady?.();
  return rest;
};

const ready = (order: OpenOrder, conn: Conn, chunk: Buffer): void => {
  conn.text += chunk.toString('latin1');
  const refused = /"op":"error".{0,300}/.exec(conn.text)?.[0];
  if (refused !== undefined) return conn.onRefused?.(refused);
  let at = conn.text.indexOf(order.ready);
  for (; at >= 0 && conn.waiting > 0; at = conn.text.indexOf(order.ready)) {
    conn.text = conn.text.slice(at + order.ready.length);
    conn.waiting--;
  }
  if (conn.waiting === 0) {
    conn.text = '';
    conn.onReady?.();
  }
};

const openOne = (group: Group, index: number): Promise<{ why?: string; retryMs?: number }> => new Promise((resolve) => {
  const { order } = group;
  const conn = group.conns[index] as Conn;
  Object.assign(conn, { open: false, waiting: order.readyCount, text: '', tail: undefined });
  const socket = connect({
    port: order.port, host: '127.0.0.1', noDelay: true,
    onread: {
      buffer: shared,
      callback: (count, buffer) => {
        let data: Buffer | undefined = Buffer.from(buffer.buffer, buffer.byteOffset, count);
        if (!conn.open) data = opened(order, conn, index, data);
        if (data === undefined || data.length === 0) return true;
        if (conn.waiting > 0) ready(order, conn, data);
        scan(group, conn, data);
        return true;
      },
    },
  });
  conn.socket = socket;
  conn.onReady = () => resolve({});
  conn.onRefused = (why, retryMs) => {
    socket.destroy();
    resolve({ why, ...(retryMs === undefined ? {} : { retryMs }) });
  };
  socket.on('error', error => resolve({ why: error.message, retryMs: 1_000 }));
  socket.on('close', () => resolve({ why: 'closed' }));
  const token = order.tokens[index % Math.max(1, order.tokens.length)];
  socket.write([
    `GET ${order.path} HTTP/1.1`, `Host: 127.0.0.1:${order.port}`, 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`, ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]), '', '',
  ].join('\r\n'));
});

const open = async (order: OpenOrder): Promise<Opened> => {
  const from = performance.now();
  const fresh = (): Conn => ({ socket: undefined, n: 0, open: false, waiting: 0, text: '', tail: undefined, stoppedAt: 0, doneAt: 0, onReady: undefined, onRefused: undefined });
  let group = groups.get(order.group);
  if (group === undefined || order.again !== true) {
    group = { conns: Array.from({ length: order.count }, fresh), order, target: 0, done: 0, wrong: 0, received: 0, late: 0, beganAt: 0, lastAt: 0, cpu: process.cpuUsage(), latency: new Uint32Array(STEPS), onDone: undefined };
    groups.set(order.group, group);
  } else group.order = order;
  const errors: string[] = [];
  let [next, retries] = [0, 0];
  const made = group;
  const worker = async (): Promise<void> => {
    while (next < order.count) {
      const index = next++;
      for (let attempt = 0; ; attempt++) {
        const { why, retryMs } = await openOne(made, index);
        if (why === undefined) break;
        if (retryMs === undefined || attempt === 60) {
          errors.push(why);
          break;
        }
        retries++;
        await new Promise(resolve => setTimeout(resolve, retryMs * (0.5 + Math.random())));
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(order.parallel, order.count) }, worker));
  return { seconds: (performance.now() - from) / 1_000, retries, errors: errors.slice(0, 3) };
};

const quantileOf = (group: Group, share: number): number => {
  let left = group.received * share;
  for (let i = 0; i < STEPS; i++) if ((left -= group.latency[i] as number) <= 0) return (i + 1) / 10;
  return STEPS / 10;
};

const finish = async (group: Group, timeoutMs: number): Promise<Finished> => {
  if (group.done < group.conns.length) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      group.onDone = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
  const { user, system } = process.cpuUsage(group.cpu);
  const missing = group.conns.filter(c => c.n !== group.target).length;
  return {
    complete: missing === 0 && group.wrong === 0, missing, wrong: group.wrong, received: group.received, beganAt: group.beganAt, lastAt: group.lastAt,
    p50: quantileOf(group, 0.5), p99: quantileOf(group, 0.99), cpu: (user + system) / Math.max(1, micros() - group.beganAt), doneAt: group.conns.map(c => c.doneAt),
  };
};

const obey = async (order: Order): Promise<Opened | Finished | Stops | true> => {
  if (order.do === 'open') return open(order);
  const group = groups.get(order.group);
  if (group === undefined) throw new Error(`no group ${order.group}`);
  switch (order.do) {
    case 'begin':
      if (order.at !== undefined) for (const conn of group.conns) conn.n = order.at;
      Object.assign(group, { target: order.target, done: 0, wrong: 0, received: 0, beganAt: micros(), lastAt: 0, cpu: process.cpuUsage(), latency: group.latency.fill(0), onDone: undefined });
      return true;
    case 'send': {
      group.beganAt = micros();
      for (const [i, conn] of group.conns.entries()) conn.socket?.write(framesOf(order.frame.replaceAll('{i}', String(i))));
      return true;
    }
    case 'finish': return finish(group, order.timeoutMs);
    case 'stops': return { at: group.conns.map(c => c.stoppedAt), late: group.late };
    case 'reset': {
      // With a reset, no port of this machine waits for late packets.
      for (const conn of group.conns) conn.socket?.resetAndDestroy();
      return true;
    }
  }
};

process.once('disconnect', () => process.exit(0));
process.on('message', ({ id, order }: { id: number; order: Order }) => {
  void obey(order).then(answer => process.send?.({ id, answer }), (error: unknown) => process.send?.({ id, error: String(error) }));
});
process.send?.({ pid: process.pid });
