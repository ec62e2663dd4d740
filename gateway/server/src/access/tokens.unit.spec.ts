/** The row "Tokens" of the security rules: what must not pass for an access token. The one that passes stands first, so that each refusal is for its own reason. */
import { createPublicKey, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@xanthus/kernel';
import { base64url, SignJWT } from 'jose';
import { Access } from './access.js';

const NOW = Date.parse('2026-11-21T08:00:00Z');
const SECONDS = NOW / 1_000;
const at = new Date(NOW).toISOString();
const [person, session, kid] = [newId(), newId(), newId()];
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const xOf = (key: KeyObject): string => key.export({ format: 'jwk' }).x ?? '';
const jwkEntry = (id: string, key: KeyObject): [string, unknown] => [`xanthus.jwks.${id}`, { data: { kid: id, kty: 'OKP', crv: 'Ed25519', x: xOf(key), created_at: at } }];

let access: Access;
beforeEach(() => {
  access = new Access({ warn: () => {} }, () => NOW);
  access.entry(...jwkEntry(kid, publicKey));
  access.entry(`xanthus.sessions.${person}.${session}`, { data: { id: session, person, tenant: 'acme', device: 'd', opened_at: at, refreshed_at: at, expires_at: at } });
  access.synced();
});

const payload = (change: object = {}): Record<string, unknown> => ({ iss: 'xanthus', aud: 'xanthus', sub: person, sid: session, tenant: 'acme', iat: SECONDS, exp: SECONDS + 600, ...change });
const signed = (claims: object = {}, header: object = {}, key: KeyObject = privateKey): Promise<string> => new SignJWT(payload(claims)).setProtectedHeader({ alg: 'EdDSA', kid, ...header }).sign(key);
const encode = (value: unknown): string => base64url.encode(JSON.stringify(value));
const codeOf = (token: string): Promise<unknown> => access.authenticate(token).then(() => 'accepted', (error: { problem: { code: string } }) => error.problem.code);

describe('an access token', () => {
  it('of auth passes', async () => {
    expect(await codeOf(await signed())).toBe('accepted');
  });

  it.each([['alone', ''], ['with a signature', 'AA'], ['with the signature of a good one', undefined]])('algorithm confusion: "none" %s', async (_how, signature) => {
    const good = (await signed()).split('.')[2] ?? '';
    for (const alg of ['none', 'None', 'NONE', 'nOnE']) expect(await codeOf(`${encode({ alg, kid, typ: 'JWT' })}.${encode(payload())}.${signature ?? good}`)).toBe('AUTH_REQUIRED');
  });

  it('algorithm confusion: HMAC with the public key as the secret, in every form that it is known in', async () => {
    const pem = publicKey.export({ format: 'pem', type: 'spki' });
    const der = publicKey.export({ format: 'der', type: 'spki' });
    const secrets = [Buffer.from(xOf(publicKey), 'base64url'), Buffer.from(xOf(publicKey)), Buffer.from(pem), Buffer.from(pem.toString().trim()), der, Buffer.from(JSON.stringify(publicKey.export({ format: 'jwk' })))];
    for (const secret of secrets) for (const alg of ['HS256', 'HS384', 'HS512']) {
      const forged = await new SignJWT(payload()).setProtectedHeader({ alg, kid }).sign(secret.length < 64 ? Buffer.concat([secret], 64) : secret);
      expect(await codeOf(forged)).toBe('AUTH_REQUIRED');
    }
  });

  it('algorithm confusion: another asymmetric algorithm', async () => {
    const { privateKey: ec } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(await codeOf(await signed({}, { alg: 'ES256' }, ec))).toBe('AUTH_REQUIRED');
    const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const head = `${encode({ alg: 'RS256', kid })}.${encode(payload())}`;
    expect(await codeOf(`${head}.${createSign('sha256').update(head).sign(rsa, 'base64url')}`)).toBe('AUTH_REQUIRED');
  });

  it.each<[string, object, string]>([
    ['expired', { iat: SECONDS - 700, exp: SECONDS - 60 }, 'AUTH_EXPIRED'],
    ['not yet valid', { nbf: SECONDS + 60 }, 'AUTH_REQUIRED'],
    ['without an end', { exp: undefined }, 'AUTH_REQUIRED'],
    ['for another audience', { aud: 'vps' }, 'AUTH_REQUIRED'],
    ['for no audience', { aud: undefined }, 'AUTH_REQUIRED'],
    ['of another issuer', { iss: 'service:gateway' }, 'AUTH_REQUIRED'],
    ['of no issuer', { iss: undefined }, 'AUTH_REQUIRED'],
    ['of nobody', { sub: undefined }, 'AUTH_REQUIRED'],
    ['without a session', { sid: undefined }, 'AUTH_REQUIRED'],
  ])('%s', async (_what, claims, code) => {
    expect(await codeOf(await signed(claims))).toBe(code);
  });

  it('kid injection: names a path, a query, a prototype, or nothing; a stranger\'s key under our kid', async () => {
    const stranger = generateKeyPairSync('ed25519').privateKey;
    for (const bad of ['../../dev/null', '/dev/null', "' OR '1'='1", '__proto__', 'constructor', 'toString', '', ' ', kid.toUpperCase(), `${kid}\0`]) expect([bad, await codeOf(await signed({}, { kid: bad }))]).toEqual([bad, 'AUTH_REQUIRED']);
    expect(await codeOf(await signed({}, { kid: undefined }))).toBe('AUTH_REQUIRED');
    expect(await codeOf(await signed({}, {}, stranger))).toBe('AUTH_REQUIRED');
  });

  it('key injection: brings its own key or the address of one', async () => {
    const stranger = generateKeyPairSync('ed25519');
    const jwk = createPublicKey(stranger.privateKey).export({ format: 'jwk' });
    for (const header of [{ jwk }, { kid: undefined, jwk }, { jku: 'http://127.0.0.1:1/jwks.json' }, { x5u: 'http://127.0.0.1:1/x.pem' }, { x5c: ['MIIB'] }]) expect(await codeOf(await signed({}, header, stranger.privateKey))).toBe('AUTH_REQUIRED');
  });

  it('with a header that must be understood and is not', async () => {
    // jose refuses to make one, so it is made by hand
    const { sign } = await import('node:crypto');
    const head = `${encode({ alg: 'EdDSA', kid, crit: ['exp2'], exp2: 1 })}.${encode(payload())}`;
    expect(await codeOf(`${head}.${sign(null, Buffer.from(head), privateKey).toString('base64url')}`)).toBe('AUTH_REQUIRED');
  });

  it('with a claim that was changed', async () => {
    const [head, , signature] = (await signed()).split('.');
    expect(await codeOf(`${head}.${encode(payload({ tenant: 'globex' }))}.${signature}`)).toBe('AUTH_REQUIRED');
  });

  it.each(['', '.', '..', 'a.b.c', 'Bearer', '{}', 'x'.repeat(10_000)])('that is none: %s', async (token) => {
    expect(await codeOf(token)).toBe('AUTH_REQUIRED');
  });
});

describe('rotation of the keys', () => {
  it('the new and the old key both verify, until the old one is taken back; one that nobody published never does', async () => {
    const next = generateKeyPairSync('ed25519');
    const nextKid = newId();
    const [old, fresh] = [await signed(), await signed({}, { kid: nextKid }, next.privateKey)];
    expect([await codeOf(old), await codeOf(fresh)]).toEqual(['accepted', 'AUTH_REQUIRED']);
    access.entry(...jwkEntry(nextKid, next.publicKey));
    expect([await codeOf(old), await codeOf(fresh)]).toEqual(['accepted', 'accepted']);
    expect(access.jwks().keys).toHaveLength(2);
    access.entry(`xanthus.jwks.${kid}`, undefined);
    expect([await codeOf(old), await codeOf(fresh)]).toEqual(['AUTH_REQUIRED', 'accepted']);
    // the new key under the old name is another key
    expect(await codeOf(await signed({}, { kid: nextKid }))).toBe('AUTH_REQUIRED');
  });
});

describe('a fresh proof', () => {
  const view = (proved_until?: string): unknown => ({ data: { id: session, person, tenant: 'acme', device: 'd', opened_at: at, refreshed_at: at, expires_at: at, ...(proved_until === undefined ? {} : { proved_until }) } });
  const key = `xanthus.sessions.${person}.${session}`;
  it('is what the token or the session says, whichever is later, and ends with the session', async () => {
    expect(access.provedUntil(session)).toBeUndefined();
    await codeOf(await signed({ proved_until: SECONDS + 60 }));
    expect(access.provedUntil(session)).toBe(SECONDS + 60);
    access.entry(key, view(new Date(NOW + 600_000).toISOString()));
    expect(access.provedUntil(session)).toBe(SECONDS + 600);
    await codeOf(await signed({ proved_until: SECONDS + 60 }));
    expect(access.provedUntil(session)).toBe(SECONDS + 600);
    access.entry(key, undefined);
    expect(access.provedUntil(session)).toBeUndefined();
  });
  it('of a token that was forged or expired says nothing', async () => {
    await codeOf(await signed({ proved_until: SECONDS + 600, exp: SECONDS - 60 }));
    await codeOf(await signed({ proved_until: SECONDS + 600 }, {}, generateKeyPairSync('ed25519').privateKey));
    expect(access.provedUntil(session)).toBeUndefined();
  });
  it('is waited for until this gateway knows of it', async () => {
    const waiting = access.waitForProof(session, SECONDS + 600, 5_000);
    access.entry(key, view(new Date(NOW + 600_000).toISOString()));
    expect(await waiting).toBe(true);
    expect(await access.waitForProof(session, SECONDS + 900, 1)).toBe(false);
  });
});

it('what is one\'s own is known by view and person, and forgotten when it goes', () => {
  const other = newId();
  access.entry(`xanthus.profiles.${person}`, { schema: 1, data: { has_password: true } });
  access.entry(`xanthus.identities.${person}.${other}`, { schema: 1, data: { kind: 'oidc' } });
  expect(access.ownOf('profiles', person)).toMatchObject([{ id: person, data: { has_password: true } }]);
  expect(access.ownOf('identities', person)).toMatchObject([{ id: other }]);
  expect(access.ownOf('sessions', person)).toMatchObject([{ id: session }]);
  expect([access.ownOf('profiles', other), access.ownOf('identities', other)]).toEqual([[], []]);
  access.entry(`xanthus.identities.${person}.${other}`, undefined);
  expect(access.ownOf('identities', person)).toEqual([]);
});
