import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES, GATEWAY_ROUTES, HTTP_ROWS, SERVICES } from '@xanthus/proto';
import { originsOf } from '../access/origins.js';
import { RateLimit } from '../connection/rate-limit.js';
import type { GatewayConfig } from '../gateway.config.js';
import { deadlineOf } from '../upstream/commands.js';
import { statusOf } from './answer.js';
import { accessCookie, readCookie, setCookies } from './caller.js';
import { router } from './router.js';

const handler = () => ({ status: 200 });

describe('routes', () => {
  it('find each row by its own path, never a literal as an id', () => {
    const find = router([...HTTP_ROWS, ...GATEWAY_ROUTES].map(r => ({ method: r.method, path: r.path, handler })));
    for (const row of [...HTTP_ROWS, ...GATEWAY_ROUTES]) expect(find(row.method, row.path.replace(':id', 'x1'))).toMatchObject({ route: { method: row.method, path: row.path } });
    expect(find('GET', '/api/vps/sandbox')).toMatchObject({ route: { path: '/api/vps/sandbox' }, params: {} });
    expect(find('PATCH', '/api/vps')).toEqual({ methods: ['GET', 'POST'] });
    expect(find('GET', '/api/vps/')).toBeUndefined();
    expect(find('GET', '/nowhere')).toBeUndefined();
  });
});

describe('statusOf', () => {
  it('has a 4xx or 5xx for every code of every contract', () => {
    const codes = [...Object.keys(ERROR_CODES), ...Object.values(SERVICES).flatMap(s => [...Object.values(s.commands), ...Object.values(s.queries)].flatMap(c => [...(c as { errors: readonly string[] }).errors]))];
    for (const code of codes) expect(statusOf(code)).toBeGreaterThanOrEqual(400);
    expect([statusOf('SERVER.NOT_FOUND'), statusOf('SERVER.NAME_TAKEN'), statusOf('LOGIN.REFUSED'), statusOf('SESSION.ENDED'), statusOf('X.Y'), statusOf('TIMEOUT')]).toEqual([404, 409, 401, 401, 422, 504]);
  });
});

describe('deadlineOf', () => {
  it('comes from the contract behind the subject', () => {
    expect(deadlineOf('cmd.acme.vps.server.new.adopt')).toBe(30_000);
    expect(deadlineOf('qry.acme.vps.sandbox.all')).toBe(5_000);
    expect(deadlineOf('cmd.acme.constructor.x.y.z')).toBe(5_000);
  });
});

describe('the cookie', () => {
  const read = (cookie: string) => readCookie({ headers: { cookie } } as IncomingMessage);

  it('is nobody\'s where a neighbour put another one beside it', () => {
    const access = (cookie: string) => accessCookie({ headers: { cookie } } as IncomingMessage);
    expect([access('xanthus_access=mine; a=b'), access('xanthus_access=theirs; xanthus_access=mine'), access('xanthus_access=mine; xanthus_access=mine')]).toEqual(['mine', undefined, 'mine']);
    const [mine, theirs] = ['0', '1'].map(n => `xanthus_session=${n.repeat(26)}.t`);
    expect(read(`${theirs}; ${mine}`)).toBeUndefined();
  });
  it('comes back as it was set', () => {
    const value = { session: '01jd3x8e2v5y9w4z7q6r1s0tss', token: 'ab_c-d.ef' };
    const [session, access] = setCookies(value, 'x.y.z', true);
    expect([session, access]).toEqual([expect.stringContaining('; Secure'), expect.stringContaining('; Secure')]);
    const sent = `x=1; ${session?.split(';')[0]}; ${access?.split(';')[0]}; y=2`;
    expect(read(sent)).toEqual(value);
    expect(accessCookie({ headers: { cookie: sent } } as IncomingMessage)).toBe('x.y.z');
    expect(read('xanthus_session=junk')).toBeUndefined();
    expect(read('')).toBeUndefined();
  });
});

describe('origins', () => {
  const config = (more: Partial<GatewayConfig>): GatewayConfig => ({ XANTHUS_HOST: '127.0.0.1', ...more }) as GatewayConfig;
  it('are the names of this machine on loopback', () => {
    const origins = originsOf(config({}), () => 7_700);
    expect(['http://127.0.0.1:7700', 'http://localhost:7700', 'http://localhost:7701', 'https://localhost:7700', 'null', 'http://evil.example'].map(o => origins.allows(o))).toEqual([true, true, false, false, false, false]);
  });
  it('are the public address and what is configured elsewhere', () => {
    const origins = originsOf(config({ XANTHUS_HOST: '0.0.0.0', XANTHUS_PUBLIC_URL: 'https://x.example/app', XANTHUS_ALLOWED_ORIGINS: ['https://y.example'] }), () => 7_700);
    expect(['https://x.example', 'https://y.example', 'http://127.0.0.1:7700', 'https://x.example.evil'].map(o => origins.allows(o))).toEqual([true, true, false, false]);
  });
});

describe('a rate limit', () => {
  it('grants a burst, then its rate', () => {
    const limit = new RateLimit(10, 3);
    expect([1, 1, 1, 1].map(now => limit.take(now))).toEqual([true, true, true, false]);
    expect([limit.take(101), limit.take(102), limit.take(5_000)]).toEqual([true, false, true]);
  });
});
