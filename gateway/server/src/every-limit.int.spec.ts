/** Security rule "limits everywhere": each limit that the documents name is reached here; it has its code, and the metric counts it. */
import { readFileSync } from 'node:fs';
import { request, type ClientRequest } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@xanthus/testing';
import { WebSocket, type ClientOptions } from 'ws';
import { Socket } from './socket.fixture.js';
import { startTestGateway, type Person, type TestGateway } from './testing.fixture.js';

/** First column of the tables of limits. */
const limitsIn = (file: string): string[] => {
  const table = readFileSync(file, 'utf8').split(/^(?=\| limit\b)/m)[1]?.split('\n\n')[0] ?? '';
  return table.split('\n').slice(2).flatMap(row => [...(row.split('|')[1] ?? '').matchAll(/`([a-z_]+)`/g)].map(m => m[1] ?? ''));
};
const NAMED = [...new Set(['docs/gateway.md', 'docs/security.md'].flatMap(limitsIn))];

let t: TestGateway;
let people: Person[];
beforeAll(async () => {
  t = await startTestGateway({
    XANTHUS_WS_FRAME_BYTES: '60000', XANTHUS_WS_SUBSCRIPTIONS: '2', XANTHUS_WS_SUBSCRIPTIONS_PER_USER: '3', XANTHUS_WS_SUBSCRIPTIONS_PER_TENANT: '4', XANTHUS_WS_FRAMES_PER_SECOND: '300', XANTHUS_WS_BURST: '300',
    XANTHUS_WS_BYTES_IN_PER_SECOND: '20000', XANTHUS_WS_BYTES_OUT_PER_SECOND: '100000', XANTHUS_WS_COMMANDS_PER_SECOND: '130', XANTHUS_WS_COMMANDS_PER_SECOND_PER_TENANT: '160',
    XANTHUS_WS_CONNECTIONS: '5', XANTHUS_WS_CONNECTIONS_PER_USER: '2', XANTHUS_WS_CONNECTIONS_PER_TENANT: '3', XANTHUS_WS_CONNECTIONS_PER_ADDRESS: '2', XANTHUS_WS_UNAUTHENTICATED: '3', XANTHUS_WS_UNAUTHENTICATED_PER_ADDRESS: '1',
    XANTHUS_WS_HANDSHAKES_PER_SECOND: '30', XANTHUS_HTTP_REQUESTS_PER_SECOND_PER_ADDRESS: '5', XANTHUS_HTTP_LOG_INS_PER_SECOND_PER_ADDRESS: '2', XANTHUS_HTTP_BLOB_BYTES_PER_TENANT: '100000',
  });
  people = [await t.person('acme'), await t.person('acme'), await t.person('globex'), await t.person('umbrella')];
  // never answers, so that what is asked stays under way
  t.nc.subscribe('qry.*.vps.silence.all', { callback: () => undefined });
  await t.nc.flush();
});
afterAll(async () => { await t?.stop(); });

const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) {
    socket.close();
    await socket.end().catch(() => undefined);
  }
});
const open = async (options: ClientOptions = {}): Promise<Socket> => {
  const socket = new Socket(t.gateway.url, options);
  sockets.push(socket);
  await socket.open();
  return socket;
};
const bearer = async (n: number, address?: string): Promise<ClientOptions> => ({ headers: { authorization: `Bearer ${await t.token(people[n] as Person)}`, ...(address === undefined ? {} : { 'x-forwarded-for': address }) } });
const live = async (n: number, address?: string): Promise<Socket> => {
  const socket = await open(await bearer(n, address));
  await socket.until(f => f.op === 'cap_update');
  return socket;
};
/** Status of an upgrade; 101 if it was not refused. */
const upgrade = (options: ClientOptions = {}): Promise<number> => new Promise((resolve) => {
  const ws = new WebSocket(`${t.gateway.url.replace('http', 'ws')}/ws`, options);
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
const from = (address: string): ClientOptions => ({ headers: { 'x-forwarded-for': address } });
const codeOf = async (socket: Socket, frames: readonly object[]): Promise<string> => {
  for (const frame of frames) socket.send(frame);
  return (await socket.until(f => f.op === 'error')).data.code ?? '';
};
const many = (n: number, frame: (i: number) => object): object[] => Array.from({ length: n }, (_, i) => ({ inbox: `i${i}`, ...frame(i) }));
const sub = (tenant: string) => (i: number): object => ({ op: 'sub', target: `sig.${tenant}.s${i}` });
const silence = (tenant: string): object => ({ op: 'cmd', target: `qry.${tenant}.vps.silence.all` });
const http = async (n: number, path: string, options: { readonly headers?: object; readonly body?: string }): Promise<string> => {
  const answers = await Promise.all(Array.from({ length: n }, () => fetch(t.gateway.url + path, {
    method: options.body === undefined ? 'GET' : 'POST', headers: { 'content-type': 'application/json', ...options.headers } as Record<string, string>, ...(options.body === undefined ? {} : { body: options.body }),
  }).then(async r => (r.status === 429 || r.status === 413 ? `${r.status} ${(await r.json() as { code: string }).code}` : ''))));
  return answers.find(a => a !== '') ?? '';
};

const UPLOAD = '/api/blobs?for=cmd.acme.vps.server.new.adopt';

/** How each is reached, and what is answered then. */
const REACH: Readonly<Record<string, () => Promise<string | number>>> = {
  frame_bytes: async () => codeOf(await live(0), [{ op: 'ping', data: 'x'.repeat(61_000) }]),
  json_depth: async () => codeOf(await live(0), [{ op: 'ping', data: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as unknown }]),
  subscriptions: async () => codeOf(await live(0), many(3, sub('acme'))),
  subscriptions_per_user: async () => {
    const [a, b] = [await live(0), await live(0)];
    await a.ask(sub('acme')(1));
    await a.ask(sub('acme')(2));
    return codeOf(b, many(2, sub('acme')));
  },
  subscriptions_per_tenant: async () => {
    for (const socket of [await live(0), await live(1)]) for (const i of [1, 2]) await socket.ask(sub('acme')(i));
    return codeOf(await live(1), [sub('acme')(3)]);
  },
  frames_per_second: async () => codeOf(await live(0), many(1_000, () => ({ op: 'ping' }))),
  bytes_in_per_second: async () => codeOf(await live(0), many(3, () => ({ op: 'ping', data: 'x'.repeat(40_000) }))),
  bytes_out_per_second: async () => {
    const socket = await live(0);
    await socket.ask(sub('acme')(1));
    for (let i = 0; i < 12; i++) t.nc.publish('sig.acme.s1', JSON.stringify('x'.repeat(20_000)));
    await socket.collect(12, f => f.op === 'msg');
    return 'waits';
  },
  commands_at_once: async () => codeOf(await live(3), many(257, () => silence('umbrella'))),
  // both have all they may ask at once under way
  commands_per_second: async () => Promise.race([await live(2), await live(2)].map(socket => codeOf(socket, many(250, () => silence('globex'))))),
  commands_per_second_per_tenant: async () => Promise.race([await live(0), await live(1)].map(socket => codeOf(socket, many(250, () => silence('acme'))))),
  connections_per_user: async () => {
    await live(0);
    await live(0);
    return upgrade(await bearer(0));
  },
  connections_per_tenant: async () => {
    await live(0);
    await live(0);
    await live(1);
    return upgrade(await bearer(1));
  },
  connections_per_address: async () => {
    await live(0, '203.0.113.1');
    await live(2, '203.0.113.1');
    return upgrade(await bearer(3, '203.0.113.1'));
  },
  connections: async () => {
    for (const n of [0, 0, 1, 2, 2]) await live(n);
    return upgrade(await bearer(3));
  },
  unauthenticated: async () => {
    for (const n of [1, 2, 3]) await open(from(`203.0.113.1${n}`));
    return upgrade(from('203.0.113.19'));
  },
  unauthenticated_per_address: async () => {
    await open(from('203.0.113.20'));
    return upgrade(from('203.0.113.20'));
  },
  handshakes_per_second: async () => (await Promise.all(Array.from({ length: 150 }, () => upgrade({ headers: { authorization: 'Bearer a.b.c' } })))).find(status => status !== 401) ?? 401,
  body_bytes: () => http(1, '/api/auth/login', { body: `"${'x'.repeat(1_100_000)}"` }),
  uploads_at_once: async () => {
    const headers = { ...(await bearer(0)).headers as Record<string, string>, 'content-type': 'application/json' };
    const begun = await Promise.all(Array.from({ length: 16 }, () => new Promise<ClientRequest>((resolve) => {
      const one = request(`${t.gateway.url}${UPLOAD}`, { method: 'POST', headers: { ...headers, 'content-length': 1_000, expect: '100-continue' } }).on('error', () => {});
      one.on('continue', () => { resolve(one); });
    })));
    const answered = await eventually(async () => (await http(1, UPLOAD, { headers, body: '{}' })) || undefined);
    for (const one of begun) one.destroy();
    return answered;
  },
  blob_bytes_per_tenant: async () => eventually(async () => http(2, UPLOAD, { headers: (await bearer(0)).headers as object, body: `"${'x'.repeat(60_000)}"` }).then(answered => answered || undefined)),
  requests_per_second_per_address: () => http(60, '/api/vps', { headers: { 'x-forwarded-for': '203.0.113.30' } }),
  log_ins_per_second_per_address: () => http(30, '/api/auth/setup', { headers: { 'x-forwarded-for': '203.0.113.31' } }),
};
const ANSWERED: Readonly<Record<string, string | number>> = {
  frame_bytes: 'TOO_LARGE', json_depth: 'TOO_LARGE', subscriptions: 'TOO_MANY_SUBSCRIPTIONS', subscriptions_per_user: 'TOO_MANY_SUBSCRIPTIONS', subscriptions_per_tenant: 'TOO_MANY_SUBSCRIPTIONS', bytes_out_per_second: 'waits',
  connections_per_user: 429, connections_per_tenant: 429, connections_per_address: 429, connections: 503, unauthenticated: 503, unauthenticated_per_address: 429, handshakes_per_second: 503,
  body_bytes: '413 TOO_LARGE', uploads_at_once: '429 RATE_LIMITED', blob_bytes_per_tenant: '429 RATE_LIMITED', requests_per_second_per_address: '429 RATE_LIMITED', log_ins_per_second_per_address: '429 RATE_LIMITED',
};

describe('a limit', () => {
  const counted = async (limit: string): Promise<number> => Number(new RegExp(`xanthus_ws_limited_total\\{[^}]*limit="${limit}"[^}]*\\} (\\d+)`).exec(await (await fetch(`${t.gateway.url}/metrics`)).text())?.[1] ?? 0);
  const nobodyConnected = async (): Promise<boolean> => [...(await (await fetch(`${t.gateway.url}/metrics`)).text()).matchAll(/xanthus_ws_connections\{[^}]*\} (\d+)/g)].every(m => m[1] === '0');

  it('that a document names is reached below, and no other is', () => { expect(Object.keys(REACH).sort()).toEqual([...NAMED].sort()); });

  it.each(Object.keys(REACH))('%s has a code and is counted', async (limit) => {
    await eventually(nobodyConnected);
    const before = await counted(limit);
    expect(await REACH[limit]?.()).toBe(ANSWERED[limit] ?? 'RATE_LIMITED');
    expect(await counted(limit)).toBeGreaterThan(before);
  });
});
