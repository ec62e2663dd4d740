/** Log-in at an OpenID provider on the running product: the whole way of a browser, over HTTP, against the certified provider. And API keys. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, type Client } from '@xanthus/client';
import { CookieBrowser, eventually, startOpenIdProvider, type TestOpenIdProvider } from '@xanthus/testing';
import { WebSocket } from 'ws';
import { startPlatform } from './testing-platform.js';
import type { Platform } from './testing-platform.js';

interface Answer<T = Record<string, unknown>> { readonly status: number; readonly code?: string; readonly data: T }
interface Tokens { readonly access_token: string; readonly session: string; readonly user: { readonly id: string; readonly name: string; readonly email: string }; readonly tenant: { readonly id: string } }

let platform: Platform;
let provider: TestOpenIdProvider;
let ada: string;
let address: string;
const clients: Client[] = [];
/** Shown once, so nowhere to be found afterwards. */
const shown: string[] = [];

const PROVIDER = () => ({
  label: 'Acme account', issuer: provider.issuer, client_id: provider.client.id, client_secret: provider.client.secret, scopes: ['openid', 'profile', 'email', 'offline_access'],
  group_claim: 'groups', group_roles: [{ group: 'admins', role: 'admin' }, { group: 'ops', role: 'operator' }], default_role: null, auto_join: true, email_domains: ['acme.example'],
});

const ask = async <T = Record<string, unknown>>(method: string, path: string, o: { body?: unknown; token?: string; browser?: CookieBrowser } = {}): Promise<Answer<T>> => {
  const init: RequestInit = {
    method, headers: { origin: platform.url, ...(o.body === undefined ? {} : { 'content-type': 'application/json' }), ...(o.token === undefined ? {} : { authorization: `Bearer ${o.token}` }) },
    ...(o.body === undefined ? {} : { body: JSON.stringify(o.body) }),
  };
  const answer = await (o.browser?.fetch(`${platform.url}${path}`, init) ?? fetch(`${platform.url}${path}`, init));
  const { data, code } = (await answer.json()) as { data: T; code?: string };
  return { status: answer.status, data, ...(code === undefined ? {} : { code }) };
};
const define = (over: object = {}, name = 'main'): Promise<Answer> => ask('POST', `/api/oidc-providers/${name}?wait=view`, { token: ada, body: { ...PROVIDER(), ...over } });

const START = '/api/auth/oidc/acme.main/start';
/** The way of a browser, to the page that it lands on. */
const visit = async (path = START, browser = new CookieBrowser()): Promise<{ readonly browser: CookieBrowser; readonly page: string }> => {
  const { url } = await browser.follow(`${platform.url}${path}`, u => u.origin === platform.url && !u.pathname.startsWith('/api/'));
  return { browser, page: url.slice(platform.url.length) };
};
const whoIs = (browser: CookieBrowser): Promise<Answer<Tokens>> => ask<Tokens>('POST', '/api/auth/refresh', { browser });
const logIn = async (as: string): Promise<Tokens & { readonly browser: CookieBrowser }> => {
  provider.loginAs = as;
  const { browser } = await visit();
  return { ...(await whoIs(browser)).data, browser };
};
const sdk = (token: string): Promise<Client> => connect({ url: platform.url, token, WebSocket, timeout: 30_000 }).then((client) => { clients.push(client); return client; });
const roleOf = async (person: string): Promise<string | undefined> => {
  const { data } = await ask<{ items: { data: { person: string; role: string } }[] }>('GET', '/api/members', { token: ada });
  return data.items.find(m => m.data.person === person)?.data.role;
};
const ended = (tokens: Tokens): Promise<true> => eventually(async () => (await ask('GET', '/api/auth/session', { token: tokens.access_token })).status === 401);

beforeAll(async () => {
  platform = await startPlatform({ env: { XANTHUS_OUTGOING_ALLOW: 'loopback', XANTHUS_OIDC_VERIFY_SECONDS: '1' } });
  ({ access_token: ada, email: address } = await platform.setUp());
  provider = await startOpenIdProvider({
    redirectUris: ['main', 'second'].map(name => `${platform.url}/api/auth/oidc/acme.${name}/callback`), returnTo: [`${platform.url}/`], backchannelUri: `${platform.url}/api/auth/oidc/acme.main/backchannel-logout`,
  });
  expect((await define()).status).toBe(200);
});
beforeEach(() => {
  provider.down = false;
  for (const [id, groups] of [['bob', ['ops']], ['cy', ['admins']], ['dora', ['ops']], ['eve', ['ops']], ['fred', ['ops']], ['gus', ['others']]] as const) {
    if (!provider.accounts.has(id)) provider.accounts.set(id, { email: `${id}@acme.example`, email_verified: true, name: `${id} of Acme`, groups });
  }
});
afterAll(async () => {
  for (const client of clients) client.close();
  await provider?.stop();
  await platform?.stop();
});

describe('the log-in page', () => {
  it('is told what a tenant offers, and nothing of one that does not exist', async () => {
    expect((await ask('GET', '/api/auth/oidc?tenant=acme')).data).toEqual({ providers: [{ id: 'acme.main', label: 'Acme account' }] });
    for (const tenant of ['nobody', '', '%2a', 'acme.main', '>']) expect((await ask('GET', `/api/auth/oidc?tenant=${tenant}`)).data).toEqual({ providers: [] });
  });

  it('is sent back with a reason where a provider does not exist', async () => {
    expect((await visit('/api/auth/oidc/acme.nothing/start')).page).toBe('/login?error=OIDC.NOT_FOUND&tenant=acme');
    expect((await ask('GET', '/api/auth/oidc/acme/start')).status).toBe(404);
  });
});

describe('a log-in', () => {
  it('leads through the provider to the page that was asked for, makes a member with the role of the group, and no secret shows', async () => {
    provider.loginAs = 'bob';
    const { browser, page } = await visit(`${START}?return_to=${encodeURIComponent('/servers?sort=name')}`);
    expect(page).toBe('/servers?sort=name');
    const bob = await whoIs(browser);
    expect(bob.data).toMatchObject({ user: { name: 'bob of Acme', email: 'bob@acme.example' }, tenant: { id: 'acme' } });
    expect(await roleOf(bob.data.user.id)).toBe('operator');
    const { data } = await ask<{ items: { data: Record<string, unknown> }[] }>('GET', '/api/oidc-providers', { token: ada });
    expect(data.items[0]?.data).toMatchObject({ name: 'main', secret_fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(JSON.stringify(data)).not.toContain(provider.client.secret);
    expect((await logIn('bob')).user.id).toBe(bob.data.user.id);
  });

  it.each(['https://elsewhere.example', '//elsewhere.example', '/\\elsewhere.example', '/api/auth/logout'])('never leads to %s', async (to) => {
    provider.loginAs = 'bob';
    expect((await visit(`${START}?return_to=${encodeURIComponent(to)}`)).page).toBe('/');
  });

  it('that another browser began is nobody\'s: no link logs a victim in as somebody else', async () => {
    provider.loginAs = 'eve';
    const attacker = new CookieBrowser();
    const { url } = await attacker.follow(`${platform.url}${START}`, u => u.pathname.endsWith('/callback'));
    const victim = new CookieBrowser();
    expect((await visit(url.slice(platform.url.length), victim)).page).toContain('/login?error=OIDC.FLOW_INVALID');
    expect((await whoIs(victim)).status).toBe(401);
    // neither with a cookie of a log-in of the victim's own
    await victim.follow(`${platform.url}${START}`, u => u.origin === provider.issuer);
    expect((await visit(url.slice(platform.url.length), victim)).page).toContain('/login?error=OIDC.FLOW_INVALID');
    expect((await whoIs(victim)).status).toBe(401);
  });

  it('is good once, and for the provider that it was begun at', async () => {
    await define({ label: 'Second' }, 'second');
    provider.loginAs = 'bob';
    const browser = new CookieBrowser();
    const { url } = await browser.follow(`${platform.url}${START}`, u => u.pathname.endsWith('/callback'));
    const back = url.slice(platform.url.length);
    expect((await visit(back.replace('acme.main', 'acme.second'), browser)).page).toContain('error=OIDC.FLOW_INVALID');
    const again = await browser.follow(`${platform.url}${START}`, u => u.pathname.endsWith('/callback'));
    expect((await visit(again.url.slice(platform.url.length), browser)).page).toBe('/');
    expect((await visit(again.url.slice(platform.url.length), browser)).page).toContain('error=OIDC.FLOW_INVALID');
    await ask('DELETE', '/api/oidc-providers/second?wait=view', { token: ada });
  });

  it('is refused with a reason: no group, another domain, an address that is not verified, nobody invited', async () => {
    const reason = async (over: object, settings: object = {}): Promise<string> => {
      await define(settings);
      provider.accounts.set('zoe', { email: 'zoe@acme.example', email_verified: true, groups: ['ops'], ...over });
      provider.loginAs = 'zoe';
      return new URL((await visit()).page, 'http://x').searchParams.get('error') ?? 'came in';
    };
    expect(await reason({ groups: ['others'] })).toBe('OIDC.NO_ROLE');
    expect(await reason({ email: 'zoe@elsewhere.example' })).toBe('OIDC.DOMAIN_NOT_ALLOWED');
    expect(await reason({ email: 'zoe@acme.example.evil.example' })).toBe('OIDC.DOMAIN_NOT_ALLOWED');
    expect(await reason({ email_verified: false })).toBe('OIDC.EMAIL_NOT_VERIFIED');
    expect(await reason({}, { auto_join: false })).toBe('OIDC.NOT_INVITED');
    await define();
  });

  it('never gets into an account that is there, whatever address the provider claims', async () => {
    await define({ email_domains: [] });
    provider.accounts.set('mallory', { email: address, email_verified: true, groups: ['admins'], name: 'Ada' });
    const mallory = await logIn('mallory');
    expect((await ask<Tokens>('GET', '/api/auth/session', { token: ada })).data.user.id).not.toBe(mallory.user.id);
    expect(await roleOf(mallory.user.id)).toBe('admin');
    await define();
  });

  it('has the role that the groups say at each log-in; without one it can do nothing any more', async () => {
    const cy = await logIn('cy');
    expect(await roleOf(cy.user.id)).toBe('admin');
    provider.accounts.set('cy', { email: 'cy@acme.example', email_verified: true, groups: ['ops'] });
    await logIn('cy');
    expect(await roleOf(cy.user.id)).toBe('operator');
    provider.accounts.set('cy', { email: 'cy@acme.example', email_verified: true, groups: [] });
    provider.loginAs = 'cy';
    expect((await visit()).page).toContain('error=OIDC.NO_ROLE');
    expect(await roleOf(cy.user.id)).toBe('guest');
  });

  it('for the first time in two tabs at once makes one person', async () => {
    provider.accounts.set('twin', { email: 'twin@acme.example', email_verified: true, groups: ['ops'] });
    provider.loginAs = 'twin';
    const tabs = await Promise.all([1, 2, 3].map(() => visit()));
    const people = await Promise.all(tabs.map(async t => (await whoIs(t.browser)).data.user.id));
    expect(new Set(people).size).toBe(1);
  });

  it('of somebody who was removed does not bring them back', async () => {
    const fred = await logIn('fred');
    await ask('DELETE', `/api/members/${fred.user.id}`, { token: ada });
    provider.loginAs = 'fred';
    expect((await visit()).page).toContain('error=OIDC.NOT_INVITED');
  });
});

describe('a session that a provider vouches for', () => {
  it('ends with its sockets when the provider takes the person out, and not while the provider is away', async () => {
    const dora = await logIn('dora');
    const client = await sdk(dora.access_token);
    provider.down = true;
    // several rounds of asking go by
    const before = (await ask<{ items: { data: { last_used_at: string | null } }[] }>('GET', '/api/identities', { token: dora.access_token })).status;
    expect(before).toBe(200);
    await eventually(() => provider.refusedWhileDown >= 2);
    expect((await ask('GET', '/api/auth/session', { token: dora.access_token })).status).toBe(200);
    provider.down = false;
    await provider.revoke('dora');
    await ended(dora);
    await eventually(() => client.connection.get().state === 'closed');
    expect((await whoIs(dora.browser)).status).toBe(401);
  });

  it('has another role when the groups change, without another log-in', async () => {
    const gus = { email: 'gus@acme.example', email_verified: true };
    provider.accounts.set('gus', { ...gus, groups: ['admins'] });
    const tokens = await logIn('gus');
    expect(await roleOf(tokens.user.id)).toBe('admin');
    provider.accounts.set('gus', { ...gus, groups: ['ops'] });
    await eventually(async () => (await roleOf(tokens.user.id)) === 'operator');
    provider.accounts.set('gus', { ...gus, groups: [] });
    await ended(tokens);
  });

  it('ends when the browser logs out at the provider (back-channel), and one log-out leads to the other', async () => {
    const eve = await logIn('eve');
    const other = await logIn('eve');
    const { data } = await ask<{ logout_url?: string }>('POST', '/api/auth/logout', { browser: other.browser });
    expect(new URL(data.logout_url ?? '').searchParams.get('post_logout_redirect_uri')).toBe(`${platform.url}/`);
    expect((await ask('GET', '/api/auth/session', { token: eve.access_token })).status).toBe(200);
    // the form of the provider that asks whether to log out there too
    const page = await (await eve.browser.fetch(`${provider.issuer}/session/end?client_id=${provider.client.id}`)).text();
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    await eve.browser.fetch(`${provider.issuer}/session/end/confirm`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ xsrf, logout: 'yes' }).toString() });
    await ended(eve);
  });

  it('ends with its provider', async () => {
    await define({ label: 'Second' }, 'second');
    provider.loginAs = 'bob';
    const browser = new CookieBrowser();
    await visit('/api/auth/oidc/acme.second/start', browser);
    const second = (await whoIs(browser)).data;
    const first = await logIn('bob');
    expect((await ask('DELETE', '/api/oidc-providers/second', { token: ada })).status).toBe(202);
    await ended(second);
    expect((await ask('GET', '/api/auth/session', { token: first.access_token })).status).toBe(200);
  });
});

describe('an identity', () => {
  const link = async (as: string, token: string, browser = new CookieBrowser()): Promise<{ readonly status: number; readonly page: string }> => {
    provider.loginAs = as;
    const { status, data } = await ask<{ url: string }>('POST', '/api/auth/oidc/acme.main/link', { token, browser, body: { return_to: '/profile' } });
    if (status !== 200) return { status, page: '' };
    const { url } = await browser.follow(data.url, u => u.origin === platform.url && !u.pathname.startsWith('/api/'));
    return { status, page: url.slice(platform.url.length) };
  };
  const linked = async (token: string): Promise<string[]> => {
    const { data } = await ask<{ items: { data: { id: string } }[] }>('GET', '/api/identities', { token });
    return data.items.map(i => i.data.id);
  };

  it('is linked by who is logged in, logs them in with the role that they have, and is unlinked with its sessions', async () => {
    provider.accounts.set('ada-there', { email: 'ada@acme.example', email_verified: true, groups: ['ops'] });
    expect(await link('ada-there', ada)).toEqual({ status: 200, page: '/profile' });
    const { data: me } = await ask<Tokens>('GET', '/api/auth/session', { token: ada });
    const there = await logIn('ada-there');
    expect(there.user.id).toBe(me.user.id);
    expect(await roleOf(me.user.id)).toBe('owner');
    const [id = ''] = await eventually(async () => { const ids = await linked(ada); return ids.length > 0 && ids; });
    // whom the provider vouches for has not proved what concerns the person everywhere
    expect(await ask('DELETE', `/api/identities/${id}`, { token: there.access_token })).toMatchObject({ status: 403, code: 'AUTH.PROOF_NEEDED' });
    expect((await link('ada-there', there.access_token)).status).toBe(403);
    expect((await ask('DELETE', `/api/identities/${id}`, { token: ada })).status).toBe(202);
    await ended(there);
    expect((await ask('GET', '/api/auth/session', { token: ada })).status).toBe(200);
    await eventually(async () => (await linked(ada)).length === 0);
  });

  it('of somebody else is not taken over; the last way to log in stays', async () => {
    const bob = await logIn('bob');
    expect((await link('bob', ada)).page).toBe('/profile?error=IDENTITY.TAKEN');
    const [id = ''] = await eventually(async () => { const ids = await linked(bob.access_token); return ids.length > 0 && ids; });
    expect(await ask('DELETE', `/api/identities/${id}`, { token: bob.access_token })).toMatchObject({ status: 409, code: 'IDENTITY.LAST' });
    expect((await ask('DELETE', `/api/identities/${id}`, { token: ada })).status).toBe(404);
  });

  it('counts in the tenant of its provider only', async () => {
    const bob = await logIn('bob');
    expect(await ask('POST', '/api/auth/switch', { token: bob.access_token, browser: bob.browser, body: { tenant: 'acme' } })).toMatchObject({ status: 403, code: 'LOGIN.TENANT_BOUND' });
  });

  it('comes in by an invitation to its verified address, and by no other', async () => {
    await define({ auto_join: false, group_roles: [], default_role: 'viewer' });
    const invite = async (email: string): Promise<string> => (await ask<{ token: string }>('POST', '/api/invitations', { token: ada, body: { email, role: 'operator' } })).data.token;
    provider.accounts.set('ivy', { email: 'ivy@acme.example', email_verified: true, name: 'Ivy' });
    provider.loginAs = 'ivy';
    const [mine, other] = [await invite('ivy@acme.example'), await invite('someone@acme.example')];
    expect((await visit(`${START}?invitation=${other}`)).page).toContain('error=OIDC.NOT_INVITED');
    expect((await visit(`${START}?invitation=xi.acme.nonsense`)).page).toContain('error=INVITATION.INVALID');
    const { browser, page } = await visit(`${START}?invitation=${mine}`);
    expect(page).toBe('/');
    expect(await roleOf((await whoIs(browser)).data.user.id)).toBe('operator');
    expect((await logIn('ivy')).tenant.id).toBe('acme');
    await define();
  });
});

describe('an API key', () => {
  interface Key { readonly id: string; readonly key: string }
  const inAWhile = (ms = 3_600_000): string => new Date(Date.now() + ms).toISOString();
  const make = async (over: object = {}, token = ada): Promise<Answer<Key>> => {
    const made = await ask<Key>('POST', '/api/api-keys', { token, body: { name: 'Grafana', role: 'viewer', expires_at: inAWhile(), ...over } });
    if (made.status === 202) shown.push(made.data.key.slice(-43));
    return made;
  };
  const closed = (client: Client): Promise<true> => eventually(() => client.connection.get().state === 'closed');
  const keys = async (): Promise<Record<string, unknown>[]> => (await ask<{ items: { data: Record<string, unknown> }[] }>('GET', '/api/api-keys', { token: ada })).data.items.map(i => i.data);

  it('works over HTTP and with the SDK at once, does what its role may, and shows when it was used', async () => {
    const { status, data } = await make();
    expect(status).toBe(202);
    expect(data.key).toMatch(/^xan_[0-9a-z]{26}_[\w-]{43}$/);
    expect((await ask('GET', '/api/vps', { token: data.key })).status).toBe(200);
    expect((await ask('POST', '/api/ssh-keys', { token: data.key, body: { name: 'x' } })).status).toBe(403);
    const client = await sdk(data.key);
    expect(client.user.id).toBe(data.id);
    expect(await eventually(async () => (await keys()).find(k => k['id'] === data.id && k['last_used_at'] !== null))).toMatchObject({ name: 'Grafana', role: 'viewer', prefix: `xan_${data.id}`, created_by: { kind: 'person' } });
    expect(JSON.stringify(await keys())).not.toContain(data.key.slice(-43));
    await ask('DELETE', `/api/api-keys/${data.id}`, { token: ada });
    await closed(client);
    expect((await ask('GET', '/api/vps', { token: data.key })).status).toBe(401);
    expect((await keys()).some(k => k['id'] === data.id)).toBe(false);
  });

  it('ends at its end', async () => {
    // Its end may come before it was let in, on a machine that stands still: then another one.
    const { key, client } = await eventually(async () => {
      const { data } = await make({ expires_at: inAWhile(3_000) });
      return { key: data.key, client: await sdk(data.key) };
    });
    await closed(client);
    expect((await ask('GET', '/api/vps', { token: key })).status).toBe(401);
  });

  it('makes no other key, however high its role', async () => {
    const { data } = await make({ role: 'admin' });
    expect((await make({}, data.key)).status).toBe(403);
    expect((await ask('POST', '/api/credentials', { token: data.key, body: { name: 'x', role: 'viewer' } })).status).toBe(403);
    expect((await ask('POST', '/api/oidc-providers/third', { token: data.key, body: PROVIDER() })).status).toBe(403);
    expect((await ask('GET', '/api/identities', { token: data.key })).status).toBe(403);
    expect((await make({ expires_at: inAWhile(-1_000) })).code).toBe('KEY.EXPIRY_INVALID');
    expect((await make({ expires_at: inAWhile(400 * 86_400_000) })).code).toBe('KEY.EXPIRY_INVALID');
  });

  it('does not outlive the rights of who made it', async () => {
    provider.accounts.set('hal', { email: 'hal@acme.example', email_verified: true, groups: ['admins'] });
    const hal = await logIn('hal');
    const high = await make({ role: 'admin' }, hal.access_token);
    const low = await make({ role: 'viewer' }, hal.access_token);
    expect([high.status, low.status]).toEqual([202, 202]);
    expect((await make({ role: 'owner' }, hal.access_token)).code).toBe('ROLE.TOO_HIGH');
    const refused = (key: string): Promise<true> => eventually(async () => (await ask('GET', '/api/vps', { token: key })).status === 401);
    await ask('POST', `/api/members/${hal.user.id}/role`, { token: ada, body: { role: 'viewer' } });
    await refused(high.data.key);
    expect((await ask('GET', '/api/vps', { token: low.data.key })).status).toBe(200);
    await ask('DELETE', `/api/members/${hal.user.id}`, { token: ada });
    await refused(low.data.key);
  });
});

it('no secret of a client or a key lies open in the data folder or stands in the log', async () => {
  const secrets = [provider.client.secret, ...shown];
  expect(secrets.length).toBeGreaterThan(4);
  const files = (await readdir(platform.dataDir, { recursive: true, withFileTypes: true })).filter(f => f.isFile()).map(f => join(f.parentPath, f.name));
  expect(files.some(f => f.includes('AUTH'))).toBe(true);
  const found: string[] = [];
  for (const file of files) {
    const text = (await readFile(file).catch(() => Buffer.alloc(0))).toString('latin1');
    for (const secret of secrets) if (text.includes(secret) || text.includes(Buffer.from(secret).toString('base64').slice(0, -4))) found.push(file);
  }
  expect(found).toEqual([]);
  for (const secret of secrets) expect(platform.output()).not.toContain(secret);
});
