/** A WebSocket client made of bytes: it sends whatever it is told, and reads strictly what comes back. */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { ServerFrame } from '@xanthus/proto';

export const handshake = (token: string): string =>
  `GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: xanthus.v1.json\r\nAuthorization: Bearer ${token}\r\n\r\n`;

export interface Heard {
  /** Of the HTTP answer; undefined: none came. */
  status?: number;
  readonly frames: ServerFrame[];
  /** The server's close frame; 1005 where it names no code. */
  close?: number;
  /** The socket ended. */
  ended: boolean;
  /** What a server must never send. */
  wrong?: string;
  silent?: true;
}

export interface Talk {
  readonly port: number;
  readonly head: Buffer | string;
  readonly bytes?: Buffer;
  /** Cuts the bytes into pieces, each a write of its own. */
  readonly pieces?: number;
  /** Does not wait for the answer to the handshake. */
  readonly early?: boolean;
  /** Ends its half of the socket after the last byte. */
  readonly finish?: boolean;
  readonly done?: (heard: Heard) => boolean;
  readonly timeout?: number;
}

export const talk = ({ port, head, bytes = Buffer.alloc(0), pieces = 1, early = false, finish = false, done = () => false, timeout = 60_000 }: Talk): Promise<Heard> => new Promise((resolve) => {
  const heard: Heard = { frames: [], ended: false };
  let unread: Buffer = Buffer.alloc(0);
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  const over = (): void => {
    clearTimeout(timer);
    socket.destroy();
    resolve(heard);
  };
  const timer = setTimeout(() => { heard.silent = true; over(); }, timeout);
  const say = (): void => {
    const size = Math.max(1, Math.ceil(bytes.length / pieces));
    for (let at = 0; at < bytes.length; at += size) socket.write(bytes.subarray(at, at + size));
    if (finish) socket.end();
  };
  socket.on('connect', () => {
    socket.write(head);
    if (early || bytes.length === 0) say();
  });
  socket.on('data', (chunk: Buffer) => {
    unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
    if (heard.status === undefined) {
      const end = unread.indexOf('\r\n\r\n');
      if (end < 0) return;
      heard.status = Number(/^HTTP\/1\.1 (\d{3})/.exec(unread.toString('latin1', 0, 12))?.[1] ?? 0);
      if (heard.status !== 101) return;
      unread = unread.subarray(end + 4);
      if (!early && bytes.length > 0) say();
    }
    if (heard.status === 101) unread = readFrames(unread, heard);
    if (heard.close !== undefined || heard.wrong !== undefined || done(heard)) over();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    heard.ended = true;
    over();
  });
});

/** Reads whole frames; @returns the rest. A server's frames have no mask, no reserved bits, and text is JSON. */
const readFrames = (bytes: Buffer, heard: Heard): Buffer => {
  let at = 0;
  while (bytes.length - at >= 2) {
    const [first = 0, second = 0] = [bytes[at], bytes[at + 1]];
    const short = second & 0x7f;
    const head = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (bytes.length - at < head) break;
    const size = short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short === 126 ? bytes.readUInt16BE(at + 2) : short;
    if (bytes.length - at < head + size) break;
    const payload = bytes.subarray(at + head, at + head + size);
    at += head + size;
    const opcode = first & 0x0f;
    if ((first & 0xf0) !== 0x80 || (second & 0x80) !== 0) heard.wrong = `a frame that begins with ${first.toString(16)} ${second.toString(16)}`;
    else if (opcode === 8) heard.close = size === 0 ? 1005 : payload.readUInt16BE(0);
    else if (opcode === 1) readText(payload, heard);
    else if (opcode !== 9 && opcode !== 10) heard.wrong = `opcode ${opcode}`;
  }
  return bytes.subarray(at);
};

const readText = (payload: Buffer, heard: Heard): void => {
  try {
    const frame = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)) as ServerFrame | ServerFrame[];
    heard.frames.push(...(Array.isArray(frame) ? frame : [frame]));
  } catch (error) {
    heard.wrong = `no JSON: ${String(error)} ${payload.toString('latin1', 0, 200)}`;
  }
};
