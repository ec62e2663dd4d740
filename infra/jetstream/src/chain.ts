/**
 * The hash chain over a tenant's events in one stream, and its blocks. Pure. `docs/audit.md` holds the encoding; whoever changes a byte here
 * breaks every chain that was ever sealed.
 */
import { hash, sign, verify, type KeyObject } from 'node:crypto';
import type { DataOf } from '@xanthus/proto';
import type { AuditProblem, blockSealed } from '@xanthus/proto/audit';

export type ChainBlock = DataOf<typeof blockSealed>;
/** A message as the stream has it. `time`: nanoseconds since 1970. */
export interface ChainMessage { readonly seq: number; readonly time: bigint; readonly subject: string; readonly data: Uint8Array }
/** Where a chain ends: hash in hex, events up to there. */
export interface ChainEnd { readonly seq: number; readonly hash: string; readonly total: number }

const VERSION = 'xanthus-audit-1';
const HASH_BYTES = 32;
const TWO_32 = 2 ** 32;

/** What a chain begins with: bound to its tenant and stream. */
export const chainStart = (tenant: string, stream: string): ChainEnd => ({ seq: 0, hash: hash('sha256', `${VERSION}\n${tenant}\n${stream}`), total: 0 });

let room = Buffer.alloc(16_384);

/** The next link: SHA-256 of the link before, sequence and time (8 bytes each, big-endian), length of the subject (2 bytes), subject, data. */
export const chainNext = (before: Uint8Array, message: ChainMessage): Buffer => {
  const head = HASH_BYTES + 18;
  const most = head + message.subject.length * 3 + message.data.length;
  if (room.length < most) room = Buffer.alloc(most * 2);
  room.set(before, 0);
  room.writeUInt32BE(Math.floor(message.seq / TWO_32), HASH_BYTES);
  room.writeUInt32BE(message.seq % TWO_32, HASH_BYTES + 4);
  room.writeBigUInt64BE(message.time, HASH_BYTES + 8);
  const subject = room.write(message.subject, head, 'utf8');
  room.writeUInt16BE(subject, HASH_BYTES + 16);
  room.set(message.data, head + subject);
  return hash('sha256', room.subarray(0, head + subject + message.data.length), 'buffer');
};

const SECOND = 1_000_000_000n;
/** `2026-11-21T20:00:00.123456789Z`, always nine digits. */
export const storedTime = (time: bigint): string => `${new Date(Number(time / SECOND) * 1_000).toISOString().slice(0, 19)}.${String(time % SECOND).padStart(9, '0')}Z`;
/** Takes any number of digits, as NATS writes them. @throws TypeError */
export const parseStoredTime = (text: string): bigint => {
  const [, seconds, digits = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(text) ?? [];
  const whole = seconds === undefined ? Number.NaN : Date.parse(`${seconds}Z`);
  if (Number.isNaN(whole)) throw new TypeError(`not a time of a stream: ${text.slice(0, 40)}`);
  return BigInt(whole / 1_000) * SECOND + BigInt(digits.padEnd(9, '0'));
};

export type UnsignedBlock = Omit<ChainBlock, 'signature'>;

/** What is signed: a line each. The fields have alphabets without line breaks, so no two blocks say the same. */
const statementOf = (tenant: string, b: UnsignedBlock): Buffer => Buffer.from([
  VERSION, tenant, b.stream, b.from_seq, b.seq, b.events, b.total, b.from_time, b.time, b.previous, b.hash, hash('sha256', b.keys), b.key_id,
].join('\n'));

export const signBlock = (tenant: string, block: UnsignedBlock, key: KeyObject): ChainBlock => ({ ...block, signature: sign(null, statementOf(tenant, block), key).toString('base64url') });
export const isSigned = (tenant: string, block: ChainBlock, keys: ReadonlyMap<string, KeyObject>): boolean => {
  const key = keys.get(block.key_id);
  const signature = Buffer.from(block.signature, 'base64url');
  return key !== undefined && signature.toString('base64url') === block.signature && verify(null, statementOf(tenant, block), key, signature);
};

/** The chain from `end` on, made again from messages. */
export class ChainLink {
  #hash: Buffer;
  #seq: number;
  #events = 0;
  #first: { readonly seq: number; readonly time: bigint; } | undefined;
  #from = 0n;
  #to = 0n;

  constructor(readonly end: ChainEnd) {
    this.#hash = Buffer.from(end.hash, 'hex');
    this.#seq = end.seq;
  }

  get events(): number { return this.#events; }
  get seq(): number { return this.#seq; }
  /** Sequence of the first one. */
  get from(): number { return this.#first?.seq ?? 0; }
  get hash(): string { return this.#hash.toString('hex'); }

  /** @throws RangeError if it does not come after the one before */
  add(message: ChainMessage): void {
    if (message.seq <= this.#seq) throw new RangeError(`${message.seq} after ${this.#seq}`);
    this.#hash = chainNext(this.#hash, message);
    this.#seq = message.seq;
    this.#events++;
    if (this.#first === undefined) [this.#first, this.#from, this.#to] = [message, message.time, message.time];
    if (message.time < this.#from) this.#from = message.time;
    if (message.time > this.#to) this.#to = message.time;
  }

  /** What these messages come to. */
  block(stream: string, keys: string, key_id: string): UnsignedBlock {
    return {
      stream, from_seq: this.from, seq: this.#seq, events: this.#events, total: this.end.total + this.#events, from_time: storedTime(this.#from), time: storedTime(this.#to), previous: this.end.hash, hash: this.hash, keys, key_id,
    };
  }
}

export const endOfBlock = ({ seq, hash, total }: ChainBlock): ChainEnd => ({ seq, hash, total });

/** Does the block stand at the end of this chain, and was it sealed by a key that we know? What is signed is looked at first: nothing else of an unsigned block can be believed. */
export const checkBlock = (tenant: string, end: ChainEnd, block: ChainBlock, keys: ReadonlyMap<string, KeyObject>): AuditProblem | undefined => {
  const of = `The block ${block.from_seq}–${block.seq}`;
  if (!keys.has(block.key_id)) return { kind: 'signature', seq: block.from_seq, message: `${of} is signed by a key that is not known: ${block.key_id}.` };
  if (!isSigned(tenant, block, keys)) return { kind: 'signature', seq: block.from_seq, message: `${of} has a signature that does not fit: it was changed, is another organisation's, or was never sealed.` };
  if (block.previous === end.hash) return undefined;
  const before = block.total - block.events;
  if (before > end.total) return { kind: 'missing', seq: end.seq + 1, message: `${before - end.total} sealed events are missing between ${end.seq} and ${block.from_seq}.` };
  return { kind: 'order', seq: block.from_seq, message: `${of} does not follow the block before it, which ends at ${end.seq}.` };
};

/** Are these messages what was sealed? `link` began where the block before ended and took every message up to the block's end. `hint`: where the first one that differs may be. */
export const checkEvents = (link: ChainLink, block: ChainBlock, hint?: number): AuditProblem | undefined => {
  if (link.hash === block.hash && link.events === block.events && link.seq === block.seq) return undefined;
  const range = `${block.from_seq} to ${block.seq}`;
  if (link.events < block.events) return { kind: 'missing', seq: hint ?? block.from_seq, message: `${block.events - link.events} of the ${block.events} events from ${range} ${block.events - link.events === 1 ? 'is' : 'are'} missing${hint === undefined ? '' : `, the first before event ${hint}`}.` };
  if (link.events > block.events) return { kind: 'changed', seq: hint ?? block.from_seq, message: `There are ${link.events} events from ${range}; ${block.events} were sealed.` };
  return { kind: 'changed', seq: hint ?? block.from_seq, message: hint === undefined ? `An event between ${range} is not what was sealed.` : `Event ${hint} is not what was sealed.` };
};
