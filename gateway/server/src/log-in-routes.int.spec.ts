/** The routes of log-in with auth played by the spec: cookies, forged requests of other pages, redirects, what an answer gives away. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { headers, type Msg, type Subscription } from '@nats-io/transport-node';
import { newId } from '@xanthus/kernel';
import { IdentityVerifier } from '@xanthus/nest';
import { HEADERS, type IdentityClaims } from '@xanthus/proto';
import { Socket } from './socket.fixture.js';
import { startTestGateway, type Person, type TestGateway } from './testing.fixture.js';

const TOKENS = {
  access_token: 'a', token_type: 'Bearer', expires_at: '2026-11-21T08:10:00.000Z', refresh_token: 'r-1.mac', session: '01jd3x8e2v5y9w4z7q6r1s0tss',
  user: { id: '01jd3x8e2v5y9w4z7q6r1s0tcd', name: 'Ada', email: 'ada@example.com' }, tenant: { id: 'acme', name: 'Acme Ltd' }, proved_until: '2026-11-21T08:10:00.000Z',
};

let t: TestGateway;
let person: Person;
let bearer: string;
beforeAll(async () => {
  t = await startTestGateway();
  person = await t.person('acme', { commands: ['cmd.acme.>', 'cmd.xanthus.auth.session.*.prove'] });
  bearer = await t.token(person);
});
afterAll(() => t?.stop());

const doors: Subscription[] = [];
afterEach(() => {
  for (const door of doors.splice(0)) door.unsubscribe();
});
/** Plays auth; @returns what it was asked. */
const answer = async (subject: string, body: object | ((m: Msg) => object | Promise<object>), code?: string): Promise<Msg[]> => {
  const asked: Msg[] = [];
  const respond = async (m: Msg): Promise<void> => {
    const hdrs = headers();
    if (code !== undefined) hdrs.set(HEADERS.ERROR, code);
    m.respond(JSON.stringify(typeof body === 'function' ? await body(m) : body), { headers: hdrs });
  };
  doors.push(t.nc.subscribe(subject, { callback: (_error, m) => { asked.push(m); void respond(m); } }));
  await t.nc.flush();
  return asked;
};
const refusal = (code: string, details?: object) => ({ error: { code, message: 'No.', retryable: false, ...(details === undefined ? {} : { details }) } });
const claimsOf = (m: Msg | undefined, service: string): IdentityClaims => new IdentityVerifier({ service, jwks: t.serviceJwks }).verify(m?.headers?.get(HEADERS.IDENTITY) ?? '');
interface Answer { readonly status: number; readonly headers: Headers; readonly body: { code?: string; data?: Record<string, unknown>; details?: unknown } }
const post = async (path: string, body: unknown, more: Record<string, string> = {}): Promise<Answer> => {
  const response = await fetch(t.gateway.url + path, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/json', 'user-agent': 'spec', ...more }, body: typeof body === 'string' ? body : JSON.stringify(body) });
  return { status: response.status, headers: response.headers, body: await response.json() as Answer['body'] };
};
const LOGIN = { email: 'ada@example.com', password: 'x' };
const ours = () => ({ origin: t.gateway.url });

describe('a device', () => {
  const TOKEN = `${'0'.repeat(32)}.${'A'.repeat(43)}`;
  it('is given its token in a cookie that no script sees and only the log-in is sent, and shows it at the next log-in', async () => {
    const asked = await answer('cmd.xanthus.auth.session.new.open', { ...TOKENS, device_token: TOKEN });
    const first = await post('/api/auth/login', LOGIN);
    expect(first.headers.getSetCookie().find(c => c.startsWith('xanthus_device='))).toBe(`xanthus_device=${TOKEN}; Path=/api/auth; HttpOnly; SameSite=Strict; Max-Age=31536000`);
    expect(JSON.stringify(first.body)).not.toContain(TOKEN);
    await post('/api/auth/login', LOGIN, { cookie: `xanthus_device=${TOKEN}`, ...ours() });
    await post('/api/auth/login', LOGIN, { cookie: 'xanthus_device="a b"', ...ours() });
    expect(asked.map(m => (m.json() as { device: { token?: string } }).device.token)).toEqual([undefined, TOKEN, undefined]);
  });
  it('is where the proxy on this machine says, cut to its network for the limits; what the body says of it does not count', async () => {
    const asked = await answer('cmd.xanthus.auth.session.new.open', TOKENS);
    await post('/api/auth/login', { ...LOGIN, device: { address: '6.6.6.6', user_agent: 'forged', token: TOKEN } }, { 'x-forwarded-for': '6.6.6.6, 2001:db8:1:2:3::4' });
    await post('/api/auth/login', LOGIN);
    expect(asked.map(m => (m.json() as { device: object }).device)).toEqual([
      { address: '2001:db8:1:2:3::4', network: '2001:db8:1:2::/64', user_agent: 'spec' }, { address: '127.0.0.1', network: '', user_agent: 'spec' },
    ]);
  });
});

describe('a second factor', () => {
  it('is asked for by code, and given in the same request once more', async () => {
    const asked = await answer('cmd.xanthus.auth.session.new.open', refusal('LOGIN.SECOND_FACTOR_NEEDED', { methods: ['totp', 'recovery'] }), 'LOGIN.SECOND_FACTOR_NEEDED');
    const got = await post('/api/auth/login', { ...LOGIN, code: '123456' });
    expect([got.status, got.body.code, got.body.details, got.headers.getSetCookie()]).toEqual([401, 'LOGIN.SECOND_FACTOR_NEEDED', { methods: ['totp', 'recovery'] }, []]);
    expect(asked[0]?.json()).toMatchObject({ method: 'password', code: '123456' });
  });
});

describe('a fresh proof', () => {
  const session = (proved_until?: string): object => ({ id: person.session, person: person.id, tenant: 'acme', device: 'spec', opened_at: TOKENS.expires_at, refreshed_at: TOKENS.expires_at, expires_at: TOKENS.expires_at, ...(proved_until === undefined ? {} : { proved_until }) });
  it('goes with the identity on HTTP and WebSocket once it was given, not before', async () => {
    const until = '2099-01-01T00:00:00.000Z';
    const commands = await answer('cmd.acme.vps.server.*.rename', { id: 's1', stream: 'VPS', seq: 1 });
    const proofs = await answer(`cmd.xanthus.auth.session.${person.session}.prove`, async () => {
      // the view reaches the gateway after auth has answered, or before: it waits
      setImmediate(() => void t.put('auth', `xanthus.sessions.${person.id}.${person.session}`, session(until)));
      return { id: person.session, stream: 'AUTH', seq: 1, proved_until: until };
    });
    const socket = await Socket.live(t.gateway.url, bearer);
    const both = async (): Promise<void> => {
      await post('/api/vps/s1/rename', {}, { authorization: `Bearer ${bearer}` });
      await socket.ask({ op: 'cmd', target: 'cmd.acme.vps.server.s1.rename', data: {} });
    };
    await both();
    const got = await post('/api/auth/prove', { method: 'password', password: 'x' }, { authorization: `Bearer ${bearer}` });
    expect([got.status, got.body.data]).toMatchObject([200, { proved_until: until }]);
    await both();
    socket.close();
    const seconds = Date.parse(until) / 1_000;
    expect(commands.map(m => claimsOf(m, 'vps').proved_until)).toEqual([undefined, undefined, seconds, seconds]);
    expect(proofs[0]?.json()).toEqual({ method: 'password', password: 'x' });
    expect(claimsOf(proofs[0], 'auth')).toMatchObject({ kind: 'person', sub: person.id, sid: person.session });
    const shown = await fetch(`${t.gateway.url}/api/auth/session`, { headers: { authorization: `Bearer ${bearer}` } });
    expect((await shown.json() as Answer['body']).data).toMatchObject({ proved_until: until });
  });
  it('that is refused changes nothing', async () => {
    const other = await t.person('acme', { commands: ['cmd.xanthus.auth.session.*.prove'] });
    await answer('cmd.xanthus.auth.session.*.prove', refusal('PROOF.REFUSED'), 'PROOF.REFUSED');
    expect((await post('/api/auth/prove', { method: 'password', password: 'x' }, { authorization: `Bearer ${await t.token(other)}` })).status).toBe(403);
    expect((await post('/api/auth/prove', { method: 'password', password: 'x' })).status).toBe(401);
  });
});

describe('another tenant', () => {
  it('is asked for the session of the token that was shown, and sets its cookies', async () => {
    const asked = await answer('cmd.xanthus.auth.session.*.switch', { ...TOKENS, refresh_token: 'r-9' });
    const got = await post('/api/auth/switch', { tenant: 'other', session: newId() }, { authorization: `Bearer ${bearer}` });
    expect(got.status).toBe(200);
    expect(got.headers.getSetCookie()[0]).toContain(`xanthus_session=${TOKENS.session}.r-9;`);
    expect(JSON.stringify(got.body)).not.toContain('r-9');
    expect(asked[0]?.subject).toBe(`cmd.xanthus.auth.session.${person.session}.switch`);
    expect(claimsOf(asked[0], 'auth')).toMatchObject({ sub: 'service:gateway' });
    expect((await post('/api/auth/switch', { tenant: 'other' })).status).toBe(401);
  });
});

describe('a reset link', () => {
  it('is used without a log-in, and the cookies of ended sessions go', async () => {
    const asked = await answer('cmd.xanthus.auth.person.new.reset-password', { done: true });
    const got = await post('/api/auth/reset', { token: 'xp.1.2', password: 'new' });
    expect([got.status, got.body.data]).toEqual([200, { done: true }]);
    expect(got.headers.getSetCookie().every(c => c.includes('Max-Age=0'))).toBe(true);
    expect(asked[0]?.json()).toMatchObject({ token: 'xp.1.2', password: 'new', device: { user_agent: 'spec' } });
  });
  it.each([['RESET.LINK_INVALID', 403], ['RESET.LINK_EXPIRED', 410], ['PASSWORD.TOO_WEAK', 422]])('%s is %i', async (code, status) => {
    await answer('cmd.xanthus.auth.person.new.reset-password', refusal(code), code);
    expect((await post('/api/auth/reset', { token: 'x', password: 'y' })).status).toBe(status);
  });
});

describe('session fixation', () => {
  it('a log-in never goes on with a session that somebody brought along', async () => {
    const fixed = newId();
    const asked = await answer('cmd.xanthus.auth.session.new.open', TOKENS);
    const got = await post('/api/auth/login', { ...LOGIN, session: fixed, id: fixed }, { cookie: `xanthus_session=${fixed}.r-1.mac; xanthus_access=${bearer}`, ...ours(), 'idempotency-key': fixed });
    expect(got.headers.getSetCookie()[0]).toContain(TOKENS.session);
    expect(asked[0]?.subject).toBe('cmd.xanthus.auth.session.new.open');
    // the id of the new session follows from this key: nobody outside chooses it
    expect(asked[0]?.headers?.get(HEADERS.IDEMPOTENCY)).not.toBe(fixed);
  });
});

describe('a forged request of another page', () => {
  const ROUTES = ['login', 'refresh', 'logout', 'setup', 'switch', 'prove', 'reset', 'invitations/accept'];
  it.each(ROUTES)('/api/auth/%s is refused from a foreign origin, cookies or not', async (route) => {
    const asked = await answer('cmd.xanthus.auth.>', TOKENS);
    for (const origin of ['http://evil.example', 'null', t.gateway.url.replace('http:', 'https:'), `${t.gateway.url}.evil.example`, 'http://127.0.0.1:1']) {
      expect((await post(`/api/auth/${route}`, LOGIN, { origin })).status).toBe(403);
      expect((await post(`/api/auth/${route}`, LOGIN, { origin, cookie: `xanthus_session=${TOKENS.session}.r-1.mac; xanthus_access=${bearer}` })).status).toBe(403);
    }
    expect(asked).toHaveLength(0);
  });
  it.each(['refresh', 'switch', 'prove'])('/api/auth/%s takes no cookie from a page that does not say which it is', async (route) => {
    const asked = await answer('cmd.xanthus.auth.>', TOKENS);
    const cookie = `xanthus_session=${TOKENS.session}.r-1.mac; xanthus_access=${bearer}`;
    for (const site of [undefined, 'cross-site', 'same-site', 'none']) expect((await post(`/api/auth/${route}`, {}, { cookie, ...(site === undefined ? {} : { 'sec-fetch-site': site }) })).status).toBe(403);
    expect(asked).toHaveLength(0);
  });
  it('cannot be a form: only JSON is read', async () => {
    const asked = await answer('cmd.xanthus.auth.>', TOKENS);
    for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain']) expect((await post('/api/auth/login', JSON.stringify(LOGIN), { 'content-type': type })).body.code).toBe('UNSUPPORTED_TYPE');
    expect(asked).toHaveLength(0);
  });
});

describe('an open redirect', () => {
  it.each(['login', 'logout', 'refresh', 'switch', 'reset'])('/api/auth/%s leads nowhere, whatever it is told', async (route) => {
    await answer('cmd.xanthus.auth.>', { ...TOKENS, done: true });
    await answer('qry.xanthus.auth.>', { url: null });
    const evil = 'https://evil.example/';
    const got = await post(`/api/auth/${route}?return_to=${evil}&next=${evil}&redirect_uri=${evil}`, { ...LOGIN, tenant: 'acme', token: 'x', return_to: evil, next: '//evil.example' }, { authorization: `Bearer ${bearer}`, referer: evil });
    expect([got.status < 300 || got.status >= 400, got.headers.get('location'), got.headers.get('refresh')]).toEqual([true, null, null]);
    expect(JSON.stringify(got.body)).not.toContain('evil.example');
  });
});

it('who has to wait is told how long, in the header that clients know', async () => {
  await answer('cmd.xanthus.auth.session.new.open', refusal('LOGIN.TOO_MANY', { retry_after_ms: 9_001 }), 'LOGIN.TOO_MANY');
  const got = await post('/api/auth/login', LOGIN);
  expect([got.status, got.headers.get('retry-after')]).toEqual([429, '10']);
});

describe('user enumeration', () => {
  it('a refusal is the same for everybody: status, headers and body but for the correlation', async () => {
    await answer('cmd.xanthus.auth.session.new.open', refusal('LOGIN.REFUSED'), 'LOGIN.REFUSED');
    const shown = async (email: string): Promise<unknown> => {
      const { status, headers: got, body } = await post('/api/auth/login', { email, password: 'x' });
      return { status, body: { ...body, correlation_id: '' }, headers: [...got.entries()].filter(([name]) => !['xanthus-correlation', 'date'].includes(name)) };
    };
    expect(await shown('nobody@example.com')).toEqual(await shown('ada@example.com'));
  });
});
