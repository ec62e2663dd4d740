/** Commands over the WebSocket and the HTTP API, with services played by plain NATS subscriptions. */
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { headers, type Msg, type Subscription } from '@nats-io/transport-node';
import { BlobLost, openBlob } from '@xanthus/jetstream';
import { IdentityVerifier } from '@xanthus/nest';
import { HEADERS, HTTP_ROWS, type BlobReference, type IdentityClaims } from '@xanthus/proto';
import { eventually, tempDir, type TempDir } from '@xanthus/testing';
import { Socket } from './socket.fixture.js';
import { startTestGateway, type Person, type TestGateway } from './testing.fixture.js';

let t: TestGateway;
let web: TempDir;
let person: Person;
let bearer: string;
beforeAll(async () => {
  web = await tempDir('xanthus-web-');
  await mkdir(join(web.path, 'assets'));
  await writeFile(join(web.path, 'index.html'), '<!doctype html><title>Xanthus</title>');
  await writeFile(join(web.path, 'assets/app-abc123.js'), 'console.log(1)');
  await writeFile(join(web.path, 'assets/app-abc123.js.br'), 'brotli');
  t = await startTestGateway({ XANTHUS_WEB_DIR: web.path });
  person = await t.person('acme');
  const own = `xanthus.*.${person.id}`;
  await t.grant(person, { commands: ['cmd.acme.>', 'qry.acme.>', 'cmd.xanthus.auth.>', 'qry.xanthus.auth.>'], buckets: { auth: [own, `${own}.*`] } });
  await t.put('auth', `xanthus.profiles.${person.id}`, { person: person.id, has_password: true });
  await t.put('auth', `xanthus.preferences.${person.id}`, { person: person.id, values: {} });
  bearer = await t.token(person);
});
afterAll(async () => {
  await t?.stop();
  await web?.remove();
});

const doors: Subscription[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const door of doors.splice(0)) door.unsubscribe();
  for (const socket of sockets.splice(0)) socket.close();
});
/** Plays a service; @returns what it was asked. */
const answer = async (subject: string, body: object | ((m: Msg) => object | undefined), code?: string): Promise<Msg[]> => {
  const asked: Msg[] = [];
  doors.push(t.nc.subscribe(subject, {
    callback: (_error, m) => {
      asked.push(m);
      const answered = typeof body === 'function' ? body(m) : body;
      const hdrs = headers();
      if (code !== undefined) hdrs.set(HEADERS.ERROR, code);
      if (answered !== undefined) m.respond(JSON.stringify(answered), { headers: hdrs });
    },
  }));
  await t.nc.flush();
  return asked;
};
const claimsOf = (m: Msg | undefined, service: string): IdentityClaims => new IdentityVerifier({ service, jwks: t.serviceJwks }).verify(m?.headers?.get(HEADERS.IDENTITY) ?? '');
const connect = async (who = person): Promise<Socket> => {
  const socket = await Socket.live(t.gateway.url, await t.token(who));
  sockets.push(socket);
  return socket;
};
interface Answer { readonly status: number; readonly headers: Headers; readonly body: { status: string; code?: string; data?: Record<string, unknown>; message?: string; correlation_id?: string; details?: unknown } }
const call = async (method: string, path: string, o: { body?: unknown; raw?: string; headers?: Record<string, string>; token?: string | null } = {}): Promise<Answer> => {
  const response = await fetch(t.gateway.url + path, {
    method,
    headers: { ...(o.token === null ? {} : { authorization: `Bearer ${o.token ?? bearer}` }), ...(o.body === undefined && o.raw === undefined ? {} : { 'content-type': 'application/json' }), ...o.headers },
    ...(o.raw === undefined ? (o.body === undefined ? {} : { body: JSON.stringify(o.body) }) : { body: o.raw }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() as Answer['body'] };
};

describe('cmd', () => {
  it('asks the service in the name of the person and answers as it is', async () => {
    const asked = await answer('cmd.acme.vps.server.new.adopt', { id: 's1', stream: 'VPS', seq: 7 });
    const socket = await connect();
    const reply = await socket.ask({ op: 'cmd', target: 'cmd.acme.vps.server.new.adopt', data: { name: 'web-1' }, idempotency_key: 'k-1' });
    expect(reply).toMatchObject({ op: 'reply', target: 'cmd.acme.vps.server.new.adopt', data: { id: 's1', stream: 'VPS', seq: 7 } });
    expect(asked[0]?.json()).toEqual({ name: 'web-1' });
    expect(asked[0]?.headers?.get(HEADERS.IDEMPOTENCY)).toBe('k-1');
    expect(claimsOf(asked[0], 'vps')).toMatchObject({ sub: person.id, kind: 'person', tenant: 'acme', sid: person.session, aud: 'vps', iss: 'service:gateway' });
    expect(() => claimsOf(asked[0], 'auth')).toThrow();
  });

  it('passes a refusal unchanged, and says at once that nobody answers', async () => {
    await answer('qry.acme.vps.sandbox.all', { error: { code: 'SERVER.NO_SANDBOX', message: 'There is none.', retryable: false, details: { a: 1 } } }, 'SERVER.NO_SANDBOX');
    const socket = await connect();
    expect(await socket.ask({ op: 'cmd', target: 'qry.acme.vps.sandbox.all' })).toMatchObject({ op: 'error', data: { code: 'SERVER.NO_SANDBOX', message: 'There is none.', retryable: false, details: { a: 1 } } });
    // At its deadline it would be a TIMEOUT.
    expect((await socket.ask({ op: 'cmd', target: 'cmd.acme.dns.zone.new.plan' })).data).toMatchObject({ code: 'NO_RESPONDERS', retryable: true });
  });

  it('takes what is too large for a message beside it, by whichever way it came, and takes it away again', async () => {
    const read: unknown[] = [];
    let last: BlobReference | undefined;
    doors.push(t.nc.subscribe('cmd.acme.vps.server.new.adopt', { callback: (_error, m) => void (async () => {
      last = m.json<BlobReference>();
      read.push(JSON.parse(String(await openBlob(t.nc, m.subject, last))));
      m.respond(JSON.stringify({ id: 's1' }));
    })() }));
    await t.nc.flush();
    const [byFrame, byHttp] = [{ name: 'x'.repeat(50_000) }, { name: 'x'.repeat(900_000) }];
    expect(await (await connect()).ask({ op: 'cmd', target: 'cmd.acme.vps.server.new.adopt', data: byFrame })).toMatchObject({ op: 'reply', data: { id: 's1' } });
    expect((await call('POST', '/api/vps/adopt', { body: byHttp })).status).toBe(200);
    expect(read).toEqual([byFrame, byHttp]);
    await eventually(async () => openBlob(t.nc, 'cmd.acme.vps.server.new.adopt', last as BlobReference).then(() => false, (error: unknown) => error instanceof BlobLost));
  });

  it('keeps an uploaded input for whoever may use it, and for nothing else', async () => {
    const upload = (subject: string, raw: string, o: { token?: string | null } = {}): Promise<Answer> => call('POST', `/api/blobs?for=${subject}`, { raw, headers: { 'content-type': 'application/json' }, ...o });
    const kept = await upload('cmd.acme.vps.server.new.adopt', JSON.stringify({ name: 'y'.repeat(2_000_000) }));
    expect(kept).toMatchObject({ status: 200, body: { data: { blob: expect.any(String), sha256: expect.stringMatching(/^[0-9a-f]{64}$/), expires_at: expect.any(String) } } });
    const asked = await answer('cmd.acme.vps.server.new.adopt', { id: 's1' });
    const { expires_at: _until, ...reference } = kept.body.data as unknown as BlobReference & { expires_at: string };
    await call('POST', '/api/vps/adopt', { body: reference });
    expect(asked[0]?.json()).toEqual(reference);
    expect(String(await openBlob(t.nc, 'cmd.acme.vps.server.new.adopt', reference))).toHaveLength(2_000_011);
    expect((await upload('cmd.acme.vps.server.new.adopt', '{}', { token: null })).status).toBe(401);
    expect((await upload('cmd.globex.vps.server.new.adopt', '{}')).body.code).toBe('DENIED');
    for (const subject of ['', 'evt.acme.vps.server.s1', 'cmd.acme.vps.>', '$KV.vault.acme.x']) expect((await upload(subject, '{}')).body.code).toBe('INVALID');
    expect((await upload('cmd.acme.vps.server.new.adopt', `"${'z'.repeat(9_000_000)}"`)).body).toMatchObject({ code: 'TOO_LARGE', details: { limit: 'body_bytes', max: 8_388_608 } });
  });

  it('keeps many answers apart', async () => {
    await answer('cmd.acme.vps.server.*.rename', m => ({ echo: m.subject.split('.')[4] }));
    const socket = await connect();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => socket.ask({ op: 'cmd', target: `cmd.acme.vps.server.s${i}.rename`, data: {} })));
    expect(answers.map(a => a.data['echo'])).toEqual(Array.from({ length: 50 }, (_, i) => `s${i}`));
  });

  it('tells a command that waits at once when NATS goes', async () => {
    await answer('cmd.acme.vps.server.*.delete', () => undefined);
    const socket = await connect();
    const waiting = socket.ask({ op: 'cmd', target: 'cmd.acme.vps.server.s1.delete' });
    await socket.ask({ op: 'ping' });
    await t.nats.kill9();
    expect((await waiting).data).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect((await socket.ask({ op: 'cmd', target: 'cmd.acme.vps.server.s1.delete' })).data).toMatchObject({ code: 'UNAVAILABLE' });
    expect((await call('GET', '/ready')).status).toBe(503);
    expect((await call('GET', '/health')).status).toBe(200);
    await t.nats.restart();
    await socket.until(f => f.op === 'cap_update' && f !== socket.frames[1]);
    // Our own connection comes back by itself too, for the tests that follow.
    await eventually(() => t.nc.flush().then(() => true));
  });
});

const TOKENS = {
  access_token: 'a', token_type: 'Bearer', expires_at: '2026-11-21T08:10:00.000Z', refresh_token: 'r-1.mac', session: '01jd3x8e2v5y9w4z7q6r1s0tss',
  user: { id: '01jd3x8e2v5y9w4z7q6r1s0tcd', name: 'Ada', email: 'ada@example.com' }, tenant: { id: 'acme', name: 'Acme Ltd' },
};

describe('log-in over HTTP', () => {
  it('keeps the refresh token in a cookie that no script sees', async () => {
    const asked = await answer('cmd.xanthus.auth.session.new.open', TOKENS);
    const { status, body, headers: got } = await call('POST', '/api/auth/login', { token: null, body: { email: 'ada@example.com', password: 'correct horse battery', method: 'oops' }, headers: { origin: t.gateway.url, 'user-agent': 'spec' } });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ access_token: 'a', tenant: { id: 'acme' } });
    expect(JSON.stringify(body)).not.toContain('r-1');
    expect(got.getSetCookie()).toEqual([
      expect.stringMatching(/^xanthus_session=01jd3x8e2v5y9w4z7q6r1s0tss\.r-1\.mac; Path=\/api\/auth; HttpOnly; SameSite=Strict; Max-Age=\d+$/),
      'xanthus_access=a; Path=/; HttpOnly; SameSite=Strict; Max-Age=600',
      expect.stringMatching(/^xanthus_here=1; Path=\/; SameSite=Strict; Max-Age=\d+$/),
    ]);
    expect(asked[0]?.json()).toMatchObject({ method: 'password', device: { address: '127.0.0.1', user_agent: 'spec' } });
    expect(claimsOf(asked[0], 'auth')).toMatchObject({ sub: 'service:gateway', kind: 'service', tenant: 'xanthus' });
  });

  it('swaps the cookie at a refresh, only for its own origin', async () => {
    const asked = await answer('cmd.xanthus.auth.session.*.refresh', { ...TOKENS, refresh_token: 'r-2' });
    const cookie = `a=b; xanthus_session=${TOKENS.session}.r-1.mac`;
    const done = await call('POST', '/api/auth/refresh', { token: null, body: {}, headers: { cookie, origin: t.gateway.url } });
    expect(done.status).toBe(200);
    expect(done.headers.get('set-cookie')).toContain(`${TOKENS.session}.r-2;`);
    expect(asked[0]?.subject).toBe(`cmd.xanthus.auth.session.${TOKENS.session}.refresh`);
    expect(asked[0]?.json()).toMatchObject({ refresh_token: 'r-1.mac' });
    expect((await call('POST', '/api/auth/refresh', { token: null, body: {}, headers: { cookie, origin: 'http://evil.example' } })).status).toBe(403);
    expect((await call('POST', '/api/auth/refresh', { token: null, body: {}, headers: { cookie } })).status).toBe(403);
    expect((await call('POST', '/api/auth/refresh', { token: null, body: {} })).body).toMatchObject({ code: 'AUTH_REQUIRED' });
    expect(asked).toHaveLength(1);
  });

  it('logs out the session of the token and forgets the cookie', async () => {
    const asked = await answer('cmd.xanthus.auth.session.*.revoke', { id: 'x', stream: 'AUTH', seq: 1 });
    const done = await call('POST', '/api/auth/logout', { body: {} });
    expect(done.headers.get('set-cookie')).toMatch(/Max-Age=0/);
    expect(asked[0]?.subject).toBe(`cmd.xanthus.auth.session.${person.session}.revoke`);
  });

  it('takes the access cookie from its own pages only', async () => {
    const cookie = `xanthus_access=${bearer}`;
    expect((await call('GET', '/api/auth/session', { token: null, headers: { cookie, origin: t.gateway.url } })).status).toBe(200);
    expect((await call('GET', '/api/auth/session', { token: null, headers: { cookie, 'sec-fetch-site': 'same-origin' } })).status).toBe(200);
    expect((await call('GET', '/api/auth/session', { token: null, headers: { cookie } })).status).toBe(403);
    expect((await call('GET', '/api/auth/session', { token: null, headers: { cookie, 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
    expect((await call('DELETE', '/api/vps/s1', { token: null, headers: { cookie, origin: 'http://evil.example' } })).status).toBe(403);
  });

  it('maps refusals to their status', async () => {
    await answer('cmd.xanthus.auth.session.new.open', { error: { code: 'LOGIN.REFUSED', message: 'No.', retryable: false } }, 'LOGIN.REFUSED');
    const done = await call('POST', '/api/auth/login', { token: null, body: { email: 'a@b.c', password: 'x' } });
    expect([done.status, done.body]).toEqual([401, { status: 'error', code: 'LOGIN.REFUSED', message: 'No.', retryable: false, correlation_id: expect.any(String) }]);
  });

  it('says who is logged in, and whether there is an owner', async () => {
    await answer('qry.xanthus.auth.setup-status.all', { done: true });
    expect((await call('GET', '/api/auth/setup', { token: null })).body.data).toEqual({ done: true });
    expect((await call('GET', '/api/auth/session')).body.data).toMatchObject({ user: { id: person.id }, tenant: { id: 'acme' }, session: person.session });
    expect((await call('GET', '/api/auth/session', { token: null })).status).toBe(401);
  });
});

describe('rows', () => {
  it('reaches every row of the API with its subject', async () => {
    const asked = await answer('*.*.*.>', m => (/^(?:cmd|qry)\./.test(m.subject) ? { items: [{ id: 'z1', data: { hash: 'x', name: 'x' } }], as_of: { stream: 'VPS', seq: 1 } } : undefined));
    for (const row of HTTP_ROWS) {
      const got = await call(row.method, row.path.replace(':id', '01jd3x8e2v5y9w4z7q6r1s0tab'), row.method === 'POST' ? { body: row.by ? { [row.by.field]: Object.keys(row.by.targets)[0] } : row.named ? { [row.named.field]: 'x' } : {} } : {});
      expect({ row: row.path, method: row.method, status: got.status }).toEqual({ row: row.path, method: row.method, status: 200 });
    }
    const own = HTTP_ROWS.filter(r => r.own === true && r.target.kind === 'view').length;
    // What a field of the body names is looked for first.
    const named = HTTP_ROWS.filter(r => r.named !== undefined).length;
    expect(asked.filter(m => /^(?:cmd|qry)\./.test(m.subject))).toHaveLength(HTTP_ROWS.length - own + named);
    expect(asked.map(m => m.subject)).toEqual(expect.arrayContaining(['qry.acme.vps.view.servers.all', 'qry.acme.vps.view.servers.01jd3x8e2v5y9w4z7q6r1s0tab', 'qry.acme.vps.sandbox.all', 'cmd.acme.vps.server.01jd3x8e2v5y9w4z7q6r1s0tab.delete']));
  });

  it('tells a list and one thing as they were, where a time is asked for', async () => {
    const then = { items: [{ id: 's1', schema: 1, seq: 3, time: '2026-11-21T22:00:00Z', data: { name: 'web-1' } }], as_of: { stream: 'VPS', seq: 4, time: '2026-11-21T22:30:00Z' } };
    const asked = await answer('qry.acme.vps.view-at.servers.*', m => (m.subject.endsWith('.gone') ? { ...then, items: [] } : then));
    const [at, moment] = ['at=2026-11-21T23:00:00Z', { time: '2026-11-21T23:00:00Z' }];
    expect(await call('GET', `/api/vps?${at}&limit=5&cursor=s0`)).toMatchObject({ status: 200, body: { data: then } });
    expect((await call('GET', `/api/vps/s1?${at}`)).body.data).toEqual({ ...then.items[0], as_of: then.as_of });
    expect(await call('GET', `/api/vps/gone?${at}`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(asked.map(m => [m.subject, m.json()])).toEqual([['qry.acme.vps.view-at.servers.all', { ...moment, limit: 5, cursor: 's0' }], ['qry.acme.vps.view-at.servers.s1', moment], ['qry.acme.vps.view-at.servers.gone', moment]]);
    const refused = { status: 422, body: { code: 'INVALID' } };
    for (const path of ['/api/vps?at=yesterday', '/api/vps?at=', '/api/vps?at=2026-11-21', `/api/vps?filter=web&${at}`, `/api/profile?${at}`, `/api/catalog?${at}`]) expect(await call('GET', path)).toMatchObject(refused);
    const guest = await t.person('acme');
    await t.grant(guest, { commands: [] });
    expect(await call('GET', `/api/vps?${at}`, { token: await t.token(guest) })).toMatchObject({ status: 403, body: { code: 'DENIED' } });
    await answer('qry.acme.vps.view-at.metrics.s1', { error: { code: 'PAST.NOT_READY', message: 'Ask again.', retryable: true } }, 'PAST.NOT_READY');
    expect(await call('GET', `/api/vps/s1/metrics?${at}`)).toMatchObject({ status: 503, body: { code: 'PAST.NOT_READY' } });
    expect(asked).toHaveLength(3);
  });

  it('finds what a field of the body names, the newest of what there is, and hands on the rest', async () => {
    const looked = await answer('qry.acme.dns.view.plans.all', { items: [{ id: 'p1', data: { hash: 'a' } }, { id: 'p2', data: { hash: 'a' } }, { id: 'p3', data: { hash: 'ab' } }] });
    await answer('cmd.acme.dns.plan.*.apply', m => ({ id: m.subject.split('.')[4], got: m.json() }));
    const apply = (body: unknown) => call('POST', '/api/dns/apply', { body });
    expect(await apply({ plan_hash: 'a', accept: ['mail'] })).toMatchObject({ status: 200, body: { data: { id: 'p2', got: { hash: 'a', accept: ['mail'] } } } });
    expect(looked[0]?.json()).toEqual({ filter: 'a', limit: 1_000 });
    expect(await apply({ plan_hash: 'b' })).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    for (const body of [{}, { plan_hash: 7 }, { plan_hash: '' }, [], null]) expect(await apply(body)).toMatchObject({ status: 422, body: { code: 'INVALID' } });
  });

  it('takes the command that the body names, and hands on the rest of it', async () => {
    await answer('cmd.acme.vps.server.*.*', m => ({ verb: m.subject.split('.')[5], got: m.json() }));
    const power = (body: unknown) => call('POST', '/api/vps/01jd3x8e2v5y9w4z7q6r1s0tab/power', { body });
    for (const action of ['power-on', 'power-off', 'reboot', 'reset', 'shutdown']) expect(await power({ action, other: 1 })).toMatchObject({ status: 200, body: { data: { verb: action, got: { other: 1 } } } });
    for (const body of [{}, { action: 'delete' }, { action: ['reboot'] }, { action: 'constructor' }, [], null]) expect(await power(body)).toMatchObject({ status: 422, body: { code: 'INVALID' } });
  });

  it('answers a write with 202 and its place, with 200 once the view shows it', async () => {
    const asked = await answer('cmd.acme.vps.server.*.rename', { id: 's1', stream: 'VPS', seq: 5 });
    expect(await call('POST', '/api/vps/s1/rename', { body: { name: 'x' }, headers: { 'idempotency-key': 'k', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } })).toMatchObject({ status: 202, body: { status: 'success', data: { id: 's1', stream: 'VPS', seq: 5 } } });
    expect([HEADERS.IDEMPOTENCY, HEADERS.TRACEPARENT].map(name => asked[0]?.headers?.get(name))).toEqual(['k', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01']);
    t.nc.publish('$KV.vps-a._pos', JSON.stringify({ seq: 5 }));
    expect((await call('POST', '/api/vps/s1/rename?wait=view', { body: { name: 'x' } })).status).toBe(200);
  });

  it('shows the profile of the person, and asks for what is their own in their name', async () => {
    const asked = await answer('cmd.xanthus.auth.person.*.rename', { id: person.id, stream: 'AUTH', seq: 5 });
    expect((await call('GET', '/api/profile')).body.data).toMatchObject({ id: person.id, data: { has_password: true } });
    expect((await call('GET', '/api/identities')).body.data).toEqual({ items: [] });
    expect((await call('POST', '/api/profile/name', { body: { name: 'Ada' } })).status).toBe(202);
    expect(asked.map(m => m.subject)).toEqual([`cmd.xanthus.auth.person.${person.id}.rename`]);
  });

  it('lists the sessions of the person only', async () => {
    const other = await t.person('acme');
    const { body } = await call('GET', '/api/sessions');
    expect(JSON.stringify(body)).toContain(person.session);
    expect(JSON.stringify(body)).not.toContain(other.session);
  });

  it('refuses without a token, with an expired one, without the right, and another tenant\'s', async () => {
    const guest = await t.person('acme', {});
    const asked = await answer('cmd.acme.vps.server.*.delete', { id: 's1', stream: 'VPS', seq: 5 });
    expect((await call('DELETE', '/api/vps/s1', { token: null })).body).toMatchObject({ code: 'AUTH_REQUIRED' });
    expect(await call('DELETE', '/api/vps/s1', { token: await t.token(person, { life: -60 }) })).toMatchObject({ status: 401, body: { code: 'AUTH_EXPIRED' } });
    expect(await call('DELETE', '/api/vps/s1', { token: await t.token(guest) })).toMatchObject({ status: 403, body: { code: 'DENIED' } });
    expect(await call('DELETE', '/api/vps/s1', { headers: { origin: 'http://evil.example' } })).toMatchObject({ status: 403 });
    expect(asked).toHaveLength(0);
  });
});

describe('bad input', () => {
  it.each<[string, string, string, Parameters<typeof call>[2], number, string]>([
    ['malformed JSON', 'POST', '/api/vps/adopt', { raw: '{"name":' }, 400, 'BAD_JSON'],
    ['another type', 'POST', '/api/vps/adopt', { raw: 'name=x', headers: { 'content-type': 'text/plain' } }, 415, 'UNSUPPORTED_TYPE'],
    ['deep nesting', 'POST', '/api/vps/adopt', { raw: `${'['.repeat(100)}${']'.repeat(100)}` }, 413, 'TOO_LARGE'],
    ['a body over 1 MiB', 'POST', '/api/vps/adopt', { raw: JSON.stringify('x'.repeat(1_100_000)) }, 413, 'TOO_LARGE'],
    ['an unknown address', 'GET', '/api/nothing', {}, 404, 'NOT_FOUND'],
    ['an unknown method', 'DELETE', '/api/vps', {}, 404, 'NOT_FOUND'],
    ['an id that is no token', 'GET', '/api/vps/A.%3E', {}, 404, 'NOT_FOUND'],
    ['a wildcard as id', 'GET', '/api/vps/*', {}, 404, 'NOT_FOUND'],
    ['a log-in that is a list', 'POST', '/api/auth/login', { raw: '[]' }, 422, 'INVALID'],
    ['a bad idempotency key', 'DELETE', '/api/vps/s1', { headers: { 'idempotency-key': 'a b' } }, 422, 'INVALID'],
    ['nobody who answers', 'GET', '/api/ssh-keys', {}, 503, 'NO_RESPONDERS'],
  ])('%s is refused with its code', async (_name, method, path, o, status, code) => {
    const got = await call(method, path, o);
    expect([got.status, got.body.code]).toEqual([status, code]);
    expect(got.body.correlation_id).toMatch(/^[0-9a-z]{26}$/);
    expect(JSON.stringify(got.body)).not.toMatch(/at .*\.(?:ts|js):\d/);
  });

  it('gives up on a body that never says how long it is', async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request(`${t.gateway.url}/api/vps/adopt`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}`, 'transfer-encoding': 'chunked' } }, r => resolve(r.statusCode ?? 0));
      sent.once('error', reject);
      const chunk = 'x'.repeat(64 * 1024);
      const more = (): void => {
        if (!sent.destroyed && !sent.writableEnded) sent.write(chunk, () => setImmediate(more));
      };
      sent.once('response', () => sent.destroy());
      more();
    });
    expect(status).toBe(413);
  });
});

describe('the console and the rest', () => {
  it('serves pages uncached, hashed assets for ever, and unknown pages as the console', async () => {
    const page = await fetch(`${t.gateway.url}/servers/s1`, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('cache-control'), await page.text()]).toEqual([200, 'no-cache', expect.stringContaining('<title>Xanthus')]);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe/);
    expect(page.headers.get('x-powered-by')).toBeNull();
    const asset = await fetch(`${t.gateway.url}/assets/app-abc123.js`, { headers: { 'accept-encoding': 'identity' } });
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const encoded = await new Promise<string | undefined>((resolve) => request(`${t.gateway.url}/assets/app-abc123.js`, { headers: { 'accept-encoding': 'br' } }, r => { r.resume(); resolve(r.headers['content-encoding']); }).end());
    expect(encoded).toBe('br');
    for (const path of ['/assets/none.js', '/missing.txt', '/..%2f..%2fetc/passwd.x']) expect((await fetch(t.gateway.url + path)).status).toBe(404);
  });

  it('tells operations what they need', async () => {
    const ready = await fetch(`${t.gateway.url}/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, checks: { nats: expect.objectContaining({ ok: true }), capabilities: { ok: true }, draining: { ok: true }, room: { ok: true }, keys: { ok: true } } }]);
    expect((await fetch(`${t.gateway.url}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(403);
    expect((await call('GET', '/version')).body.data).toHaveProperty('version');
    const jwks = await (await fetch(`${t.gateway.url}/.well-known/jwks.json`)).json() as { keys: Record<string, unknown>[] };
    expect(jwks.keys[0]).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA' });
    expect(jwks.keys[0]).not.toHaveProperty('d');
    expect(await (await fetch(`${t.gateway.url}/api/docs`)).text()).toContain('/api/vps/adopt');
  });
});
