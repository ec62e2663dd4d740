/** What a provider, or somebody between, may forge: it is refused. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSafeFetch } from '@xanthus/net';
import { FORGER, startForger, type Forgery, type ForgingProvider } from './forging-provider.fixture.js';
import { checkOidc } from './oidc-check.js';
import { openOidc, type OidcClient } from './oidc-client.js';

const REDIRECT = 'http://127.0.0.1:9/callback';
const BACKCHANNEL = 'http://schemas.openid.net/event/backchannel-logout';
let provider: ForgingProvider;
let to: OidcClient;
let oidc = openOidc({ fetch: (url, init) => fetch(url, init) });
const code = (problem: Promise<unknown>): Promise<string> => problem.then(() => 'accepted', (error: { code?: string; message: string }) => error.code ?? error.message);

beforeAll(async () => {
  provider = await startForger();
  to = { issuer: provider.issuer, client_id: FORGER.id, secret: FORGER.secret, scopes: ['openid'] };
});
beforeEach(() => {
  provider.forgery = {};
  oidc = openOidc({ fetch: (url, init) => fetch(url, init) });
});
afterAll(() => provider?.stop());

const logIn = async (forgery: Forgery): Promise<string> => {
  const { checks } = await oidc.start(to, REDIRECT);
  provider.nonce = checks.nonce;
  provider.forgery = forgery;
  return code(oidc.finish(to, checks, `code=c&state=${checks.state}`, []));
};

describe('an ID token', () => {
  it('that is true is accepted', async () => expect(await logIn({})).toBe('accepted'));

  it.each<[string, Forgery]>([
    ['without a signature (alg none)', { alg: 'none' }], ['signed with the client secret (algorithm confusion)', { alg: 'HS256' }], ['signed with another key', { foreignKey: true }],
    ['of another issuer', { claims: { iss: 'https://elsewhere.example' } }], ['for another client', { claims: { aud: 'somebody-else' } }], ['for several clients without saying for whom', { claims: { aud: [FORGER.id, 'somebody-else'] } }],
    ['with another nonce', { claims: { nonce: 'x'.repeat(43) } }], ['without a nonce', { claims: { nonce: undefined } }], ['that has expired', { claims: { exp: Math.floor(Date.now() / 1_000) - 3_600, iat: Math.floor(Date.now() / 1_000) - 7_200 } }],
    ['without a subject', { claims: { sub: undefined } }], ['that is not there', { noIdToken: true }],
  ])('%s is refused', async (_what, forgery) => expect(await logIn(forgery)).toBe('OIDC.REFUSED'));
});

it('a provider that says it is somebody else is not asked', async () => {
  provider.forgery = { issuer: 'https://accounts.google.com' };
  expect(await code(oidc.start(to, REDIRECT))).toBe('OIDC.UNAVAILABLE');
});

it.each(['javascript:alert(1)//', 'data:text/html,x', 'file:///etc/passwd'])('a browser is not sent to %s', async (pages) => {
  provider.forgery = { pages };
  expect(await code(oidc.start(to, REDIRECT))).toBe('OIDC.UNAVAILABLE');
  expect(await code(oidc.logoutUrl(to, REDIRECT))).toBe('OIDC.UNAVAILABLE');
});

describe('an address inside', () => {
  const safely = async <T>(allow: ('loopback' | 'private')[], run: (call: typeof fetch) => Promise<T>): Promise<T> => {
    const call = createSafeFetch({ policy: { allow, setting: 'XANTHUS_OUTGOING_ALLOW' } });
    try {
      return await run(call as typeof fetch);
    } finally {
      await call.close();
    }
  };
  const failed = async (allow: ('loopback' | 'private')[]) => safely(allow, async call => (await checkOidc(call, { issuer: provider.issuer, client_id: FORGER.id, secret: FORGER.secret })).stages.find(s => s.status === 'failed'));

  it('is not asked unless the operator allows it, and the check says so', async () => {
    expect(await failed([])).toMatchObject({ stage: 'address' });
    await safely([], async call => expect(await code(openOidc({ fetch: call }).start(to, REDIRECT))).toBe('OIDC.UNAVAILABLE'));
    await safely(['loopback'], async call => expect(await code(openOidc({ fetch: call }).start(to, REDIRECT))).toBe('accepted'));
  });

  it.each(['http://169.254.169.254', 'https://10.0.0.1', 'https://[fd00:ec2::254]'])('%s is not asked because a provider names it', async (elsewhere) => {
    provider.forgery = { elsewhere };
    expect(await failed(['loopback'])).toMatchObject({ stage: 'keys' });
    await safely(['loopback'], async (call) => {
      const careful = openOidc({ fetch: call });
      const { checks } = await careful.start(to, REDIRECT);
      expect(await code(careful.finish(to, checks, `code=c&state=${checks.state}`, []))).toBe('OIDC.UNAVAILABLE');
    });
  });
});

describe('a logout token', () => {
  const now = (): number => Math.floor(Date.now() / 1_000);
  const claims = (): Record<string, unknown> => ({ iss: provider.issuer, aud: FORGER.id, sub: 'ada', sid: 's1', iat: now(), exp: now() + 120, jti: 'j1', events: { [BACKCHANNEL]: {} } });
  const read = async (over: Record<string, unknown>, o: Pick<Forgery, 'alg' | 'foreignKey'> = {}): Promise<string> => code(oidc.readLogout(to, await provider.sign({ ...claims(), ...over }, o)));

  it('says who is logged out, and where', async () => {
    expect(await oidc.readLogout(to, await provider.sign(claims()))).toMatchObject({ issuer: provider.issuer, subject: 'ada', sid: 's1', jti: 'j1' });
    expect(await read({ sid: undefined })).toBe('accepted');
    expect(await read({ sub: undefined })).toBe('accepted');
  });

  it.each<[string, Record<string, unknown>]>([
    ['of another issuer', { iss: 'https://elsewhere.example' }], ['for another client', { aud: 'somebody-else' }], ['that names nobody', { sub: undefined, sid: undefined }],
    ['that is an ID token: no event', { events: undefined }], ['with another event', { events: { 'http://schemas.openid.net/event/other': {} } }], ['with an event that is no object', { events: { [BACKCHANNEL]: true } }],
    ['with a nonce', { nonce: 'n' }], ['without a name of its own', { jti: undefined }], ['without a time', { iat: undefined }], ['of long ago', { iat: now() - 3_600 }], ['of the future', { iat: now() + 3_600 }],
    ['that has expired', { exp: now() - 60 }],
  ])('%s is refused', async (_what, over) => expect(await read(over)).toBe('OIDC.LOGOUT_INVALID'));

  it.each<[string, Pick<Forgery, 'alg' | 'foreignKey'>]>([['without a signature', { alg: 'none' }], ['signed with the client secret', { alg: 'HS256' }], ['signed with another key', { foreignKey: true }]])('%s is refused', async (_what, o) => {
    expect(await read({}, o)).toBe('OIDC.LOGOUT_INVALID');
  });

  it('that is no token at all is refused', async () => {
    for (const text of ['', 'x', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.']) expect(await code(oidc.readLogout(to, text))).toBe('OIDC.LOGOUT_INVALID');
  });
});
