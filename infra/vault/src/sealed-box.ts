/** To one receiver's X25519 key: an ephemeral key of the sender, HKDF-SHA-256, AES-256-GCM. */
import { createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, type KeyObject } from 'node:crypto';
import { decrypt, encrypt, KEY_BYTES } from './aead.js';

export interface Receiver { readonly privateKey: KeyObject; /** base64url, 43 characters. */ readonly publicKey: string }
export interface SealedBox { readonly epk: string; readonly box: string }

const publicKeyOf = (key: KeyObject): string => createPublicKey(key).export({ format: 'jwk' }).x ?? '';
const importPublic = (x: string): KeyObject => createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });

export const newReceiver = (): Receiver => {
  const { privateKey } = generateKeyPairSync('x25519');
  return { privateKey, publicKey: publicKeyOf(privateKey) };
};

const sharedKey = (mine: KeyObject, theirs: string, epk: string, receiver: string): Buffer =>
  Buffer.from(hkdfSync('sha256', diffieHellman({ privateKey: mine, publicKey: importPublic(theirs) }), Buffer.alloc(0), `xanthus.seal.v1 ${epk} ${receiver}`, KEY_BYTES));

export const seal = (receiver: string, context: readonly string[], clear: Uint8Array): SealedBox => {
  const ephemeral = newReceiver();
  return { epk: ephemeral.publicKey, box: encrypt(sharedKey(ephemeral.privateKey, receiver, ephemeral.publicKey, receiver), context, clear).toString('base64') };
};

/** @throws Error if it was sealed to another key or for another context. */
export const open = (receiver: Receiver, context: readonly string[], sealed: SealedBox): Buffer =>
  decrypt(sharedKey(receiver.privateKey, sealed.epk, sealed.epk, receiver.publicKey), context, Buffer.from(sealed.box, 'base64'));
