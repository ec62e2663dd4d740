/**
 * Inputs that are too large for a message, on their way from the gateway to a service. Each is encrypted with a key of its own, which stands only in the
 * reference that the command carries: the files of JetStream, and whoever may read the stream, have nothing of it.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { type Msg, type NatsConnection } from '@nats-io/transport-node';
import { newId } from '@xanthus/kernel';
import { BLOB_BYTES, blobSubject, type BlobReference } from '@xanthus/proto';
import { blobStream } from './declarations.js';
import { requestsOf } from './requests.js';
import { api, publish } from './wire.js';

const STREAM = blobStream().name;
const PIECE = 256 * 1024;
const PIECES = 'Xanthus-Pieces';
const MOST_PIECES = Math.ceil(BLOB_BYTES / PIECE) + 1;
const CIPHER = 'aes-256-gcm';
/** A key is used once, so the nonce may be the same. */
const NONCE = Buffer.alloc(12);
const TAG = 16;
const READ_TIMEOUT = 3_000;
/** A replica that lags may not know what was just written. */
const TRIES = 5;
const PAUSE = 50;

/** It is gone, it was made for another command, or it is not whole. */
export class BlobLost extends Error {
  override readonly name = 'BlobLost';
}

const serviceOf = (subject: string): string => subject.split('.')[2] ?? '';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Keeps an input for the command (or query) `subject`, and for no other. @throws JetStreamProblem when the stream is full */
export const storeBlob = async (nc: NatsConnection, subject: string, input: Uint8Array): Promise<BlobReference> => {
  const id = newId();
  const key = randomBytes(32);
  const cipher = createCipheriv(CIPHER, key, NONCE).setAAD(Buffer.from(`${id} ${subject}`));
  const sealed = Buffer.concat([cipher.update(input), cipher.final(), cipher.getAuthTag()]);
  const pieces = Math.ceil(sealed.length / PIECE);
  const headers = { [PIECES]: String(pieces) };
  await Promise.all(Array.from({ length: pieces }, (_, n) => publish(nc, { subject: blobSubject(serviceOf(subject), id, n), body: sealed.subarray(n * PIECE, (n + 1) * PIECE), headers })));
  return { blob: `${id}.${key.toString('base64url')}`, sha256: sha256(input) };
};

/** The input, proved to be the one that was stored for this subject. @throws BlobLost */
export const openBlob = async (nc: NatsConnection, subject: string, reference: BlobReference): Promise<Buffer> => {
  const [id = '', key = ''] = reference.blob.split('.');
  const piece = async (n: number): Promise<Msg> => read(nc, blobSubject(serviceOf(subject), id, n));
  const first = await piece(0);
  const pieces = Number(first.headers?.get(PIECES));
  if (!Number.isInteger(pieces) || pieces < 1 || pieces > MOST_PIECES) throw new BlobLost('not a piece of an input');
  const rest = await Promise.all(Array.from({ length: pieces - 1 }, (_, n) => piece(n + 1)));
  const sealed = Buffer.concat([first, ...rest].map(m => m.data));
  const input = unsealed(sealed, Buffer.from(key, 'base64url'), `${id} ${subject}`);
  if (sha256(input) !== reference.sha256) throw new BlobLost('another input');
  return input;
};

/** Nobody will ask for it again. Only the gateway may. */
export const dropBlob = async (nc: NatsConnection, subject: string, { blob }: BlobReference): Promise<void> => {
  await api(nc, `STREAM.PURGE.${STREAM}`, { filter: `blob.${serviceOf(subject)}.${blob.split('.')[0] ?? ''}.*` });
};

const read = async (nc: NatsConnection, subject: string): Promise<Msg> => {
  for (let attempt = 1; ; attempt++) {
    const found = await requestsOf(nc).ask(`$JS.API.DIRECT.GET.${STREAM}.${subject}`, '', { timeout: READ_TIMEOUT });
    const code = found.headers?.code ?? 0;
    if (code < 400) return found;
    if (code !== 404 || attempt === TRIES) throw new BlobLost(`${subject}: ${code}`);
    await new Promise(resolve => setTimeout(resolve, PAUSE));
  }
};

const unsealed = (sealed: Buffer, key: Buffer, context: string): Buffer => {
  try {
    const open = createDecipheriv(CIPHER, key, NONCE, { authTagLength: TAG }).setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(-TAG));
    return Buffer.concat([open.update(sealed.subarray(0, -TAG)), open.final()]);
  } catch (error) {
    throw new BlobLost('it does not open for this command', { cause: error });
  }
};
