/** However many clients follow however many filters, NATS has one consumer of the stream, one watcher of the bucket, one subscription of a subject. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { eventually } from '@xanthus/testing';
import { Socket } from './socket.fixture.js';
import { startTestGateway, type TestGateway } from './testing.fixture.js';

const CLIENTS = 200;
const FILTERS = 50;
let t: TestGateway;
const sockets: Socket[] = [];
beforeAll(async () => { t = await startTestGateway({ XANTHUS_WS_CONNECTIONS_PER_USER: '1000' }); });
afterAll(async () => {
  for (const socket of sockets) socket.close();
  await t?.stop();
});

const upstream = async (): Promise<number> => Number(/xanthus_ws_upstream(?:\{[^}]*\})? (\d+)/.exec(await (await fetch(`${t.gateway.url}/metrics`)).text())?.[1]);

it('shares what it has upstream, also with those who come back all at once', async () => {
  const { consumers } = await jetstreamManager(t.nc);
  const count = async (): Promise<number> => (await consumers.list('VPS').next()).length;
  const token = await t.token(await t.person('acme'));
  for (let i = 0; i < FILTERS; i++) await t.event('acme', `s${i}`, i);
  let most = 0;
  let resume: object = { start_seq: 1 };
  for (const round of ['they come', 'they come back']) {
    for (const socket of sockets.splice(0)) socket.close();
    const opened = Promise.all(Array.from({ length: CLIENTS }, async (_, i) => {
      const socket = await Socket.live(t.gateway.url, token);
      sockets.push(socket);
      const { data } = await socket.ask({ op: 'js_sub', target: 'VPS', data: { filter: `evt.acme.vps.server.s${i % FILTERS}`, ...resume } });
      await socket.ask({ op: 'kv_sub', target: 'vps', data: { pattern: `acme.servers.s${i % FILTERS}` } });
      await socket.ask({ op: 'sub', target: 'sig.acme.>' });
      await socket.collect(2, f => f.data?.kind === 'in_sync');
      return data;
    }));
    const over = new AbortController();
    void opened.catch(() => undefined).finally(() => over.abort());
    while (!over.signal.aborted) most = Math.max(most, await count());
    const answers = await opened;
    expect([round, new Set(answers.map(a => a.status)).size]).toEqual([round, 1]);
    resume = { last_seq: FILTERS, epoch: answers[0]?.epoch };
    expect(await upstream()).toBe(3);
  }
  expect(most).toBe(1);
  // Each is told of its own filter, and of nothing else.
  for (let i = 0; i < FILTERS; i++) await t.event('acme', `s${i}`, FILTERS + i);
  await eventually(() => sockets.every(s => s.frames.some(f => f.data?.seq === undefined ? false : f.data.seq > FILTERS && f.data.kind === undefined)));
  for (const socket of sockets) expect(socket.frames.filter(f => f.op === 'msg' && f.target === 'js:VPS' && f.data.kind === undefined)).toHaveLength(1);
});
