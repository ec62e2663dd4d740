/** One's own account on the running product, over HTTP and WebSocket: second factor, sessions, and a reset link of the operator. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { CookieBrowser, eventually } from '@xanthus/testing';
import { WebSocket } from 'ws';
import { spawnLauncher, startPlatform, type Platform } from './testing-platform.js';

interface Answer<T = Record<string, unknown>> { readonly status: number; readonly code?: string; readonly data: T }
interface Tokens { readonly access_token: string; readonly session: string; readonly proved_until: string }

let platform: Platform;
let owner: { email: string; password: string };
beforeAll(async () => {
  platform = await startPlatform();
  owner = await platform.setUp();
});
afterAll(() => platform?.stop());

const ask = async <T = Record<string, unknown>>(method: string, path: string, o: { body?: unknown; token?: string; browser?: CookieBrowser } = {}): Promise<Answer<T>> => {
  const init: RequestInit = {
    method, headers: { origin: platform.url, ...(o.body === undefined ? {} : { 'content-type': 'application/json' }), ...(o.token === undefined ? {} : { authorization: `Bearer ${o.token}` }) },
    ...(o.body === undefined ? {} : { body: JSON.stringify(o.body) }),
  };
  const answer = await (o.browser?.fetch(`${platform.url}${path}`, init) ?? fetch(`${platform.url}${path}`, init));
  const { data, code } = (await answer.json()) as { data: T; code?: string };
  return { status: answer.status, data, ...(code === undefined ? {} : { code }) };
};
const logIn = (more: object = {}, browser = new CookieBrowser()): Promise<Answer<Tokens>> => ask<Tokens>('POST', '/api/auth/login', { browser, body: { email: owner.email, password: owner.password, ...more } });
/** Resolves with the close code. */
const socketOf = async (token: string): Promise<{ ended: Promise<number> }> => {
  const ws = new WebSocket(`${platform.url.replace('http', 'ws')}/ws`, ['xanthus.v1.json']);
  const ended = new Promise<number>((resolve) => { ws.once('close', resolve); });
  await new Promise<void>((resolve, reject) => {
    ws.on('error', reject);
    ws.on('message', (data) => { if (String(data).includes('"cap_update"')) resolve(); });
    ws.once('open', () => ws.send(JSON.stringify({ op: 'auth', data: { token } })));
  });
  return { ended };
};

describe('one\'s own account', () => {
  let recovery: string[];
  const browser = new CookieBrowser();

  it('gets a second factor, which the next log-in asks for', async () => {
    const { data: { access_token: token } } = await logIn();
    expect((await ask('GET', '/api/profile', { token })).data).toMatchObject({ data: { has_password: true, totp_since: null } });
    const started = await ask<{ secret: string; uri: string }>('POST', '/api/profile/totp', { token, body: {} });
    const codeIn = (ms: number): string => new TOTP({ secret: Secret.fromBase32(started.data.secret) }).generate({ timestamp: Date.now() + ms });
    const confirmed = await ask<{ recovery_codes: string[] }>('POST', '/api/profile/totp/confirm', { token, body: { code: codeIn(0) } });
    recovery = confirmed.data.recovery_codes;
    expect(recovery).toHaveLength(10);
    expect(await logIn()).toMatchObject({ status: 401, code: 'LOGIN.SECOND_FACTOR_NEEDED' });
    const next = codeIn(30_000);
    expect((await logIn({ code: next })).status).toBe(200);
    expect((await logIn({ code: next })).code).toBe('LOGIN.WRONG_CODE');
    expect((await logIn({ code: recovery[0] })).status).toBe(200);
  });

  it('proves itself by a code, and turns the second factor off', async () => {
    const { data: { access_token: token, session } } = await logIn({ code: recovery[1] });
    expect(await ask('POST', '/api/auth/prove', { token, body: { method: 'password', password: owner.password } })).toMatchObject({ status: 403, code: 'PROOF.CODE_NEEDED' });
    const proved = await ask<Tokens>('POST', '/api/auth/prove', { token, body: { method: 'code', code: recovery[2] } });
    expect(proved.status).toBe(200);
    expect((await ask('GET', '/api/auth/session', { token })).data).toMatchObject({ session, proved_until: `${proved.data.proved_until.slice(0, 19)}.000Z` });
    expect((await ask('DELETE', '/api/profile/totp', { token })).status).toBe(202);
    expect((await logIn()).status).toBe(200);
  });

  it('shows its sessions with their addresses, and ends all others: their sockets close', async () => {
    const [here, there] = [await logIn(), await logIn()];
    const token = here.data.access_token;
    const { ended } = await socketOf(there.data.access_token);
    const addresses = await ask<{ sessions: { id: string; address: string }[] }>('GET', '/api/sessions/addresses', { token });
    expect(addresses.data.sessions).toContainEqual(expect.objectContaining({ id: there.data.session, address: '127.0.0.1' }));
    expect((await ask<{ ended: number }>('POST', '/api/sessions/revoke-all', { token, body: {} })).data.ended).toBeGreaterThan(1);
    expect(await ended).toBe(4503);
    const left = await ask<{ items: { id: string }[] }>('GET', '/api/sessions', { token });
    expect(left.data.items.map(s => s.id)).toEqual([here.data.session]);
  });

  it('is known on a browser that logged in before, when guesses from elsewhere are slowed down', async () => {
    expect((await logIn({}, browser)).status).toBe(200);
    const guess = async (): Promise<string | undefined> => (await logIn({ password: 'wrong password' })).code;
    for (let i = 0; i < 6; i++) expect(await guess()).toBe('LOGIN.REFUSED');
    // Five seconds then, twice as long with each further one that is heard: a machine that stands still may let one pass.
    await eventually(async () => {
      while (await guess() !== 'LOGIN.TOO_MANY') { /* heard: the pause was over */ }
      const { status, code } = await logIn();
      return status === 429 && code === 'LOGIN.TOO_MANY';
    });
    expect((await logIn({}, browser)).status).toBe(200);
  });

  it('gets a new password by a link of who runs the installation', async () => {
    const { data: { access_token: before } } = await logIn({}, browser);
    const cli = spawnLauncher(['reset-link', 'acme', 'ADA@example.com', '--data', platform.dataDir]);
    expect(await cli.ended).toBe(0);
    const [, token] = /\/reset#(\S+)/.exec(cli.output()) ?? [];
    expect((await ask('POST', '/api/auth/reset', { body: { token, password: 'acht blauwe peren' } })).data).toEqual({ done: true });
    expect((await ask('GET', '/api/profile', { token: before })).status).toBe(401);
    expect((await logIn({}, browser)).code).toBe('LOGIN.REFUSED');
    expect((await logIn({ password: 'acht blauwe peren' }, browser)).status).toBe(200);
    expect((await ask('POST', '/api/auth/reset', { body: { token, password: 'negen rode kersen' } })).code).toBe('RESET.LINK_INVALID');
    const unknown = spawnLauncher(['reset-link', 'acme', 'nobody@example.com', '--data', platform.dataDir]);
    expect(await unknown.ended).not.toBe(0);
    expect(unknown.output()).toContain('no member with the address');
  });
});
