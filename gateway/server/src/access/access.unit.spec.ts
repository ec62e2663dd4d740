import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@xanthus/kernel';
import { SignJWT } from 'jose';
import { Access } from './access.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const { x } = publicKey.export({ format: 'jwk' });
const [kid, person, session] = [newId(), newId(), newId()];
const NOW = Date.parse('2026-11-21T08:00:00Z');
const SESSION_KEY = `xanthus.sessions.${person}.${session}`;
const at = new Date(NOW).toISOString();

let access: Access;
let now: number;
const ended: string[] = [];
beforeEach(() => {
  now = NOW;
  ended.length = 0;
  access = new Access({ warn: () => {} }, () => now);
  access.onSessionEnd(id => ended.push(id));
  access.entry(`xanthus.jwks.${kid}`, { data: { kid, kty: 'OKP', crv: 'Ed25519', x, created_at: at } });
  access.entry(SESSION_KEY, { data: { id: session, person, tenant: 'acme', device: 'd', opened_at: at, refreshed_at: at, expires_at: at } });
});
const token = (o: { issuer?: string; audience?: string; alg?: string; life?: number; issued?: number; claims?: object } = {}): Promise<string> => {
  const issued = (o.issued ?? NOW) / 1_000;
  return new SignJWT({ sid: session, tenant: 'acme', ...o.claims }).setProtectedHeader({ alg: 'EdDSA', kid }).setSubject(person)
    .setIssuer(o.issuer ?? 'xanthus').setAudience(o.audience ?? 'xanthus').setIssuedAt(issued).setExpirationTime(issued + (o.life ?? 600)).sign(privateKey);
};
const codeOf = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => 'accepted', (error: { problem: { code: string } }) => error.problem.code);

describe('access', () => {
  it('knows nobody before keys and sessions are complete', async () => {
    expect(await codeOf(access.authenticate(await token()))).toBe('UNAVAILABLE');
    access.synced();
    expect(await access.authenticate(await token({ claims: { name: 'Ada' } }))).toMatchObject({ claims: { sub: person, sid: session, tenant: 'acme' }, name: 'Ada' });
  });

  it.each<[string, Parameters<typeof token>[0], string]>([
    ['another issuer', { issuer: 'elsewhere' }, 'AUTH_REQUIRED'], ['another audience', { audience: 'elsewhere' }, 'AUTH_REQUIRED'],
    ['an expired one', { life: -60 }, 'AUTH_EXPIRED'], ['claims of another form', { claims: { tenant: 1 } }, 'AUTH_REQUIRED'],
  ])('refuses %s', async (_name, o, code) => {
    access.synced();
    expect(await codeOf(access.authenticate(await token(o)))).toBe(code);
  });

  it('refuses another algorithm with the public key as secret', async () => {
    access.synced();
    const forged = await new SignJWT({ sid: session, tenant: 'acme' }).setProtectedHeader({ alg: 'HS256', kid }).setSubject(person).setIssuer('xanthus').setAudience('xanthus')
      .setIssuedAt(NOW / 1_000).setExpirationTime(NOW / 1_000 + 600).sign(Buffer.from(x ?? '', 'base64url'));
    expect(await codeOf(access.authenticate(forged))).toBe('AUTH_REQUIRED');
  });

  it('refuses tokens of a key that was taken back', async () => {
    access.synced();
    access.entry(`xanthus.jwks.${kid}`, undefined);
    expect(await codeOf(access.authenticate(await token()))).toBe('AUTH_REQUIRED');
  });

  it('refuses a session that ended, and says so once', async () => {
    access.synced();
    access.entry(SESSION_KEY, undefined);
    expect(ended).toEqual([session]);
    expect(await codeOf(access.authenticate(await token()))).toBe('AUTH_REQUIRED');
  });

  it('does not let a token in again because it was good before', async () => {
    access.synced();
    const [short, long] = [await token({ life: 60 }), await token()];
    const both = (): Promise<unknown[]> => Promise.all([short, long].map(t => codeOf(access.authenticate(t))));
    expect([await both(), await both()]).toEqual([['accepted', 'accepted'], ['accepted', 'accepted']]);
    now = NOW + 64_000;
    expect(await both()).toEqual(['accepted', 'accepted']); // clocks may differ by five seconds
    now = NOW + 66_000;
    expect(await both()).toEqual(['AUTH_EXPIRED', 'accepted']);
    const late = codeOf(access.authenticate(await token({ life: 500 })));
    access.entry(`xanthus.jwks.${kid}`, undefined);
    await late;
    expect(await both()).toEqual(['AUTH_REQUIRED', 'AUTH_REQUIRED']);
    access.entry(`xanthus.jwks.${kid}`, { data: { kid, kty: 'OKP', crv: 'Ed25519', x, created_at: at } });
    expect(await codeOf(access.authenticate(long))).toBe('accepted');
    access.entry(SESSION_KEY, undefined);
    expect(await codeOf(access.authenticate(long))).toBe('AUTH_REQUIRED');
  });

  it('lets a session in that is younger than the view, but none that should be there and is not', async () => {
    access.synced();
    const other = newId();
    expect(await codeOf(access.authenticate(await token({ claims: { sid: other } })))).toBe('accepted');
    now = NOW + 60_000;
    const late = new Access({ warn: () => {} }, () => now);
    late.entry(`xanthus.jwks.${kid}`, { data: { kid, kty: 'OKP', crv: 'Ed25519', x, created_at: at } });
    late.synced();
    expect(await codeOf(late.authenticate(await token({ claims: { sid: other } })))).toBe('AUTH_REQUIRED');
  });
});
