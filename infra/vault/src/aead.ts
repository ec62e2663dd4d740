/**
 * AES-256-GCM, always with a context. Two stored forms:
 * 1: version 1, nonce (12), tag (16), ciphertext. What is wrapped or sealed, and values of the first data key of folders from before keys had numbers.
 * 2: version 2, number of the data key (4, big endian), nonce, tag, ciphertext. The header is authenticated too.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE = 12;
const TAG = 16;
export const KEY_BYTES = 32;
/** The number of a key that a form without numbers belongs to. */
const FIRST = 1;

/** Parts of what a ciphertext belongs to; it opens with exactly these only. JSON keeps `['a', 'b.c']` apart from `['a.b', 'c']`. */
const aad = (context: readonly string[], header: Uint8Array): Buffer => Buffer.concat([header.length > 1 ? header : Buffer.alloc(0), Buffer.from(JSON.stringify(context))]);

const sealWith = (header: Buffer, key: Uint8Array, context: readonly string[], clear: Uint8Array): Buffer => {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad(context, header));
  const body = Buffer.concat([cipher.update(clear), cipher.final()]);
  return Buffer.concat([header, nonce, cipher.getAuthTag(), body]);
};

export const encrypt = (key: Uint8Array, context: readonly string[], clear: Uint8Array): Buffer => sealWith(Buffer.from([1]), key, context, clear);

/** Under the data key of this number, which stands in the header. */
export const encryptUnder = (number: number, key: Uint8Array, context: readonly string[], clear: Uint8Array): Buffer => {
  const header = Buffer.from([2, 0, 0, 0, 0]);
  header.writeUInt32BE(number, 1);
  return sealWith(header, key, context, clear);
};

const headerLength = (bytes: Uint8Array): number => {
  const length = bytes[0] === 1 ? 1 : bytes[0] === 2 ? 5 : 0;
  if (length === 0 || bytes.length < length + NONCE + TAG) throw new Error('not a ciphertext of this vault');
  return length;
};

/** Number of the data key that it was encrypted under. @throws Error if it is no ciphertext */
export const keyNumberOf = (sealed: Uint8Array): number => (headerLength(sealed) === 1 ? FIRST : Buffer.from(sealed).readUInt32BE(1));

/** @throws Error if the key, the context or one bit differs. */
export const decrypt = (key: Uint8Array, context: readonly string[], sealed: Uint8Array): Buffer => {
  const bytes = Buffer.from(sealed);
  const at = headerLength(bytes);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(at, at + NONCE), { authTagLength: TAG })
    .setAAD(aad(context, bytes.subarray(0, at)))
    .setAuthTag(bytes.subarray(at + NONCE, at + NONCE + TAG));
  return Buffer.concat([decipher.update(bytes.subarray(at + NONCE + TAG)), decipher.final()]);
};
