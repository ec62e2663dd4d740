import { createDecipheriv, createHash } from 'node:crypto';

const NONCE = 12;
const TAG = 16;

/**
 * A value that Xanthus encrypted: AES-256-GCM under SHA-256 of the Cloudflare token; nonce, then ciphertext and tag, base64, often as a JSON string.
 * @param tokens the one in use and, where known, earlier ones
 * @returns undefined when none of them fits
 */
export const openSealedValue = (stored: string, tokens: readonly string[]): string | undefined => {
  const sealed = base64Of(stored);
  if (sealed === undefined || sealed.length < NONCE + TAG) return undefined;
  for (const token of tokens) {
    const plain = open(sealed, createHash('sha256').update(token, 'utf8').digest());
    if (plain !== undefined) return plain;
  }
  return undefined;
};

const open = (sealed: Buffer, key: Buffer): string | undefined => {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG });
  decipher.setAuthTag(sealed.subarray(-TAG));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE, -TAG)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
};

const base64Of = (stored: string): Buffer | undefined => {
  const text = jsonString(stored.trim());
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
};

/** `"text"` or `text`. */
export const jsonString = (stored: string): string => {
  if (!stored.startsWith('"')) return stored;
  try {
    const value: unknown = JSON.parse(stored);
    return typeof value === 'string' ? value : stored;
  } catch {
    return stored;
  }
};
