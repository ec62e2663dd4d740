/** Limits of persons, tenants and addresses, each with its code; refusals before the upgrade; frames that `ws` itself refuses. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket, type ClientOptions } from 'ws';
import { Socket } from './socket.fixture.js';
import { startTestGateway, type Person, type TestGateway } from './testing.fixture.js';

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway({
    XANTHUS_WS_CONNECTIONS_PER_USER: '2', XANTHUS_WS_CONNECTIONS_PER_TENANT: '3', XANTHUS_WS_CONNECTIONS_PER_ADDRESS: '3', XANTHUS_WS_UNAUTHENTICATED_PER_ADDRESS: '1',
    XANTHUS_WS_SUBSCRIPTIONS_PER_USER: '3', XANTHUS_WS_COMMANDS_PER_SECOND: '5', XANTHUS_WS_BYTES_IN_PER_SECOND: '30000', XANTHUS_WS_HANDSHAKES_PER_SECOND: '20',
  });
});
afterAll(async () => { await t?.stop(); });

const sockets: Socket[] = [];
const open = async (options: ClientOptions = {}): Promise<Socket> => {
  const socket = new Socket(t.gateway.url, options);
  sockets.push(socket);
  await socket.open();
  return socket;
};
const bearer = async (person: Person, address?: string): Promise<ClientOptions> => ({ headers: { authorization: `Bearer ${await t.token(person)}`, ...(address === undefined ? {} : { 'x-forwarded-for': address }) } });
const live = async (person: Person): Promise<Socket> => {
  const socket = await open(await bearer(person));
  await socket.until(f => f.op === 'cap_update');
  return socket;
};
afterEach(async () => {
  for (const socket of sockets.splice(0)) {
    socket.close();
    await socket.end().catch(() => undefined);
  }
});
/** Status and Retry-After of an upgrade; `open` if it was not refused. */
const upgrade = (options: ClientOptions = {}): Promise<unknown> => new Promise((resolve) => {
  const ws = new WebSocket(`${t.gateway.url.replace('http', 'ws')}/ws`, options);
  ws.on('unexpected-response', (_, response) => {
    resolve([response.statusCode, response.headers['retry-after']]);
    response.destroy();
  });
  ws.on('open', () => {
    ws.terminate();
    resolve('open');
  });
  ws.on('error', () => {});
});
const limited = async (limit: string): Promise<number> => Number(new RegExp(`xanthus_ws_limited_total\\{[^}]*limit="${limit}"[^}]*\\} (\\d+)`).exec(await (await fetch(`${t.gateway.url}/metrics`)).text())?.[1] ?? 0);

describe('before the upgrade', () => {
  it('refuses a token that does not fit with 401', async () => {
    const ended = await t.person('acme');
    expect(await upgrade({ headers: { authorization: 'Bearer not.a.token' } })).toEqual([401, undefined]);
    expect(await upgrade({ headers: { authorization: `Bearer ${await t.token(ended, { life: -60 })}` } })).toEqual([401, undefined]);
  });

  it('refuses one connection too many of a person, a tenant and an address with 429', async () => {
    const [ada, bob, cyd] = [await t.person('acme'), await t.person('acme'), await t.person('acme')];
    await live(ada);
    await live(ada);
    expect(await upgrade(await bearer(ada))).toEqual([429, '5']);
    await live(bob);
    expect(await upgrade(await bearer(cyd))).toEqual([429, '5']);
    expect(await upgrade(await bearer(await t.person('globex')))).toBe('open');
    expect([await limited('connections_per_user'), await limited('connections_per_tenant')]).toEqual([1, 1]);
    const away = async (tenant: string): Promise<ClientOptions> => bearer(await t.person(tenant), '203.0.113.9');
    for (const tenant of ['t1', 't2', 't3']) await open(await away(tenant));
    expect(await upgrade(await away('t4'))).toEqual([429, '5']);
    expect(await upgrade(await bearer(await t.person('t4'), '203.0.113.10'))).toBe('open');
    expect(await limited('connections_per_address')).toBe(1);
  });

  it('refuses too many of an address that have not logged in', async () => {
    const away = { headers: { 'x-forwarded-for': '203.0.113.77' } };
    const first = await open(away);
    expect(await upgrade(away)).toEqual([429, '5']);
    await first.ask({ op: 'auth', data: { token: await t.token(await t.person('acme')) } });
    expect(await upgrade(away)).toBe('open');
  });
});

describe('after it', () => {
  it('closes one connection too many of a person with a code to come back later', async () => {
    const ada = await t.person('acme');
    const kept = [await live(ada), await live(ada)];
    const third = await open();
    expect((await third.ask({ op: 'auth', data: { token: await t.token(ada) } })).data).toMatchObject({ code: 'RATE_LIMITED', retryable: true, details: { limit: 'connections_per_user', max: 2 } });
    expect((await third.end()).code).toBe(4010);
    for (const socket of kept) expect((await socket.ask({ op: 'ping' })).op).toBe('pong');
  });

  it('limits subscriptions and commands of a person over all connections', async () => {
    const ada = await t.person('acme');
    const [a, b] = [await live(ada), await live(ada)];
    const sub = (n: number): object => ({ op: 'sub', target: `sig.acme.s${n}` });
    for (const [socket, n] of [[a, 1], [a, 2], [b, 3]] as const) expect((await socket.ask(sub(n))).data).toEqual({ status: 'live' });
    expect((await b.ask(sub(4))).data).toMatchObject({ code: 'TOO_MANY_SUBSCRIPTIONS', details: { limit: 'subscriptions_per_user', max: 3 } });
    await a.ask({ op: 'unsub', target: 'sig.acme.s1' });
    expect((await b.ask(sub(4))).data).toEqual({ status: 'live' });
    const command = { op: 'cmd', target: 'qry.acme.vps.sandbox.all' };
    const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? a : b).ask(command)));
    expect(answers.filter(f => f.data.code === 'RATE_LIMITED').length).toBeGreaterThanOrEqual(2);
    expect(answers.filter(f => f.data.code === 'NO_RESPONDERS').length).toBeGreaterThanOrEqual(10);
    const text = await (await fetch(`${t.gateway.url}/metrics`)).text();
    expect(text).toMatch(/xanthus_ws_command_seconds_count\{[^}]*family="qry.vps.sandbox",code="NO_RESPONDERS"[^}]*\} [1-9]\d/);
    const headers = { authorization: `Bearer ${await t.token(ada)}` };
    const over = await Promise.all(Array.from({ length: 60 }, () => fetch(`${t.gateway.url}/api/vps`, { headers })));
    expect(over.filter(r => r.status === 429).map(r => r.headers.get('retry-after'))).toContain('1');
    expect([await limited('subscriptions_per_user') > 0, await limited('commands_per_second') > 0]).toEqual([true, true]);
  });

  it('limits the bytes that a connection sends', async () => {
    const socket = await live(await t.person('acme'));
    for (let i = 0; i < 4; i++) socket.send({ op: 'ping', inbox: `p${i}`, data: 'x'.repeat(50_000) });
    await socket.until(f => f.op === 'error');
    expect(socket.frames.filter(f => f.op === 'pong')).toHaveLength(2);
    expect(socket.frames.find(f => f.op === 'error')).toMatchObject({ inbox: 'p2', data: { code: 'RATE_LIMITED', details: { limit: 'bytes_in_per_second', max: 30_000 } } });
  });

  it.each([
    ['a frame far above the limit', (ws: WebSocket) => ws.send('x'.repeat(300_000)), 'TOO_LARGE'],
    ['text that is no UTF-8', (ws: WebSocket) => ws.send(Buffer.from([0xff, 0xfe]), { binary: false }), 'BAD_FRAME'],
  ])('says why before it closes for %s', async (_name, send, code) => {
    const socket = await live(await t.person('acme'));
    send(socket.ws);
    expect((await socket.end()).code).toBe(4500);
    expect(socket.frames.at(-1)).toMatchObject({ op: 'error', data: { code } });
  });
});

describe('a storm of handshakes', () => {
  it('is let in at the rate, the rest is told when to come back', async () => {
    const answers = await Promise.all(Array.from({ length: 120 }, () => upgrade()));
    const refused = answers.filter(a => a !== 'open');
    expect(refused.length).toBeGreaterThan(20);
    // Spread over the time in which there will be room for them, at most 10 s.
    const seconds = refused.map(a => /^\[503,"(\d+)"\]$/.exec(JSON.stringify(a))?.[1]).map(Number);
    expect([Math.min(...seconds) >= 1, Math.max(...seconds) > 1, Math.max(...seconds) <= 10]).toEqual([true, true, true]);
    expect(await limited('handshakes_per_second')).toBe(refused.length);
    expect((await fetch(`${t.gateway.url}/health`)).status).toBe(200);
  });
});
