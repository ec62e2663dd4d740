import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CookieBrowser, startOpenIdProvider, type TestOpenIdProvider } from '@xanthus/testing';
import { checkOidc } from './oidc-check.js';
import { openOidc, type FlowChecks, type OidcClient, type Vouched } from './oidc-client.js';

const REDIRECT = 'http://127.0.0.1:9/api/auth/oidc/acme.main/callback';
let provider: TestOpenIdProvider;
let to: OidcClient;
const oidc = openOidc({ fetch: (url, init) => fetch(url, init) });
const code = (problem: Promise<unknown>): Promise<string> => problem.then(() => 'answered', (error: { code?: string; message: string }) => error.code ?? error.message);

/** To the provider and back: the query of the callback. */
const visit = async (url: string, browser = new CookieBrowser()): Promise<string> => new URL((await browser.follow(url, u => u.href.startsWith(REDIRECT))).url).search.slice(1);
const logIn = async (checks?: Partial<FlowChecks>): Promise<Vouched> => {
  const begun = await oidc.start(to, REDIRECT);
  return oidc.finish(to, { ...begun.checks, ...checks }, await visit(begun.url), ['email', 'groups']);
};

beforeAll(async () => {
  provider = await startOpenIdProvider({ redirectUris: [REDIRECT] });
  to = { issuer: provider.issuer, client_id: provider.client.id, secret: provider.client.secret, scopes: ['openid', 'email', 'profile', 'offline_access'] };
  provider.accounts.set('ada', { email: 'ada@acme.example', email_verified: true, name: 'Ada', groups: ['ops'] });
});
beforeEach(() => { Object.assign(provider, { loginAs: 'ada', down: false, codeLife: 60 }); });
afterAll(() => provider?.stop());

describe('a conversation with a provider', () => {
  it('learns who it is, their groups and a token to refresh with; nothing but S256, state and nonce goes through the browser', async () => {
    const { url } = await oidc.start(to, REDIRECT);
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({ code_challenge_method: 'S256', response_type: 'code', redirect_uri: REDIRECT, state: expect.stringMatching(/.{32}/), nonce: expect.stringMatching(/.{32}/) });
    expect(url).not.toContain(provider.client.secret);
    expect(await logIn()).toMatchObject({ issuer: provider.issuer, subject: 'ada', claims: { email: 'ada@acme.example', email_verified: true, groups: ['ops'], name: 'Ada' }, refresh_token: expect.any(String) });
  });

  it.each<[string, Partial<FlowChecks>]>([['state', { state: 'x'.repeat(43) }], ['nonce', { nonce: 'x'.repeat(43) }], ['verifier', { verifier: 'x'.repeat(43) }]])('of another %s is refused', async (_what, checks) => {
    expect(await code(logIn(checks))).toBe('OIDC.REFUSED');
  });

  it('refuses the answer of another issuer (mix-up), a code that was used, and one that is too old', async () => {
    const begun = await oidc.start(to, REDIRECT);
    const query = await visit(begun.url);
    const mixed = new URLSearchParams(query);
    mixed.set('iss', 'https://elsewhere.example');
    expect(await code(oidc.finish(to, begun.checks, mixed.toString(), []))).toBe('OIDC.REFUSED');
    await oidc.finish(to, begun.checks, query, []);
    expect(await code(oidc.finish(to, begun.checks, query, []))).toBe('OIDC.REFUSED');
    provider.codeLife = -60;
    expect(await code(logIn())).toBe('OIDC.REFUSED');
  });

  it('says that the provider did not let somebody in', async () => {
    const { checks } = await oidc.start(to, REDIRECT);
    const query = new URLSearchParams({ error: 'access_denied', state: checks.state, iss: provider.issuer }).toString();
    await expect(oidc.finish(to, checks, query, [])).rejects.toMatchObject({ code: 'OIDC.REFUSED', message: expect.stringContaining('access_denied') });
  });

  it('tells a person who was taken out from a provider that is away, and from a wrong secret', async () => {
    const { refresh_token = '' } = await logIn();
    const again = await oidc.refresh(to, refresh_token, 'ada', ['groups']);
    expect(again).toMatchObject({ status: 'good', claims: { groups: ['ops'] } });
    const next = again.status === 'good' ? again.refresh_token : '';
    provider.down = true;
    expect(await oidc.refresh(to, next, 'ada', [])).toMatchObject({ status: 'unavailable' });
    provider.down = false;
    expect(await oidc.refresh({ ...to, secret: 'another' }, next, 'ada', [])).toMatchObject({ status: 'unavailable' });
    await provider.revoke('ada');
    expect(await oidc.refresh(to, next, 'ada', [])).toMatchObject({ status: 'refused' });
  });

  it('that cannot be begun says why', async () => {
    provider.down = true;
    const fresh = openOidc({ fetch: (url, init) => fetch(url, init) });
    expect(await code(fresh.start(to, REDIRECT))).toBe('OIDC.UNAVAILABLE');
    provider.down = false;
    expect(await code(fresh.start(to, REDIRECT))).toBe('answered');
  });
});

describe('a check of a provider', () => {
  const check = (over: Partial<Parameters<typeof checkOidc>[1]> = {}) => checkOidc((url, init) => fetch(url, init), { issuer: provider.issuer, client_id: provider.client.id, secret: provider.client.secret, ...over });
  const failed = async (over: Partial<Parameters<typeof checkOidc>[1]>) => (await check(over)).stages.find(s => s.status === 'failed')?.stage;

  it('is good in every stage', async () => {
    expect(await check()).toEqual({ ok: true, features: { logout: true, backchannel_logout: true, offline_access: true }, stages: ['address', 'discovery', 'issuer', 'keys', 'features', 'client'].map(stage => ({ stage, status: 'ok', message: expect.any(String) })) });
  });

  it('names the stage that fails, and skips the rest', async () => {
    expect(await failed({ secret: 'wrong' })).toBe('client');
    expect(await failed({ client_id: 'nobody' })).toBe('client');
    expect(await failed({ issuer: `${provider.issuer}/elsewhere` })).toBe('discovery');
    expect(await failed({ issuer: provider.issuer.replace('127.0.0.1', 'localhost') })).toBe('issuer');
    provider.down = true;
    const { stages } = await check();
    expect(stages.map(s => s.status)).toEqual(['failed', ...Array.from({ length: 5 }, () => 'skipped')]);
  });
});
