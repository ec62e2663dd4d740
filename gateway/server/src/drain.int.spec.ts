/** How a gateway sends its clients away, and that an outage is no reason to. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@xanthus/testing';
import { WebSocket } from 'ws';
import { startGateway, type RunningGateway } from './index.js';
import { isMessage, Socket } from './socket.fixture.js';
import { startTestGateway, type TestGateway } from './testing.fixture.js';

let t: TestGateway;
beforeAll(async () => { t = await startTestGateway(); });
afterAll(async () => {
  await t?.stop();
});

const running: RunningGateway[] = [];
const another = async (seconds: string): Promise<RunningGateway> => {
  const gateway = await startGateway({ ...t.environment, XANTHUS_WS_DRAIN_SECONDS: seconds });
  running.push(gateway);
  await eventually(async () => (await gateway.ready()).ready);
  return gateway;
};
afterEach(async () => { await Promise.all(running.splice(0).map(g => g.stop())); });

const connect = async ({ url }: RunningGateway): Promise<Socket> => Socket.live(url, await t.token(await t.person('acme')));
/** Status and Retry-After of an upgrade that is refused. */
const refusal = (url: string): Promise<unknown> => new Promise((resolve) => {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`);
  ws.on('unexpected-response', (_, response) => {
    resolve([response.statusCode, response.headers['retry-after']]);
    response.destroy();
  });
  ws.on('open', () => resolve('open'));
  ws.on('error', () => {});
});

describe('stopping', () => {
  it('tells each client its slot, serves it until then, closes it with 4009 and lets nobody new in', async () => {
    const gateway = await another('4');
    const sockets = await Promise.all([1, 2, 3, 4].map(() => connect(gateway)));
    for (const socket of sockets) await socket.ask({ op: 'sub', target: 'sig.acme.>' });
    const stopped = gateway.stop();
    const slots = await Promise.all(sockets.map(async s => (await s.until(f => f.op === 'drain')).data['reconnect_after_ms']));
    expect(slots.toSorted((a, b) => Number(a) - Number(b))).toEqual([0, 1_000, 2_000, 3_000]);
    expect((await fetch(`${gateway.url}/ready`)).status).toBe(503);
    expect(await refusal(gateway.url)).toEqual([503, expect.stringMatching(/^[1-4]$/)]);
    t.nc.publish('sig.acme.x', '{"n":1}');
    for (const late of sockets.filter((_, i) => Number(slots[i]) >= 2_000)) await late.until(isMessage('sig.acme.>'));
    for (const socket of sockets) expect([(await socket.end()).code, socket.frames.at(-1)?.data.code]).toEqual([4009, 'DRAINING']);
    await Promise.all([stopped, gateway.ended]);
  });
});

describe('NATS', () => {
  it('away drains nobody, in lame-duck mode everybody', async () => {
    const gateway = await another('0');
    const socket = await connect(gateway);
    await t.nats.kill9();
    await socket.until(f => f.data?.code === 'UNAVAILABLE');
    await t.nats.restart();
    await eventually(async () => (await gateway.ready()).ready);
    expect([socket.closed, socket.frames.some(f => f.op === 'drain')]).toEqual([undefined, false]);
    process.kill(t.nats.pid, 'SIGUSR2');
    expect((await socket.end()).code).toBe(4009);
    expect(socket.frames.some(f => f.op === 'drain')).toBe(true);
    await t.nats.kill9(); // it takes ten seconds and more to end by itself
    await gateway.ended;
  });
});
