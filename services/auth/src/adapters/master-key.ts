import { hkdfSync } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

/** @throws a sentence: missing, readable by others, or too weak. Never a default. */
export const readMasterKey = async (path: string): Promise<Buffer> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Error(`The master key ${path} cannot be read. Without it no secret can be opened; restore the file from a backup.`, { cause: error });
  });
  if (((await stat(path)).mode & 0o077) !== 0) throw new Error(`The master key ${path} can be read by others; run: chmod 600 ${path}`);
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length < 32 || new Set(key).size < 8) throw new Error(`The master key ${path} is too weak: at least 32 random bytes in base64url are needed.`);
  return key;
};

/** A key of its own for each purpose, so that one never stands for another. */
export const deriveKey = (masterKey: Buffer, purpose: 'markers' | 'refresh-tokens'): Buffer => Buffer.from(hkdfSync('sha256', masterKey, 'xanthus', `auth ${purpose}`, 32));
