/** Checks of request signatures: https://docs.oracle.com/iaas/Content/API/Concepts/signingrequests.htm */
import { createHash, createPublicKey, createVerify, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { refuse } from './answer.js';

/** Of a public key as Oracle lists it. */
export const fingerprintOf = (publicPem: string): string =>
  createHash('md5').update(createPublicKey(publicPem).export({ type: 'spki', format: 'der' })).digest('hex').match(/../g)?.join(':') ?? '';

const SKEW = 5 * 60_000;
const ALWAYS = ['(request-target)', 'host'];
const WITH_BODY = ['content-type', 'content-length', 'x-content-sha256'];
const bad = (why: string): never => refuse(401, 'NotAuthenticated', `The required information to complete authentication was not provided or was incorrect: ${why}`);

/** @returns the id of the key, `tenancy/user/fingerprint`, after everything has been found right */
export const verified = (request: IncomingMessage, body: Buffer, o: { readonly now: number; publicKey(keyId: string): string | undefined }): string => {
  const header = request.headers.authorization ?? '';
  if (!header.startsWith('Signature ')) return bad('no signature');
  const parts = Object.fromEntries([...header.slice(10).matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));
  const { keyId = '', algorithm, headers = '', signature = '', version } = parts;
  if (version !== '1' || algorithm !== 'rsa-sha256') return bad('version 1 and rsa-sha256 are taken');
  const names = headers.toLowerCase().split(' ');
  const needed = [...ALWAYS, ...(['POST', 'PUT', 'PATCH'].includes(request.method ?? '') ? WITH_BODY : [])];
  const missing = needed.filter(name => !names.includes(name));
  if (missing.length > 0 || !(names.includes('date') || names.includes('x-date'))) return bad(`not signed: ${missing.join(', ') || 'date'}`);
  const at = Date.parse(String(request.headers['x-date'] ?? request.headers['date'] ?? ''));
  if (Number.isNaN(at) || Math.abs(at - o.now) > SKEW) return bad('the date is more than five minutes off');
  if (needed.includes('x-content-sha256') && !same(String(request.headers['x-content-sha256'] ?? ''), createHash('sha256').update(body).digest('base64'))) return bad('x-content-sha256 is not of this body');
  const text = names.map(name => `${name}: ${name === '(request-target)' ? `${(request.method ?? '').toLowerCase()} ${request.url}` : String(request.headers[name] ?? '')}`).join('\n');
  const key = o.publicKey(keyId);
  if (key === undefined || !createVerify('RSA-SHA256').update(text).verify(key, signature, 'base64')) return bad('unknown key, or the signature does not fit');
  return keyId;
};

const same = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
