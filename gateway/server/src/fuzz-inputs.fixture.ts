/** What a client may do wrong, from a seed: frames by a grammar, and bytes that break RFC 6455. */
import { CLIENT_OPS } from '@xanthus/proto';

export interface Random { (): number; int(below: number): number; pick<T>(list: readonly T[]): T; bytes(length: number): Buffer }

/** Mulberry32: the same seed, the same inputs, on every machine. */
export const random = (seed: number): Random => {
  let a = seed >>> 0;
  const next = (): number => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return Object.assign(next, { int, pick: <T>(list: readonly T[]): T => list[int(list.length)] as T, bytes: (length: number) => Buffer.from(Array.from({ length }, () => int(256))) });
};

/** Bytes on the socket, and what is owed for them. */
export interface Script {
  readonly bytes: Buffer;
  readonly inputs: number;
  /** Each of these must be answered unless the connection is closed with a reason. */
  readonly owed: readonly string[];
  /** The bytes end between two frames, so that a ping behind them is answered or the connection closed. */
  readonly whole: boolean;
  /** It may contain a close frame: the server's echoes it. */
  readonly leaves: boolean;
}

export interface Shape { readonly fin?: boolean; readonly rsv?: number; readonly mask?: boolean; readonly length?: 0 | 126 | 127; /** Claimed instead of the payload's own. */ readonly claim?: bigint }

export const TEXT = 1;
const [CONTINUATION, BINARY, CLOSE, PING, PONG] = [0, 2, 8, 9, 10];

export const encode = (r: Random, opcode: number, payload: Buffer, { fin = true, rsv = 0, mask = true, length, claim }: Shape = {}): Buffer => {
  const size = payload.length;
  const form = claim !== undefined ? 127 : length === 127 || size > 65_535 ? 127 : length === 126 || size > 125 ? 126 : 0;
  const head = Buffer.alloc(form === 127 ? 10 : form === 126 ? 4 : 2);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (mask ? 0x80 : 0) | (form === 0 ? size : form);
  if (form === 126) head.writeUInt16BE(size, 2);
  if (form === 127) head.writeBigUInt64BE(claim ?? BigInt(size), 2);
  if (!mask) return Buffer.concat([head, payload]);
  const key = r.bytes(4);
  const masked = Buffer.from(payload);
  for (let i = 0; i < masked.length; i++) masked[i] = (masked[i] ?? 0) ^ (key[i & 3] ?? 0);
  return Buffer.concat([head, key, masked]);
};

// ---------------------------------------------------------------------------------------------------------------- frames by a grammar

const TARGETS = [
  'sig.acme.a', 'sig.acme.>', 'sig.acme.*.b', 'sig.globex.>', 'sig', '>', '*', '$SYS.>', '_INBOX.>', '$KV.auth-a.>', 'vps', 'auth', 'VPS', 'AUTH', 'js:VPS', 'kv:vps', 'kv:', 'js:', '', '.', 'a..b', ' ', 'a b',
  'cmd.acme.vps.server.new.adopt', 'qry.acme.vps.view.servers.all', 'cmd.globex.vps.server.x.rename', 'cmd.acme.>', 'cmd.acme.*.server', 'qry', 'evt.acme.vps.server.1', 'ü', '\0', '\u{1F600}', '\uD800', 'a'.repeat(512), 'a'.repeat(513), '.'.repeat(100),
  '__proto__', 'constructor', 'toString',
] as const;
const PATTERNS = ['>', 'acme.>', 'acme.servers.*', 'globex.>', 'evt.acme.>', 'evt.*.>', 'evt.acme.vps.server.1', '', '*.>', '>.a', 'a.>.b', '\0', '$x', 'x'.repeat(600)] as const;
const SCALARS = [null, true, false, 0, -0, -1, 1, 1.5, 2 ** 31, 2 ** 53, 2 ** 53 + 2, -(2 ** 60), 1e308, '', 'x', '\uDFFF', '2026-01-01T00:00:00Z', '9999999-99-99', '{}', '__proto__'] as const;
const KEYS = ['pattern', 'filter', 'policy', 'last_revision', 'epoch', 'start_seq', 'start_time', 'last_seq', 'last_time', 'credit', 'batch', 'n', 'ack_seq', 'token', '__proto__', 'constructor', 'toJSON', 'length', 'x'] as const;

const value = (r: Random, depth = 0): unknown => {
  const kind = r();
  if (kind < 0.6 || depth > 3) return r.pick(SCALARS);
  if (kind < 0.75) return Array.from({ length: r.int(5) }, () => value(r, depth + 1));
  return Object.fromEntries(Array.from({ length: r.int(5) }, () => [r.pick(KEYS), value(r, depth + 1)]));
};

/** Nearly right: what belongs to the op, each part wrong now and then. */
const dataOf = (r: Random, op: string): unknown => {
  if (r() < 0.15) return value(r);
  const some = (p: number, key: string, good: unknown): object => (r() < p ? { [key]: r() < 0.8 ? good : value(r) } : {});
  switch (op) {
    case 'sub': return { ...some(0.5, 'policy', r.pick(['reliable', 'latest', 'lossy'])) };
    case 'kv_sub': return { ...some(0.8, 'pattern', r.pick(PATTERNS)), ...some(0.3, 'last_revision', r.int(50)), ...some(0.3, 'epoch', 'x'), ...some(0.2, 'policy', 'latest') };
    case 'js_sub': return {
      ...some(0.8, 'filter', r.pick(PATTERNS)), ...some(0.3, 'start_seq', r.int(50)), ...some(0.2, 'start_time', '2026-01-01T00:00:00Z'), ...some(0.3, 'last_seq', r.int(50)), ...some(0.2, 'last_time', '2026-01-01T00:00:00Z'),
      ...some(0.3, 'epoch', 'x'), ...some(0.3, 'credit', 1 + r.int(50)), ...some(0.2, 'policy', 'lossy'),
    };
    case 'unsub': return { ...some(0.4, 'pattern', r.pick(PATTERNS)), ...some(0.4, 'filter', r.pick(PATTERNS)) };
    case 'credit': return { n: r.int(100), ...some(0.4, 'filter', r.pick(PATTERNS)), ...some(0.3, 'ack_seq', r.int(50)) };
    default: return value(r);
  }
};

/** Spoils a text: cuts it, doubles a part, or changes a few characters. */
const spoil = (r: Random, text: string): string => {
  const at = r.int(text.length);
  switch (r.int(5)) {
    case 0: return text.slice(0, at);
    case 1: return text + text.slice(at);
    case 2: return `${text.slice(0, at)}${r.pick(['\\', '"', '{', '}', '[', ',', '\u0000', '\\u', '1e', '\u2028'])}${text.slice(at + 1)}`;
    case 3: return '['.repeat(1 + r.int(200)) + text;
    default: return text.slice(at) + text.slice(0, at);
  }
};

/** One text frame; `owed` where an answer must name it. `auth` ends a connection or asks for much work: seldom. */
const sentence = (r: Random, name: string): { readonly text: string; readonly owed?: string } => {
  const kind = r();
  if (kind < 0.04) return { text: JSON.stringify(value(r)) };
  if (kind < 0.07) return { text: JSON.stringify({ type: r.pick(['subscribe', 'unsubscribe', 'x', 1]), topic: r.pick(TARGETS) }) };
  let op: string = r.pick(CLIENT_OPS);
  if (op === 'auth' && r() < 0.99) op = 'ping';
  if (r() < 0.08) op = r.pick(['', 'SUB', 'hello', 'msg', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'x'.repeat(1_000)]);
  const inbox = r() < 0.9 ? name : r.pick(['', 'ü', 'x'.repeat(65), 1, null, {}, '\n']);
  const target = r() < 0.9 ? r.pick(TARGETS) : value(r);
  const frame = { op, inbox, ...(r() < 0.9 ? { target } : {}), ...(r() < 0.8 ? { data: dataOf(r, op) } : {}), ...(r() < 0.05 ? { v: r.pick([1, 2, '1', null]) } : {}), ...(r() < 0.05 ? { idempotency_key: value(r) } : {}) };
  const text = JSON.stringify(frame);
  if (r() < 0.06) return { text: spoil(r, text) };
  return { text, ...(inbox === name && op !== 'credit' ? { owed: name } : {}) };
};

/** Frames as a client of ours would send them, some in fragments with control frames between. */
export const byGrammar = (r: Random, count: number): Script => {
  const parts: Buffer[] = [];
  const owed: string[] = [];
  for (let i = 0; i < count; i++) {
    const one = sentence(r, `i${i}`);
    if (one.owed !== undefined) owed.push(one.owed);
    const text = Buffer.from(one.text);
    parts.push(...(r() < 0.9 ? [encode(r, TEXT, text, { length: r.pick([0, 0, 126, 127]) })] : fragments(r, TEXT, text, 1 + r.int(12))));
  }
  return { bytes: Buffer.concat(parts), inputs: count, owed, whole: true, leaves: false };
};

const fragments = (r: Random, opcode: number, payload: Buffer, count: number): Buffer[] => {
  const size = Math.max(1, Math.ceil(payload.length / count));
  const parts: Buffer[] = [];
  for (let at = 0; at < payload.length || at === 0; at += size) {
    if (r() < 0.1) parts.push(encode(r, r.pick([PING, PONG]) ?? PING, r.bytes(r.int(126))));
    parts.push(encode(r, at === 0 ? opcode : CONTINUATION ?? 0, payload.subarray(at, at + size), { fin: at + size >= payload.length }));
  }
  return parts;
};

// ------------------------------------------------------------------------------------------------------------------- bytes that break it

type Break = (r: Random) => { readonly bytes: Buffer; readonly inputs?: number; readonly cut?: true; readonly leaves?: true };
const hello = Buffer.from('{"op":"ping"}');
const INVALID_UTF8 = [[0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xff], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80]].map(bytes => Buffer.from(bytes));

const BREAKS: Readonly<Record<string, Break>> = {
  unmasked: r => ({ bytes: encode(r, TEXT, hello, { mask: false }) }),
  reservedBits: r => ({ bytes: encode(r, TEXT, hello, { rsv: 1 + r.int(7) }) }),
  reservedOpcode: r => ({ bytes: encode(r, r.pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), hello) }),
  longControl: r => ({ bytes: encode(r, r.pick([8, 9, 10]), r.bytes(126 + r.int(400))), leaves: true }),
  controlInPieces: r => ({ bytes: encode(r, r.pick([8, 9, 10]), r.bytes(4), { fin: false }), leaves: true }),
  continuationOfNothing: r => ({ bytes: encode(r, CONTINUATION ?? 0, hello, { fin: r() < 0.5 }) }),
  messageInMessage: r => ({ bytes: Buffer.concat([encode(r, TEXT, hello, { fin: false }), encode(r, TEXT, hello)]), inputs: 2 }),
  invalidUtf8: r => ({ bytes: encode(r, TEXT, Buffer.concat([Buffer.from('{"op":"'), r.pick(INVALID_UTF8), Buffer.from('"}')])) }),
  invalidUtf8InPieces: r => ({ bytes: Buffer.concat(fragments(r, TEXT, Buffer.concat([hello, r.pick(INVALID_UTF8)]), 6)), inputs: 6 }),
  closeOneByte: r => ({ bytes: encode(r, CLOSE ?? 8, r.bytes(1)), leaves: true }),
  closeAnyCode: r => ({ bytes: encode(r, CLOSE ?? 8, Buffer.concat([r.bytes(2), r.bytes(r.int(60))])), leaves: true }),
  closeWell: r => ({ bytes: encode(r, CLOSE ?? 8, r() < 0.5 ? Buffer.alloc(0) : Buffer.from([0x03, 0xe8])), leaves: true }),
  lengthWithSign: r => ({ bytes: encode(r, TEXT, hello, { claim: (1n << 63n) | BigInt(r.int(1_000)) }) }),
  farTooLong: r => ({ bytes: encode(r, r.pick([TEXT, 2]), hello, { claim: BigInt(300_000 + r.int(2 ** 31)) }) }),
  tooLong: r => ({ bytes: encode(r, TEXT, Buffer.alloc(66_000 + r.int(100_000), 0x20)) }),
  tinyFragments: (r) => {
    const count = r.pick([500, 2_000, 20_000]);
    return { bytes: Buffer.concat(Array.from({ length: count }, (_, i) => encode(r, i === 0 ? TEXT : CONTINUATION ?? 0, Buffer.from(' '), { fin: false }))), inputs: 1 };
  },
  emptyFragments: (r) => {
    const count = r.pick([500, 2_000, 20_000]);
    return { bytes: Buffer.concat(Array.from({ length: count }, (_, i) => encode(r, i === 0 ? TEXT : CONTINUATION ?? 0, Buffer.alloc(0), { fin: false }))), inputs: 1 };
  },
  binary: r => ({ bytes: encode(r, BINARY ?? 2, r.bytes(r.int(300))) }),
  noise: r => ({ bytes: r.bytes(1 + r.int(400)), cut: true, leaves: true }),
  cutOff: (r) => {
    const bytes = encode(r, TEXT, hello);
    return { bytes: bytes.subarray(0, 1 + r.int(bytes.length - 1)), cut: true };
  },
  flippedBits: (r) => {
    const bytes = Buffer.concat([encode(r, TEXT, hello), ...fragments(r, TEXT, hello, 4), encode(r, PING ?? 9, r.bytes(5))]);
    for (let n = 1 + r.int(4); n > 0; n--) {
      const at = r.int(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << r.int(8));
    }
    return { bytes, inputs: 6, cut: true, leaves: true };
  },
};
export const BREAK_NAMES = Object.keys(BREAKS);

/** Some harmless control frames and messages, then one break: after it a connection reads nothing more. */
export const byBytes = (r: Random, name: string = r.pick(BREAK_NAMES)): Script => {
  const before = Array.from({ length: r.int(10) }, () => encode(r, r.pick([PING, PONG]) ?? 9, r.bytes(r.int(126))));
  const broken = (BREAKS[name] as Break)(r);
  return { bytes: Buffer.concat([...before, broken.bytes]), inputs: before.length + (broken.inputs ?? 1), owed: [], whole: broken.cut !== true, leaves: broken.leaves === true };
};

/** What is no handshake, or half of one. */
export const badHandshake = (r: Random, good: string): Buffer => {
  switch (r.int(6)) {
    case 0: return Buffer.from(good).subarray(0, r.int(good.length));
    case 1: return r.bytes(1 + r.int(300));
    case 2: return Buffer.from(good.replace(/Sec-WebSocket-Key: .*\r\n/, r.pick(['', 'Sec-WebSocket-Key: x\r\n', `Sec-WebSocket-Key: ${'A'.repeat(9_000)}\r\n`])));
    case 3: return Buffer.from(good.replace('Version: 13', r.pick(['Version: 12', 'Version: x', 'Version: 99999999999'])));
    case 4: return Buffer.from(good.replace('GET /ws', r.pick(['POST /ws', 'GET /ws/../etc', 'GET //', 'GET /%', 'GET /ws/terminal/%ff', 'PRI *', 'GET /wsx', 'GET http://[/ws'])));
    default: return Buffer.from(good.replace('xanthus.v1.json', r.pick(['xanthus.v9', ',', 'a,a', '"', 'ü', 'x'.repeat(5_000)])));
  }
};
