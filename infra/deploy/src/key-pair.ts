/**
 * NATS keys (nkeys) on node:crypto. The library's own ed25519 is pure JavaScript: tens of milliseconds for each signature, seconds under a test runner.
 * Form: base32 of prefix, 32 bytes and their CRC-16 (https://docs.nats.io/reference/reference-protocols/nkeys).
 */
import { createPrivateKey, createPublicKey, randomBytes, sign as ed25519, verify as ed25519Verify } from 'node:crypto';
import type { KeyPair } from '@nats-io/nkeys';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED = 18 << 3;
const KINDS = { operator: 14 << 3, account: 0, user: 20 << 3 } as const;
type Kind = keyof typeof KINDS;

const encode = (bytes: Uint8Array): string => {
  const bits = [...bytes].map(b => b.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map(five => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
};

const decode = (text: string): Buffer => {
  const digits = [...text].map(c => BASE32.indexOf(c));
  if (digits.includes(-1)) throw new TypeError('not a NATS key');
  const bits = digits.map(d => d.toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map(eight => Number.parseInt(eight, 2)));
};

/** CRC-16/XMODEM, as two bytes, the low one first. */
const crc = (bytes: Uint8Array): Buffer => {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 8;
    for (let i = 0; i < 8; i++) sum = sum & 0x8000 ? ((sum << 1) ^ 0x1021) & 0xffff : (sum << 1) & 0xffff;
  }
  return Buffer.from([sum & 0xff, sum >> 8]);
};
const sealed = (bytes: Uint8Array): string => encode(Buffer.concat([bytes, crc(bytes)]));

/** The kind and the 32 bytes of a seed. @throws TypeError not a seed, or mistyped */
const readSeed = (seed: string): { readonly kind: number; readonly raw: Buffer } => {
  const bytes = decode(seed);
  const [first = 0, second = 0] = bytes;
  const kind = ((first & 0b111) << 5) | ((second & 0b1111_1000) >> 3);
  if (bytes.length !== 36 || (first & 0b1111_1000) !== SEED || !crc(bytes.subarray(0, 34)).equals(bytes.subarray(34)) || !Object.values(KINDS).includes(kind as 0)) throw new TypeError('not a NATS seed');
  return { kind, raw: bytes.subarray(2, 34) };
};

const no = (): never => {
  throw new Error('not a key for encryption');
};

/** @throws TypeError not a seed */
export const keyPairOf = (seed: string): KeyPair => {
  const { kind, raw } = readSeed(seed);
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, raw]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key);
  const publicBytes = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const name = sealed(Buffer.concat([Buffer.from([kind]), publicBytes]));
  const seedBytes = new TextEncoder().encode(seed);
  return {
    getPublicKey: () => name,
    getPrivateKey: () => seedBytes,
    getSeed: () => seedBytes,
    sign: input => new Uint8Array(ed25519(null, input, key)),
    verify: (input, signature) => ed25519Verify(null, input, publicKey, signature),
    clear: () => undefined,
    seal: no,
    open: no,
  };
};

export const seedOf = (pair: KeyPair): string => new TextDecoder().decode(pair.getSeed());

export const newKeyPair = (kind: Kind): KeyPair => {
  const k = KINDS[kind];
  return keyPairOf(sealed(Buffer.concat([Buffer.from([SEED | (k >> 5), (k & 31) << 3]), randomBytes(32)])));
};

/** The claims of a JWT of ours. Not verified: whoever can write our files can sign too, and nats-server verifies for itself. */
export const claimsOf = <T>(jwt: string): { readonly sub: string; readonly name: string; readonly iat: number; readonly jti: string; readonly nats: T } =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')) as never;
