/** What comes in at a door: hints from headers and the body. Nothing here gives a right. */
import type { MsgHdrs } from '@nats-io/transport-node';
import { newId, Refusal } from '@xanthus/kernel';
import { HEADERS, INPUT_BYTES } from '@xanthus/proto';
import type { z } from 'zod';

export const MAX_DEPTH = 32;

export interface Hints { readonly correlation_id: string; readonly traceparent?: string | undefined }

const CORRELATION = /^[\w.:-]{1,128}$/;
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;
/** Ours, the one of HTTP, and the one that NATS clients know. The first that is there counts. */
const IDEMPOTENCY_HEADERS = [HEADERS.IDEMPOTENCY, 'Idempotency-Key', 'Nats-Msg-Id'];

/** Whatever its case; of several the first. */
const header = (headers: MsgHdrs | undefined, name: string): string | undefined => {
  if (headers === undefined) return undefined;
  const wanted = name.toLowerCase();
  for (const [key, values] of headers) if (key.length === wanted.length && key.toLowerCase() === wanted) return values[0] || undefined;
  return undefined;
};

/** @throws Refusal INVALID for an idempotency key of the wrong form: taking it for none would repeat the command. */
export const idempotencyKey = (headers: MsgHdrs | undefined): string | undefined => {
  const key = IDEMPOTENCY_HEADERS.map(name => header(headers, name)).find(value => value !== undefined);
  if (key === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,128}$/.test(key)) throw new Refusal('INVALID', 'The idempotency key has 1–128 printable characters without spaces.', { paths: [{ path: 'Idempotency-Key', message: 'wrong form' }] });
  return key;
};

/** @throws Refusal INVALID for one of the wrong form: taking it for none would do what was to be done only if nothing had changed. */
export const expectedSequence = (headers: MsgHdrs | undefined): number | undefined => {
  const text = header(headers, HEADERS.EXPECTED);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new Refusal('INVALID', `${HEADERS.EXPECTED} is the sequence of an event: digits only.`, { paths: [{ path: HEADERS.EXPECTED, message: 'wrong form' }] });
  return Number(text);
};

/** A correlation id or traceparent of the wrong form is replaced or dropped, never refused. */
export const readHints = (headers: MsgHdrs | undefined): Hints => {
  const correlation = header(headers, HEADERS.CORRELATION);
  const traceparent = header(headers, HEADERS.TRACEPARENT);
  return {
    correlation_id: correlation !== undefined && CORRELATION.test(correlation) ? correlation : newId(),
    ...(traceparent !== undefined && TRACEPARENT.test(traceparent) ? { traceparent } : {}),
  };
};

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** No body is `{}`. @throws Refusal TOO_LARGE, INVALID */
export const parseBody = (data: Uint8Array, most = INPUT_BYTES): unknown => {
  if (data.byteLength > most) throw new Refusal('TOO_LARGE', `The input has ${data.byteLength} bytes; at most ${most} are read${most === INPUT_BYTES ? ' in a message. Upload it first: POST /api/blobs' : ''}.`);
  if (data.byteLength === 0) return {};
  let body: unknown;
  try {
    body = JSON.parse(UTF8.decode(data));
  } catch {
    throw new Refusal('INVALID', 'The input is not valid JSON.', { paths: [{ path: '', message: 'not valid JSON' }] });
  }
  if (deeperThan(body, MAX_DEPTH)) throw new Refusal('TOO_LARGE', `The input is nested deeper than ${MAX_DEPTH} levels.`);
  return body;
};

const deeperThan = (value: unknown, levels: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some(v => deeperThan(v, levels - 1));
};

/** @throws Refusal INVALID whose details name every path */
export const parseInput = <S extends z.ZodType>(schema: S, body: unknown): z.output<S> => {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.map(i => ({ path: i.path.join('.'), message: i.message }));
  throw new Refusal('INVALID', `The input does not fit: ${paths.map(p => (p.path === '' ? p.message : `${p.path}: ${p.message}`)).join('; ')}`, { paths });
};
