/** AES-256-GCM, always with a context. Stored form: version 1, nonce (12), tag (16), ciphertext. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const VERSION = 1;
const NONCE = 12;
const TAG = 16;
export const KEY_BYTES = 32;

/** Parts of what a ciphertext belongs to; it opens with exactly these only. JSON keeps `['a', 'b.c']` apart from `['a.b', 'c']`. */
const aad = (context: readonly string[]): Buffer => Buffer.from(JSON.stringify(context));

export const encrypt = (key: Uint8Array, context: readonly string[], clear: Uint8Array): Buffer => {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad(context));
  const body = Buffer.concat([cipher.update(clear), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), body]);
};

/** @throws Error if the key, the context or one bit differs. */
export const decrypt = (key: Uint8Array, context: readonly string[], sealed: Uint8Array): Buffer => {
  const bytes = Buffer.from(sealed);
  if (bytes.length < 1 + NONCE + TAG || bytes[0] !== VERSION) throw new Error('not a ciphertext of this vault');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + NONCE), { authTagLength: TAG })
    .setAAD(aad(context))
    .setAuthTag(bytes.subarray(1 + NONCE, 1 + NONCE + TAG));
  return Buffer.concat([decipher.update(bytes.subarray(1 + NONCE + TAG)), decipher.final()]);
};
