/** What wraps data keys. Only auth holds any. */
import { createHash, hkdfSync } from 'node:crypto';
import { decrypt, encrypt, KEY_BYTES } from './aead.js';

export interface MasterKey {
  /** Stands beside everything that it wrapped; says nothing of the key. */
  readonly name: string;
  wrap(context: readonly string[], clear: Uint8Array): Promise<Buffer>;
  /** @throws Error if it was wrapped by another key, or for another context */
  unwrap(context: readonly string[], wrapped: Uint8Array): Promise<Buffer>;
  /** 32 bytes for one purpose; only a key whose bytes are here can. */
  readonly derive?: (purpose: string) => Buffer;
}

export interface MasterKeys {
  /** Wraps what is new. */
  primary(): Promise<MasterKey>;
  /** The primary one, or an old one that still unwraps. */
  named(name: string): Promise<MasterKey | undefined>;
}

/** @throws TypeError if it is not 32 bytes, or plainly not random. */
const checkMasterKey = (masterKey: Uint8Array): void => {
  if (masterKey.length !== KEY_BYTES) throw new TypeError(`the master key has ${masterKey.length} bytes, it needs ${KEY_BYTES} random ones`);
  if (!looksRandom(masterKey)) throw new TypeError('the master key is not random');
};

/** 32 random bytes have fewer than 20 different values once in 10^9; words, patterns and repetitions of a few letters nearly always. */
export const looksRandom = (bytes: Uint8Array): boolean => new Set(bytes).size >= 20 && !isText(bytes);
const isText = (bytes: Uint8Array): boolean => bytes.every(b => b >= 0x20 && b < 0x7f);

const nameOf = (masterKey: Uint8Array): string => createHash('sha256').update('xanthus.master.v1').update(masterKey).digest('hex').slice(0, 16);

/** A master key whose bytes are known: from a file or the environment. @throws TypeError if it is weak */
export const masterKeyOf = (bytes: Buffer): MasterKey => {
  checkMasterKey(bytes);
  return {
    name: nameOf(bytes),
    wrap: async (context, clear) => encrypt(bytes, context, clear),
    unwrap: async (context, wrapped) => decrypt(bytes, context, wrapped),
    derive: purpose => Buffer.from(hkdfSync('sha256', bytes, 'xanthus', purpose, KEY_BYTES)),
  };
};

/** The first wraps, all unwrap. */
export const masterKeysOf = (primary: MasterKey, ...old: readonly MasterKey[]): MasterKeys => ({
  primary: async () => primary,
  named: async name => [primary, ...old].find(key => key.name === name),
});
