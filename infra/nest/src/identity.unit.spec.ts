import { beforeEach, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { IdentitySigner, type IdentityRequest } from './identity-signer.js';
import { IdentityVerifier } from './identity-verifier.js';
import { importPrivateKey, signJwt } from './jwt.js';
import { makeServiceKey, publicKeysOf } from './test-keys.js';

const gatewayKey = makeServiceKey('gateway');
const vpsKey = makeServiceKey('vps');
const authKey = makeServiceKey('auth');
const jwks = publicKeysOf(gatewayKey, vpsKey, authKey);
const PERSON: IdentityRequest = { sub: '01jd3x8e2v5y9w4z7q6r1s0tcd', kind: 'person', tenant: 'acme', sid: '01jd3x8e2v5y9w4z7q6r1s0tss', aud: 'vps' };

let clock = 0;
const now = (): number => clock;
const seconds = (): number => Math.floor(clock / 1_000);
const gateway = (): IdentitySigner => new IdentitySigner({ service: 'gateway', key: gatewayKey, now });
const vps = (): IdentityVerifier => new IdentityVerifier({ service: 'vps', jwks, now });
const claims = (change: object = {}): object => ({ iss: 'service:gateway', ...PERSON, iat: seconds(), exp: seconds() + 60, ...change });
const forge = (key: typeof gatewayKey, kid: string, change: object = {}): string => signJwt(importPrivateKey(key), kid, claims(change));
const refused = (token: string): string => {
  try {
    vps().verify(token);
  } catch (error) {
    expect((error as Error).name).toBe('IdentityError');
    return (error as Error).message;
  }
  return 'accepted';
};

describe('an identity', () => {
  beforeEach(() => {
    clock = 1_795_000_000_000;
  });

  it('of a person, signed by the gateway for this service, is accepted', async () => {
    expect(vps().verify(await gateway().sign(PERSON))).toMatchObject({ iss: 'service:gateway', sub: PERSON.sub, tenant: 'acme', sid: PERSON.sid });
  });

  it('of a service, signed by itself, is accepted and carries for whom it acts', async () => {
    const signer = new IdentitySigner({ service: 'auth', key: authKey, now });
    const token = await signer.sign({ sub: 'service:auth', kind: 'service', tenant: 'acme', aud: 'vps', act: { kind: 'person', id: PERSON.sub } });
    expect(vps().verify(token)).toMatchObject({ sub: 'service:auth', act: { id: PERSON.sub } });
  });

  it('meant for another service is refused, also by a service that was shown it', async () => {
    expect(refused(await gateway().sign({ ...PERSON, aud: 'auth' }))).toBe('meant for auth');
  });

  it('is refused once it has expired, also if it was accepted before', async () => {
    const verifier = vps();
    const token = await gateway().sign(PERSON);
    verifier.verify(token);
    clock += 60_000;
    expect(() => verifier.verify(token)).toThrow('expired');
    expect(refused(token)).toBe('expired');
  });

  it('signed with the key of one service under the name of another is refused', () => {
    expect(refused(forge(vpsKey, 'service:gateway'))).toBe('a signature that does not fit');
    expect(refused(forge(vpsKey, 'service:vps', { iss: 'service:gateway' }))).toBe('signed by service:vps, says it is service:gateway');
  });

  it('of a person that another service than the gateway signed is refused', () => {
    expect(refused(forge(authKey, 'service:auth', { iss: 'service:auth' }))).toBe('service:auth speaks for a person');
    expect(refused(forge(authKey, 'service:auth', { iss: 'service:auth', kind: 'credential' }))).toBe('service:auth speaks for a credential');
  });

  it('of one service that says it is another is refused, the gateway too', () => {
    expect(refused(forge(authKey, 'service:auth', { iss: 'service:auth', kind: 'service', sub: 'service:launch' }))).toBe('service:auth says it is service:launch');
    expect(refused(forge(gatewayKey, 'service:gateway', { kind: 'service', sub: 'service:vps' }))).toBe('service:gateway says it is service:vps');
    expect(refused(forge(gatewayKey, 'service:gateway', { sub: 'service:vps' }))).toBe('service:vps is no person');
  });

  it('of an unknown key is refused', () => {
    expect(refused(forge(makeServiceKey('evil'), 'service:evil', { iss: 'service:evil' }))).toBe('an unknown key');
  });

  it('with another algorithm is refused: none, and HMAC with the public key as secret', async () => {
    const [, payload] = (await gateway().sign(PERSON)).split('.');
    const head = (alg: string): string => Buffer.from(JSON.stringify({ alg, kid: 'service:gateway' })).toString('base64url');
    expect(refused(`${head('none')}.${payload}.`)).toBe('not a token');
    expect(refused(`${head('none')}.${payload}.AA`)).toBe('another algorithm than EdDSA');
    const signed = `${head('HS256')}.${payload}`;
    expect(refused(`${signed}.${createHmac('sha256', String(jwks.keys[0]?.x)).update(signed).digest('base64url')}`)).toBe('another algorithm than EdDSA');
  });

  it('with a changed claim is refused', async () => {
    const [head, , signature] = (await gateway().sign(PERSON)).split('.');
    const other = Buffer.from(JSON.stringify(claims({ tenant: 'globex' }))).toString('base64url');
    expect(refused(`${head}.${other}.${signature}`)).toBe('a signature that does not fit');
  });

  it('that lives longer than a minute or comes from the future is refused', () => {
    expect(refused(forge(gatewayKey, 'service:gateway', { exp: seconds() + 3_600 }))).toBe('lives too long');
    expect(refused(forge(gatewayKey, 'service:gateway', { iat: seconds() + 30, exp: seconds() + 60 }))).toBe('from the future');
  });

  it.each([[''], ['a.b'], ['....'], ['eyJ9.eyJ9.eyJ9'], ['é.é.é'], ['x'.repeat(5_000)]])('that is no token at all is refused: %s', token => {
    expect(refused(token)).toBe('not a token');
  });

  it('says until when a fresh proof holds, and is another one after a new proof', async () => {
    const signer = gateway();
    const before = await signer.sign({ ...PERSON, proved_until: seconds() + 5 });
    const after = await signer.sign({ ...PERSON, proved_until: seconds() + 600 });
    expect([await signer.sign(PERSON), before, after].map(token => vps().verify(token).proved_until)).toEqual([undefined, seconds() + 5, seconds() + 600]);
  });

  it('is signed once per half minute and claims', async () => {
    const signer = gateway();
    const first = await signer.sign(PERSON);
    clock += 29_000;
    expect(await signer.sign({ ...PERSON })).toBe(first);
    expect(await signer.sign({ ...PERSON, aud: 'auth' })).not.toBe(first);
    clock += 1_500;
    expect(await signer.sign(PERSON)).not.toBe(first);
  });

  it('is not made with the key of another service', () => {
    expect(() => new IdentitySigner({ service: 'vps', key: gatewayKey })).toThrow('belongs to service:gateway');
  });
});
