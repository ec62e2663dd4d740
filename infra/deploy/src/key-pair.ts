/** NATS keys (nkeys) that sign with node:crypto: pure-JavaScript ed25519 takes tens of milliseconds for each account. */
import { createPrivateKey, sign as ed25519, type KeyObject } from 'node:crypto';
import { createAccount, createOperator, createUser, fromSeed, type KeyPair } from '@nats-io/nkeys';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

const base32Decode = (text: string): Buffer => {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const c of text) {
    const v = BASE32.indexOf(c);
    if (v < 0) throw new TypeError('not a NATS seed');
    value = (value << 5) | v;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >>> bits) & 0xff);
      value &= (1 << bits) - 1;
    }
  }
  return Buffer.from(bytes);
};

/** Two prefix bytes, 32 bytes of seed, two bytes of CRC (checked by `fromSeed`). */
const privateKey = (seed: string): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, base32Decode(seed).subarray(2, 34)]), format: 'der', type: 'pkcs8' });

/** A key pair of the library whose `sign` is native and whose public half is computed once. @throws TypeError not a seed */
export const keyPairOf = (seed: string): KeyPair => {
  const pair = fromSeed(new TextEncoder().encode(seed));
  const key = privateKey(seed);
  const publicKey = pair.getPublicKey();
  return {
    getPublicKey: () => publicKey,
    getPrivateKey: () => pair.getPrivateKey(),
    getSeed: () => pair.getSeed(),
    sign: input => new Uint8Array(ed25519(null, input, key)),
    verify: (input, signature) => pair.verify(input, signature),
    clear: () => pair.clear(),
    seal: (input, recipient, nonce) => pair.seal(input, recipient, nonce),
    open: (input, sender) => pair.open(input, sender),
  };
};

export const seedOf = (pair: KeyPair): string => new TextDecoder().decode(pair.getSeed());

const make = { operator: createOperator, account: createAccount, user: createUser } as const;
export const newKeyPair = (kind: keyof typeof make): KeyPair => keyPairOf(seedOf(make[kind]()));
