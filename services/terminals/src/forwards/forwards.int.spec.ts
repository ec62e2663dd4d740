/** Ports of servers at names of their own: from the console's link to the application's last byte, and everything that keeps others out. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TENANT } from '@xanthus/auth/test-ground';
import { JetStreamEventStore } from '@xanthus/jetstream';
import { handleCommand, newId } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import { extendForward, type forwardsView } from '@xanthus/proto/terminals';
import { eventually, freePort } from '@xanthus/testing';
import { WebSocket, WebSocketServer } from 'ws';
import { forwardType } from '../forward/forward.decide.js';
import { SERVER } from '../service-ground.fixture.js';
import { startForwardGround, sum, type Entered, type ForwardGround } from './ground.fixture.js';

type Row = DataOf<typeof forwardsView>;
const MIB = 1024 * 1024;
let t: ForwardGround;
let port: number;
let at: Entered;
const seen: { readonly url: string; readonly headers: Readonly<Record<string, string | string[] | undefined>> }[] = [];
const content = randomBytes(20 * MIB);
/** Bytes that the application could give away. */
let given = 0;

beforeAll(async () => {
  t = await startForwardGround();
  const served = await t.serve((request, response) => {
    seen.push({ url: request.url ?? '', headers: request.headers });
    const path = request.url?.split('?', 1)[0];
    if (path === '/large') return void response.writeHead(200, { 'content-length': content.length }).end(content);
    if (path === '/take') {
      const chunks: Buffer[] = [];
      request.on('data', (c: Buffer) => chunks.push(c)).on('end', () => response.end(sum(Buffer.concat(chunks))));
      return;
    }
    if (path === '/chunked') {
      response.write('one ');
      return void setImmediate(() => response.end('two'));
    }
    if (path === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: first\n\n');
      return void request.on('close', () => response.end());
    }
    if (path === '/cut') {
      response.writeHead(200, { 'content-length': 1_000 });
      response.write('half');
      return void setImmediate(() => request.socket.resetAndDestroy());
    }
    if (path === '/endless') {
      const chunk = Buffer.alloc(64 * 1024);
      const more = (): void => {
        do given += chunk.length; while (response.write(chunk));
        response.once('drain', more);
      };
      return more();
    }
    if (path === '/login') return void response.writeHead(302, { location: `http://localhost:${port}/home?a=1`, 'set-cookie': ['s=1; Domain=localhost; Path=/', 'xanthus_forward=forged', 't=2; HttpOnly'], 'strict-transport-security': 'max-age=9', 'alt-svc': 'h3=":9"', 'clear-site-data': '"cache"' }).end();
    if (path === '/expects') {
      return void request.on('data', () => undefined).on('end', () => response.end(String(request.headers.expect)));
    }
    response.end(`hello from ${path}`);
  });
  ({ port } = served);
  new WebSocketServer({ server: served.server, path: '/socket' }).on('connection', (ws, request) => {
    ws.send(JSON.stringify(request.headers));
    ws.on('message', (data, binary) => ws.send(data, { binary }));
  });
  const { id } = await t.open({ port, title: 'preview' });
  at = await t.enter(id);
});
afterAll(async () => { await t?.stop(); });

const row = (id: string, fits: (row: Row) => boolean): Promise<Row> => t.ground.row<Row>('forwards', id, fits);
const socket = async (entered: Entered, headers: Readonly<Record<string, string>> = {}): Promise<{ readonly ws: WebSocket; readonly got: Buffer[]; readonly closed: Promise<unknown> }> => {
  const ws = new WebSocket(`ws://127.0.0.1:${t.gateway.port}/socket`, { headers: { host: entered.host, origin: entered.origin, cookie: entered.cookie, ...headers } });
  const got: Buffer[] = [];
  ws.on('message', data => got.push(data as Buffer));
  ws.on('error', () => undefined);
  const closed = new Promise(resolve => { ws.once('close', resolve); });
  await once(ws, 'open');
  return { ws, got, closed };
};
/** What a client gets that writes these very bytes. */
const raw = (text: string): Promise<string> => new Promise((resolve) => {
  const client = connect(t.gateway.port, '127.0.0.1', () => client.end(text));
  let got = '';
  client.on('data', (c: Buffer) => { got += c.toString('latin1'); });
  client.on('close', () => resolve(got));
  client.on('error', () => undefined);
});

describe('what goes through', () => {
  it('reaches the application as from a browser on the server, with nothing of ours', async () => {
    seen.length = 0;
    const answer = await t.get(at, {
      path: '/a?b=1', headers: { origin: at.origin, referer: `${at.origin}/x`, cookie: `${at.cookie}; own=1; xanthus_access=x`, connection: 'keep-alive, x-hop', 'x-hop': '1', te: 'trailers', 'x-forwarded-host': 'evil', forwarded: 'for=1', authorization: 'Basic eDp5' },
    });
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toBe('hello from /a');
    expect(answer.headers).not.toHaveProperty('content-security-policy');
    const [{ url, headers } = { url: '', headers: {} }] = seen;
    expect(url).toBe('/a?b=1');
    expect(headers).toMatchObject({ host: `localhost:${port}`, origin: `http://localhost:${port}`, referer: `http://localhost:${port}/x`, cookie: 'own=1', authorization: 'Basic eDp5', 'x-forwarded-for': '127.0.0.1' });
    for (const name of ['x-hop', 'te', 'x-forwarded-host', 'forwarded']) expect(headers).not.toHaveProperty(name);
  });

  it('comes back without what would reach beyond its own name', async () => {
    const { status, headers } = await t.get(at, { path: '/login' });
    expect(status).toBe(302);
    expect(headers.location).toBe(`${at.origin}/home?a=1`);
    expect(headers['set-cookie']).toEqual(['s=1; Path=/', 't=2; HttpOnly']);
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect(headers).not.toHaveProperty('alt-svc');
    expect(headers['clear-site-data']).toBe('"cache"');
  });

  it('is every byte, both ways, however long, and each in its turn', async () => {
    const [down, up, chunked] = await Promise.all([t.get(at, { path: '/large' }), t.get(at, { path: '/take', method: 'POST', body: content }), t.get(at, { path: '/chunked' })]);
    expect(sum(down.body)).toBe(sum(content));
    expect(up.body.toString()).toBe(sum(content));
    expect(chunked.body.toString()).toBe('one two');
    const parts = await t.get(at, { path: '/take', method: 'PUT', headers: { 'transfer-encoding': 'chunked' }, body: content.subarray(0, 100_000) });
    expect(parts.body.toString()).toBe(sum(content.subarray(0, 100_000)));
  });

  it('is a hundred at a time', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => t.get(at, { path: `/n${i}` })));
    expect(answers.map(a => a.body.toString())).toEqual(answers.map((_, i) => `hello from /n${i}`));
  });

  it('is events as they come, and the application notices who leaves', async () => {
    const first = await new Promise<string>((resolve) => {
      void t.get(at, { path: '/events', take: answer => answer.once('data', (c: Buffer) => {
        resolve(c.toString());
        answer.destroy();
      }) });
    });
    expect(first).toBe('data: first\n\n');
  });

  it('is a body that waits until it is wanted', async () => {
    const answer = await t.get(at, { path: '/expects', method: 'POST', headers: { expect: '100-continue', 'content-length': '4' }, body: 'body' });
    expect(answer.body.toString()).toBe('100-continue');
  });

  it('is a WebSocket', async () => {
    const { ws, got, closed } = await socket(at);
    const bytes = randomBytes(300_000);
    ws.send(bytes);
    await eventually(() => got.length === 2);
    expect(sum(got[1] ?? Buffer.alloc(0))).toBe(sum(bytes));
    expect(JSON.parse(got[0]?.toString() ?? '')).toMatchObject({ host: `localhost:${port}`, origin: `http://localhost:${port}` });
    expect(JSON.parse(got[0]?.toString() ?? '')).not.toHaveProperty('cookie');
    ws.close();
    await closed;
    const refused = new WebSocket(`ws://127.0.0.1:${t.gateway.port}/nowhere`, { headers: { host: at.host, cookie: at.cookie } });
    refused.on('error', () => undefined);
    const [, answer] = await once(refused, 'unexpected-response') as [unknown, { statusCode: number }];
    expect(answer.statusCode).toBe(400);
    refused.terminate();
  });

  it('is HTTPS, checked or not, as whoever opened it wanted', async () => {
    const secured = await t.serve((request, response) => response.end(`secret ${request.headers.host ?? ''}`), 'tls');
    const [checked, any] = await Promise.all([false, true].map(async insecure => t.enter((await t.open({ port: secured.port, scheme: 'https', insecure })).id)));
    if (checked === undefined || any === undefined) throw new Error('not opened');
    expect((await t.get(any)).body.toString()).toBe(`secret localhost:${secured.port}`);
    const refused = await t.get(checked);
    expect([refused.status, refused.body.toString()]).toEqual([502, expect.stringContaining('self-signed certificate')]);
    const plain = await t.get(await t.enter((await t.open({ port: secured.port })).id));
    expect(plain.status).toBeGreaterThanOrEqual(400);
  });

  it('survives whatever the application answers', async () => {
    const answers = ['HTTP/1.1 000 \r\nContent-Length: 0\r\n\r\n', 'HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: other\r\nX: a\x01b\r\n\r\n', 'no HTTP at all\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'];
    const odd = createServer(client => client.on('error', () => undefined).once('data', (head: Buffer) => client.end(answers[Number(/\/(\d)/.exec(head.toString())?.[1])] ?? ''))).listen(0, '127.0.0.1');
    await once(odd, 'listening');
    const entered = await t.enter((await t.open({ port: (odd.address() as AddressInfo).port })).id);
    for (const [i] of answers.entries()) {
      expect((await t.get(entered, { path: `/${i}` })).status).toBe(502);
      const ws = new WebSocket(`ws://127.0.0.1:${t.gateway.port}/${i}`, { headers: { host: entered.host, cookie: entered.cookie } });
      await new Promise(resolve => { ws.on('error', () => undefined).on('close', resolve); });
    }
    odd.close();
  });

  it('waits for a slow reader instead of piling up', async () => {
    const answer = await new Promise<import('node:http').IncomingMessage>((resolve) => { void t.get(at, { path: '/endless', take: resolve }); });
    let before = -1;
    // The application stands still: everything between is full.
    await eventually(() => {
      const still = given === before;
      before = given;
      return still && given > 0;
    }, { every: 300 });
    expect(given).toBeLessThan(24 * MIB);
    answer.destroy();
  });

  it('ends as it ended there: cut in the middle, or nobody listens', async () => {
    const cut = await new Promise<string>((resolve) => { void t.get(at, { path: '/cut', take: answer => answer.on('data', () => undefined).on('error', () => resolve('cut')).on('end', () => resolve('end')) }); });
    expect(cut).toBe('cut');
    const { id } = await t.open({ port: await freePort() });
    const nobody = await t.get(await t.enter(id), { headers: { accept: 'text/html' } });
    expect(nobody.status).toBe(502);
    expect(nobody.headers['content-type']).toContain('text/html');
    expect(nobody.body.toString()).toContain('Nothing answers on port');
  });
});

describe('who comes in', () => {
  it('takes a link of the console that works once, here alone', async () => {
    const stranger = await t.ask({ host: at.host, path: '/a', headers: { accept: 'text/html' } });
    expect([stranger.status, stranger.body.toString().includes('Open this page from the console')]).toEqual([401, true]);
    const { id } = await t.open({ port });
    const { host, path } = await t.ticket(id);
    expect((await t.ask({ host: at.host, path })).status).toBe(401);
    const entered = await t.ask({ host, path });
    expect(entered.status).toBe(303);
    expect(entered.headers['set-cookie']).toEqual([expect.stringMatching(/^xanthus_forward=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax$/)]);
    const again = await t.ask({ host, path });
    expect([again.status, again.headers['set-cookie']]).toEqual([401, undefined]);
    // The cookie of one opens no other, and a ticket is no cookie.
    const cookie = entered.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
    expect((await t.ask({ host: at.host, headers: { cookie } })).status).toBe(401);
    expect((await t.ask({ host, headers: { cookie: `xanthus_forward=${new URL(path, 'http://x').searchParams.get('ticket') ?? ''}` } })).status).toBe(401);
    expect((await t.ask({ host, headers: { cookie } })).status).toBe(200);
    const events = (await row(id, r => r.entered.length === 1)).entered;
    expect(events[0]?.person).toBe(t.ada.id);
    await t.close(id);
  });

  it('asks for the console\'s own page and a session', async () => {
    const path = `/api/forwards/${at.id}/enter`;
    expect((await t.ask({ path })).status).toBe(401);
    for (const site of ['same-site', 'cross-site', 'none']) expect((await t.ask({ path, headers: { cookie: t.ada.cookie, 'sec-fetch-site': site } })).status).toBe(403);
    expect((await t.ask({ path: `${path}?to=//evil.example`, headers: { cookie: t.ada.cookie, 'sec-fetch-site': 'same-origin' } })).status).toBe(422);
  });

  it('is nobody else\'s page', async () => {
    const foreign: Readonly<Record<string, string>>[] = [
      { origin: 'https://evil.example' }, { origin: 'null' }, { origin: `http://localhost:${t.gateway.port}` }, { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ];
    seen.length = 0;
    for (const headers of foreign) expect((await t.get(at, { method: 'POST', headers })).status).toBe(403);
    expect(seen).toEqual([]);
    expect((await t.get(at, { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' } })).status).toBe(200);
    await expect(socket(at, { origin: 'https://evil.example' })).rejects.toThrow();
  });

  it('gives a page of a server nothing of the console', async () => {
    // As a browser sends it from there: the cookies come along, for the site is the same.
    for (const [path, method] of [['/api/auth/session', 'GET'], ['/api/forwards', 'GET'], ['/api/forwards', 'POST'], ['/api/auth/refresh', 'POST']] as const) {
      const answer = await t.ask({ path, method, headers: { cookie: t.ada.cookie, origin: at.origin, 'sec-fetch-site': 'same-site' } });
      expect(answer.status).toBe(403);
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    }
    expect((await t.ask({ path: '/api/forwards', headers: { cookie: t.ada.cookie, 'sec-fetch-site': 'same-site' } })).status).toBe(403);
    expect((await t.get(at, { path: '/api/auth/session', headers: { cookie: `${at.cookie}; ${t.ada.cookie}` } })).body.toString()).toBe('hello from /api/auth/session');
  });

  it('is told apart from games with names and lengths', async () => {
    const label = at.host.split('.', 1)[0] ?? '';
    for (const host of [`${label}.localhost.evil.example`, `x${at.host}`, `${label}.evil.localhost`, `evil.${at.host}`, `${label}x.localhost`]) {
      seen.length = 0;
      await t.ask({ host, path: '/a', headers: { cookie: at.cookie } });
      expect(seen).toEqual([]);
    }
    const head = `Host: ${at.host}\r\nCookie: ${at.cookie}\r\n`;
    seen.length = 0;
    for (const bad of [
      `POST /smuggle HTTP/1.1\r\n${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, `POST /smuggle HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
      `POST /smuggle HTTP/1.1\r\n${head}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`, `GET /smuggle HTTP/1.1\r\n${head}X: a\r\n folded: b\r\nTransfer-Encoding : chunked\r\n\r\n`, `GET /smuggle\r\n${head}\r\n`, `GET http://${at.host}/smuggle HTTP/1.1\r\n${head}\r\n`,
      `CONNECT 127.0.0.1:${port} HTTP/1.1\r\n${head}\r\n`, `POST /smuggle HTTP/1.1\r\n${head}Transfer-Encoding: xchunked\r\n\r\n`, `GET /smuggle HTTP/1.1\r\n${head}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`,
    ]) expect(await raw(bad)).toMatch(/^$|^HTTP\/1.1 400 /);
    await t.get(at, { path: '/last' });
    expect(seen.map(s => s.url)).toEqual(['/last']);
  });
});

describe('how it ends', () => {
  it('closed: whoever is connected is cut off at once, and it is said', async () => {
    const { id } = await t.open({ port });
    const entered = await t.enter(id);
    const { closed } = await socket(entered);
    await t.close(id);
    await closed;
    expect((await row(id, r => r.state === 'closed')).end).toEqual({ how: 'closed', message: '' });
    await eventually(async () => (await t.get(entered)).status === 410);
    await expect(t.ticket(id)).rejects.toThrow(/410/);
  });

  it('over: at its time, even for what is connected; more time is given by whoever opened it', async () => {
    const { id } = await t.open({ port, minutes: 1 });
    const { closed } = await socket(await t.enter(id));
    await t.ground.asOwner(extendForward, { id, input: { minutes: 30 } });
    expect(Date.parse((await row(id, r => Date.parse(r.ends_at) > Date.now() + 1_200_000)).ends_at)).toBeGreaterThan(Date.now());
    // As if the half hour had passed.
    const store = new JetStreamEventStore(await t.ground.as('terminals'), 'terminals');
    const command_id = newId();
    await handleCommand(store, forwardType, { tenant: TENANT, id, actor: { kind: 'person', id: t.ada.id }, now: new Date().toISOString(), command_id, correlation_id: command_id }, { type: 'Extend', ends_at: new Date().toISOString() });
    await closed;
    expect((await row(id, r => r.state === 'closed')).end?.how).toBe('over');
  });

  it('for a member whose right is withdrawn, or who logs out, and for nobody else', async () => {
    const bob = await t.invite('bob@example.com', 'operator');
    const mine = await t.open({ port });
    await expect(t.ticket(mine.id, bob)).rejects.toThrow(/403/);
    const { id } = await t.open({ port, share: 'tenant' });
    const [his, hers] = [await t.enter(id, bob), await t.enter(id)];
    const { closed } = await socket(his);
    const kept = await socket(hers);
    const own = JSON.parse((await t.ask({ path: '/api/forwards', method: 'POST', headers: { authorization: `Bearer ${bob.token}`, 'content-type': 'application/json' }, body: JSON.stringify({ server: SERVER, port }) })).body.toString()) as { data: { id: string } };
    await t.assign(bob, 'viewer');
    await closed;
    expect((await row(own.data.id, r => r.state === 'closed')).end?.how).toBe('rights');
    expect((await t.get(his)).status).toBe(401);
    expect((await t.get(hers)).status).toBe(200);
    expect(kept.ws.readyState).toBe(WebSocket.OPEN);
    await t.ask({ path: '/api/auth/logout', method: 'POST', headers: { cookie: t.ada.cookie, origin: `http://localhost:${t.gateway.port}` } });
    await kept.closed;
    expect((await t.get(hers)).status).toBe(401);
  });

  it('with the gateway, at once', async () => {
    const { id } = await t.open({ port });
    const { closed } = await socket(await t.enter(id, await t.logIn()));
    await t.gateway.stop();
    await closed;
  });
});
