/** Security rules "one gate", "browser" and "limits everywhere" at every HTTP route and upgrade there is: generated from the lists that the API document is made of. */
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Msg } from '@nats-io/transport-node';
import { GATEWAY_ROUTES, HTTP_ROWS } from '@xanthus/proto';
import { tempDir, type TempDir } from '@xanthus/testing';
import { WebSocket } from 'ws';
import { startTestGateway, type Person, type TestGateway } from './testing.fixture.js';

const ID = '01jd3x8e2v5y9w4z7q6r1s0tab';
interface Route { readonly method: string; readonly path: string }
const fill = (path: string): string => path.replace(':provider', 'acme.idp').replaceAll(/:\w+/g, ID);
const ROWS: readonly Route[] = HTTP_ROWS;
const ROUTES: readonly Route[] = [...HTTP_ROWS, ...GATEWAY_ROUTES];
const WRITES = ROUTES.filter(r => r.method !== 'GET');
const UPGRADES = ['/ws', '/ws/status', '/ws/terminal/s1'];
/** Whoever is not logged in reaches these and no others: what a log-in begins with, and what says nothing of anybody. */
const OPEN = [
  'GET /health', 'GET /ready', 'GET /metrics', 'GET /version', 'GET /.well-known/jwks.json', 'GET /api/openapi.json', 'GET /api/asyncapi.json', 'GET /api/docs',
  'GET /api/auth/setup', 'POST /api/auth/setup', 'POST /api/auth/login', 'GET /api/auth/cloudflare', 'POST /api/auth/validate', 'POST /api/auth/cloudflare/validate', 'POST /api/auth/logout', 'POST /api/auth/reset',
  'GET /api/auth/oidc', 'GET /api/auth/oidc/:provider/start', 'GET /api/auth/oidc/:provider/callback', 'POST /api/auth/oidc/:provider/backchannel-logout', 'POST /api/auth/invitations/show', 'POST /api/auth/invitations/accept',
];

let t: TestGateway;
let web: TempDir;
let bearer: string;
let person: Person;
/** What any service was asked. */
const asked: Msg[] = [];
beforeAll(async () => {
  web = await tempDir('xanthus-web-');
  await mkdir(join(web.path, 'assets'));
  await writeFile(join(web.path, 'index.html'), '<!doctype html><title>Xanthus</title>');
  await writeFile(join(web.path, 'assets/app-abc123.js'), 'console.log(1)');
  t = await startTestGateway({
    XANTHUS_WEB_DIR: web.path, XANTHUS_WS_COMMANDS_PER_SECOND: '100000', XANTHUS_WS_COMMANDS_PER_SECOND_PER_TENANT: '100000',
    XANTHUS_HTTP_REQUESTS_PER_SECOND_PER_ADDRESS: '5', XANTHUS_HTTP_LOG_INS_PER_SECOND_PER_ADDRESS: '2',
  });
  person = await t.person('acme');
  await t.grant(person, { commands: ['cmd.acme.>', 'qry.acme.>', 'cmd.xanthus.auth.>', 'qry.xanthus.auth.>'], buckets: { auth: [`xanthus.*.${person.id}.>`, `xanthus.*.${person.id}`] } });
  bearer = await t.token(person);
  t.nc.subscribe('*.*.*.>', { callback: (_error, m) => {
    if (!/^(?:cmd|qry)\./.test(m.subject)) return;
    asked.push(m);
    m.respond(JSON.stringify({ url: 'https://idp.example/?state=s', flow: 'f' }));
  } });
  await t.nc.flush();
});
afterAll(async () => {
  await t?.stop();
  await web?.remove();
});
beforeEach(() => { asked.length = 0; });

type Given = Readonly<Record<string, string>>;
interface Answer { readonly status: number; readonly headers: Headers; readonly text: string }
const call = async ({ method, path }: Route, headers: Given = {}, body = '{}'): Promise<Answer> => {
  const answer = await fetch(t.gateway.url + fill(path), { method, redirect: 'manual', headers: { ...(method === 'POST' ? { 'content-type': 'application/json' } : {}), ...headers }, ...(method === 'POST' ? { body } : {}) });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};
const codeOf = ({ text }: Answer): string => (JSON.parse(text) as { code: string }).code;
const cookies = (): string => `xanthus_access=${bearer}; xanthus_session=${person.session}.r-1.mac`;
const foreign = (): string[] => ['https://evil.example', 'null', t.gateway.url.replace('http:', 'https:'), `${t.gateway.url}.evil.example`, t.gateway.url.replace(/:\d+$/, ''), t.gateway.url.replace('//', '//user@')];
/** None, a program's, a page's. */
const credentials = (): Given[] => [{}, { authorization: `Bearer ${bearer}` }, { cookie: cookies(), 'sec-fetch-site': 'same-origin' }];
const upgrade = (path: string, headers: Given): Promise<number> => new Promise((resolve) => {
  const ws = new WebSocket(t.gateway.url.replace('http', 'ws') + path, { headers: { ...headers } });
  ws.on('unexpected-response', (_, response) => {
    resolve(response.statusCode ?? 0);
    response.destroy();
  });
  ws.on('open', () => {
    ws.terminate();
    resolve(101);
  });
  ws.on('error', () => {});
});
const name = ({ method, path }: Route): string => `${method} ${path}`;

describe('a page of a foreign origin', () => {
  it('changes nothing: every route that is not a GET refuses it, logged in by bearer, by cookie or not at all', async () => {
    const reached: string[] = [];
    for (const route of WRITES) {
      await Promise.all(foreign().flatMap(origin => credentials().map(async who => {
        const answer = await call(route, { origin, ...who });
        if (answer.status !== 403 || codeOf(answer) !== 'DENIED' || answer.headers.getSetCookie().length > 0) reached.push(`${name(route)} from ${origin}: ${answer.status}`);
      })));
    }
    expect(reached).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('reads nothing by a cookie, nor does a page that does not say which it is', async () => {
    const read: string[] = [];
    const pages: Given[] = [{ origin: 'https://evil.example' }, { origin: 'null' }, {}, ...['cross-site', 'same-site', 'none'].map(site => ({ 'sec-fetch-site': site }))];
    for (const route of ROWS) {
      await Promise.all(pages.map(async (from) => {
        const answer = await call(route, { cookie: cookies(), ...from });
        if (answer.status !== 403) read.push(`${name(route)} ${JSON.stringify(from)}: ${answer.status}`);
      }));
    }
    expect(read).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('is given no leave by CORS, on any route', async () => {
    for (const route of ROUTES) {
      for (const method of [route.method, 'OPTIONS']) {
        const { headers, status } = await call({ method, path: route.path }, { origin: 'https://evil.example', 'access-control-request-method': route.method, 'access-control-request-headers': 'authorization' });
        expect([name(route), method, [...headers.keys()].filter(h => h.startsWith('access-control-'))]).toEqual([name(route), method, []]);
        if (method === 'OPTIONS') expect(status).toBe(404);
      }
    }
  });

  it('is refused before the upgrade, whatever it knows; a page of ours is not', async () => {
    for (const path of UPGRADES) {
      for (const origin of foreign()) for (const who of credentials()) expect([path, origin, await upgrade(path, { origin, ...who })]).toEqual([path, origin, 403]);
      expect([path, await upgrade(path, { cookie: cookies() })]).toEqual([path, 403]);
      expect([path, await upgrade(path, { origin: t.gateway.url, cookie: cookies() })]).toEqual([path, 101]);
    }
  });
});

describe('who is not logged in', () => {
  it('is refused by every route but those that a log-in begins with', async () => {
    const open: string[] = [];
    for (const route of ROUTES) {
      const answer = await call(route);
      if (answer.status !== 401 || codeOf(answer) !== 'AUTH_REQUIRED') open.push(name(route));
    }
    expect(open.sort()).toEqual([...OPEN].sort());
  });

  it('gains nothing by headers that say who one is', async () => {
    const claims = JSON.stringify({ sub: person.id, tenant: 'acme', kind: 'person' });
    const forged = Object.fromEntries(['xanthus-identity', 'nats-request-info', 'xanthus-actor', 'xanthus-tenant', 'x-user', 'x-forwarded-user', 'x-remote-user', 'x-auth-request-email'].map(header => [header, claims]));
    for (const route of ROWS) expect([name(route), (await call(route, forged)).status]).toEqual([name(route), 401]);
    expect(asked).toEqual([]);
    await call({ method: 'GET', path: '/api/vps' }, { ...forged, authorization: `Bearer ${bearer}` });
    expect(asked[0]?.headers?.keys().sort()).toEqual(['Xanthus-Correlation', 'Xanthus-Idempotency-Key', 'Xanthus-Identity']);
    expect(asked[0]?.headers?.get('Xanthus-Identity')).not.toContain(claims);
  });
});

describe('every kind of answer', () => {
  const KINDS: readonly [string, Route, Given?, string?][] = [
    ['data', { method: 'GET', path: '/api/vps' }], ['a write', { method: 'POST', path: '/api/vps/adopt' }], ['nothing there', { method: 'GET', path: '/api/nothing' }], ['another method', { method: 'PUT', path: '/api/vps' }],
    ['a refusal', { method: 'POST', path: '/api/vps/adopt' }, { origin: 'https://evil.example' }], ['no log-in', { method: 'GET', path: '/api/vps' }, { authorization: '' }], ['a broken body', { method: 'POST', path: '/api/vps/adopt' }, {}, '{'],
    ['the console', { method: 'GET', path: '/servers' }], ['a script', { method: 'GET', path: '/assets/app-abc123.js' }], ['a script that is not there', { method: 'GET', path: '/assets/none.js' }], ['the head of a page', { method: 'HEAD', path: '/' }],
    ['a question about the API', { method: 'OPTIONS', path: '/api/vps' }], ['an address that is none', { method: 'GET', path: '//' }],
    ...GATEWAY_ROUTES.map((route): [string, Route] => [name(route), route]),
  ];
  it.each(KINDS)('%s has the security headers and says nothing of what answers', async (_what, route, headers = {}, body = '{}') => {
    const answer = await call(route, { authorization: `Bearer ${bearer}`, ...headers }, body);
    expect(Object.fromEntries(['x-content-type-options', 'x-frame-options', 'referrer-policy', 'cross-origin-opener-policy', 'cross-origin-resource-policy'].map(h => [h, answer.headers.get(h)]))).toEqual({
      'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin',
    });
    const policy = answer.headers.get('content-security-policy') ?? '';
    for (const rule of ["default-src 'self'", "script-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"]) expect(policy.split('; ')).toContain(rule);
    expect([answer.headers.get('x-powered-by'), answer.headers.get('server')]).toEqual([null, null]);
  });

  it('what cannot be read as HTTP says nothing', async () => {
    const socket = connect(t.gateway.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nbroken\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n(?:Connection: close\r\n)?\r\n$/);
  });
});

describe('limits of an HTTP request', () => {
  const limited = async (limit: string): Promise<number> => Number(new RegExp(`xanthus_ws_limited_total\\{[^}]*limit="${limit}"[^}]*\\} (\\d+)`).exec((await call({ method: 'GET', path: '/metrics' })).text)?.[1] ?? 0);
  const refused = (answers: readonly Answer[], limit: string): number => answers.filter(a => a.status === 429 && a.headers.get('retry-after') === '1' && a.text.includes(`"limit":"${limit}"`) && codeOf(a) === 'RATE_LIMITED').length;

  it.each([['body_bytes', `"${'x'.repeat(1_100_000)}"`], ['json_depth', `${'['.repeat(40)}${']'.repeat(40)}`]])('%s', async (limit, body) => {
    const before = await limited(limit);
    const answer = await call({ method: 'POST', path: '/api/vps/adopt' }, { authorization: `Bearer ${bearer}` }, body);
    expect([answer.status, codeOf(answer)]).toEqual([413, 'TOO_LARGE']);
    expect(JSON.parse(answer.text)).toMatchObject({ details: { limit } });
    expect([asked.length, await limited(limit)]).toEqual([0, before + 1]);
  });

  it.each([['requests_per_second_per_address', '/api/vps', '203.0.113.20'], ['log_ins_per_second_per_address', '/api/auth/setup', '203.0.113.21']])('%s: others are served', async (limit, path, address) => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => call({ method: 'GET', path }, { 'x-forwarded-for': address })));
    expect(refused(answers, limit)).toBeGreaterThan(20);
    expect(await limited(limit)).toBe(refused(answers, limit));
    // another address, and a program of this machine
    expect(refused([await call({ method: 'GET', path }, { 'x-forwarded-for': '203.0.113.99' }), await call({ method: 'GET', path })], limit)).toBe(0);
  });

  it('headers without end', async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request(`${t.gateway.url}/api/vps`, { headers: { 'x-long': 'x'.repeat(100_000) } }, r => {
        r.resume();
        resolve(r.statusCode ?? 0);
      });
      sent.once('error', reject);
      sent.end();
    });
    expect(status).toBe(431);
  });
});
