/** Limits that all people of a tenant share, how much a connection is sent, and what becomes of a command whose asker has gone. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HEADERS } from '@xanthus/proto';
import { eventually } from '@xanthus/testing';
import { isMessage, Socket } from './socket.fixture.js';
import { startTestGateway, type Person, type TestGateway } from './testing.fixture.js';

const BYTES_OUT = 400_000;
let t: TestGateway;
let people: Person[];
let stranger: Person;
beforeAll(async () => {
  t = await startTestGateway({ XANTHUS_WS_SUBSCRIPTIONS_PER_TENANT: '4', XANTHUS_WS_COMMANDS_PER_SECOND_PER_TENANT: '5', XANTHUS_WS_BYTES_OUT_PER_SECOND: String(BYTES_OUT) });
  people = [await t.person('acme'), await t.person('acme')];
  stranger = await t.person('globex');
});
afterAll(async () => { await t?.stop(); });

const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) {
    socket.close();
    await socket.end().catch(() => undefined);
  }
});
const connect = async (person: Person): Promise<Socket> => {
  const socket = await Socket.live(t.gateway.url, await t.token(person));
  sockets.push(socket);
  return socket;
};
const all = (): Promise<Socket[]> => Promise.all([...people, stranger].map(connect));
const limited = async (limit: string): Promise<number> => Number(new RegExp(`xanthus_ws_limited_total\\{[^}]*limit="${limit}"[^}]*\\} (\\d+)`).exec(await (await fetch(`${t.gateway.url}/metrics`)).text())?.[1] ?? 0);

describe('a tenant', () => {
  it('has so many subscriptions, whoever of it asks; another tenant has its own', async () => {
    const [a, b, other] = await all() as [Socket, Socket, Socket];
    const sub = (tenant: string, n: number): object => ({ op: 'sub', target: `sig.${tenant}.s${n}` });
    for (const [socket, n] of [[a, 1], [b, 2], [a, 3], [b, 4]] as const) expect((await socket.ask(sub('acme', n))).data).toEqual({ status: 'live' });
    for (const socket of [a, b]) expect((await socket.ask(sub('acme', 5))).data).toMatchObject({ code: 'TOO_MANY_SUBSCRIPTIONS', details: { limit: 'subscriptions_per_tenant', max: 4 } });
    expect((await other.ask(sub('globex', 1))).data).toEqual({ status: 'live' });
    // What one gives back, the other may have; also when it only goes.
    await a.ask({ op: 'unsub', target: 'sig.acme.s1' });
    expect((await b.ask(sub('acme', 5))).data).toEqual({ status: 'live' });
    a.close();
    await eventually(async () => (await b.ask(sub('acme', 6))).data.status === 'live');
    expect(await limited('subscriptions_per_tenant')).toBeGreaterThanOrEqual(2);
  });

  it('may send so many commands, over WebSocket and HTTP together; another tenant has its own', async () => {
    const [a, b, other] = await all() as [Socket, Socket, Socket];
    const ask = (socket: Socket, tenant: string): Promise<{ readonly data: { readonly code?: string } }> => socket.ask({ op: 'cmd', target: `qry.${tenant}.vps.nothing.all` });
    const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => ask(i % 2 === 0 ? a : b, 'acme')));
    const over = answers.filter(f => f.data.code === 'RATE_LIMITED');
    expect(over.length).toBeGreaterThanOrEqual(5);
    for (const { data } of over) expect(data).toMatchObject({ retryable: true, details: { limit: 'commands_per_second_per_tenant', max: 5 } });
    const headers = { authorization: `Bearer ${await t.token(people[1] as Person)}` };
    const http = await Promise.all(Array.from({ length: 60 }, () => fetch(`${t.gateway.url}/api/vps`, { headers })));
    expect(http.filter(r => r.status === 429).length).toBeGreaterThan(0);
    expect((await ask(other, 'globex')).data.code).toBe('NO_RESPONDERS');
    expect(await limited('commands_per_second_per_tenant')).toBeGreaterThanOrEqual(over.length);
  });
});

describe('a connection', () => {
  const SUBJECT = 'sig.acme.log';
  const message = JSON.stringify({ text: 'x'.repeat(20_000) });

  it('is sent so many bytes per second and the rest later, in order', async () => {
    const [slow, other] = [await connect(people[0] as Person), await connect(stranger)];
    await slow.ask({ op: 'sub', target: SUBJECT });
    const before = await limited('bytes_out_per_second');
    const begun = performance.now();
    const count = 48;
    for (let i = 0; i < count; i++) t.nc.publish(SUBJECT, JSON.stringify({ i, message }));
    await t.nc.flush();
    expect((await other.ask({ op: 'ping' })).op).toBe('pong');
    const frames = await slow.collect(count, isMessage(SUBJECT));
    expect(frames.map(f => (f.data['payload'] as { i: number }).i)).toEqual(Array.from({ length: count }, (_, i) => i));
    // One second of bytes at once, and some that the socket was given already.
    expect(performance.now() - begun).toBeGreaterThan(((count * 20_000) / BYTES_OUT - 1) * 1_000 - 300);
    expect(await limited('bytes_out_per_second')).toBeGreaterThan(before);
  });

  it('that is due more than its queue holds is one that does not keep up', async () => {
    const slow = await connect(people[0] as Person);
    await slow.ask({ op: 'sub', target: SUBJECT });
    for (let i = 0; i < 150; i++) t.nc.publish(SUBJECT, JSON.stringify({ i, message }));
    await t.nc.flush();
    expect((await slow.until(f => f.op === 'error')).data).toMatchObject({ code: 'SLOW_CONSUMER' });
    expect((await slow.end()).code).toBe(4008);
  });
});

describe('a command whose asker has gone', () => {
  it('is finished by the service; sent again with its key from elsewhere it is answered', async () => {
    const target = 'cmd.globex.vps.server.s1.rename';
    const effects: string[] = [];
    let answer = (): void => {};
    const service = t.nc.subscribe(target, {
      callback: (_, request) => {
        effects.push(request.headers?.get(HEADERS.IDEMPOTENCY) ?? '');
        answer = () => request.respond(JSON.stringify({ id: 's1' }));
      },
    });
    await t.nc.flush();
    const command = { op: 'cmd', target, data: { name: 'a' }, idempotency_key: 'key-1' };
    const first = await connect(stranger);
    first.send({ ...command, inbox: 'c1' });
    await eventually(() => effects.length === 1);
    first.close();
    await first.end();
    answer(); // to nobody
    const second = await connect(stranger);
    const asked = second.ask(command);
    await eventually(() => effects.length === 2);
    answer();
    expect(await asked).toMatchObject({ op: 'reply', data: { id: 's1' } });
    expect(effects).toEqual(['key-1', 'key-1']);
    service.unsubscribe();
  });
});
