/**
 * The one form of JWT that services show each other: EdDSA over ed25519, nothing negotiable. By hand on `node:crypto`, because doors
 * check it synchronously per request and the usual libraries only verify asynchronously.
 */
import { createPrivateKey, createPublicKey, sign, verify, type JsonWebKey, type KeyObject } from 'node:crypto';

export interface JwtHeader { readonly alg?: unknown; readonly kid?: unknown; readonly [name: string]: unknown }
export interface Jwt { readonly header: JwtHeader; readonly payload: unknown; readonly signed: Buffer; readonly signature: Buffer }

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export const importPrivateKey = (jwk: JsonWebKey): KeyObject => ed25519(createPrivateKey({ key: jwk, format: 'jwk' }));
export const importPublicKey = (jwk: JsonWebKey): KeyObject => ed25519(createPublicKey({ key: jwk, format: 'jwk' }));

const ed25519 = (key: KeyObject): KeyObject => {
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError(`an ed25519 key is needed, this is ${String(key.asymmetricKeyType)}`);
  return key;
};

export const signJwt = (key: KeyObject, kid: string, payload: object): string => {
  const signed = `${encode({ alg: 'EdDSA', typ: 'JWT', kid })}.${encode(payload)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
};

/** Takes the parts apart without believing any of them. Undefined: not a JWT. */
export const decodeJwt = (token: string): Jwt | undefined => {
  const parts = token.split('.');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || !header || !payload || !signature || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return undefined;
  try {
    const head: unknown = JSON.parse(Buffer.from(header, 'base64url').toString());
    if (typeof head !== 'object' || head === null || Array.isArray(head)) return undefined;
    return { header: head as JwtHeader, payload: JSON.parse(Buffer.from(payload, 'base64url').toString()), signed: Buffer.from(`${header}.${payload}`), signature: Buffer.from(signature, 'base64url') };
  } catch {
    return undefined;
  }
};

export const signatureFits = (jwt: Jwt, key: KeyObject): boolean => verify(null, jwt.signed, key, jwt.signature);
