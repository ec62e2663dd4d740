/** Log-in, frames, rights and signals, as a plain WebSocket client sees them. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@xanthus/kernel';
import { ERROR_CODES } from '@xanthus/proto';
import { eventually } from '@xanthus/testing';
import fc from 'fast-check';
import { startGateway, type RunningGateway } from './index.js';
import { isMessage, Socket } from './socket.fixture.js';
import { OWNER, startTestGateway, type Person, type TestGateway } from './testing.fixture.js';

let t: TestGateway;
beforeAll(async () => { t = await startTestGateway({ XANTHUS_WS_SUBSCRIPTIONS: '3' }); });
afterAll(async () => { await t?.stop(); });

/** Another gateway on the same NATS, for one test. */
const running: RunningGateway[] = [];
const another = async (more: Readonly<Record<string, string>> = {}): Promise<string> => {
  const gateway = await startGateway({ ...t.environment, ...more });
  running.push(gateway);
  await eventually(async () => (await gateway.ready()).ready);
  return gateway.url;
};

const sockets: Socket[] = [];
const kept = (socket: Socket): Socket => {
  sockets.push(socket);
  return socket;
};
const connect = async (person: Person, url = t.gateway.url): Promise<Socket> => kept(await Socket.live(url, await t.token(person)));
const open = async (options = {}, url = t.gateway.url): Promise<Socket> => {
  const socket = kept(new Socket(url, options));
  await socket.open();
  return socket;
};
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await Promise.all(running.splice(0).map(g => g.stop()));
});

describe('logging in', () => {
  it('says hello first, then the capabilities', async () => {
    const person = await t.person('acme');
    const socket = await connect(person);
    expect(socket.frames[0]).toMatchObject({ op: 'hello', data: { v: 1, user: { id: person.id }, tenant: { id: 'acme' }, limits: { subscriptions: 3, frame_bytes: 65_536 } } });
    const { data } = await socket.until(f => f.op === 'cap_update');
    expect(data).toMatchObject({ buckets: { vps: ['acme.>'] } });
    await t.grant(person, { subjects: ['sig.acme.>'] });
    const later = await socket.until(f => f.op === 'cap_update' && f.data.revision !== data.revision);
    expect(later.data.revision).toBeGreaterThan(data.revision ?? Infinity);
  });

  it('knows what the person is called, and says the id where the token does not', async () => {
    const person = await t.person('acme');
    const named = kept(await Socket.live(t.gateway.url, await t.token(person, { name: 'Ada Lovelace' })));
    const unnamed = await connect(person);
    expect([named, unnamed].map(s => s.frames[0]?.data['user'])).toEqual([{ id: person.id, name: 'Ada Lovelace' }, { id: person.id, name: person.id }]);
  });

  it('takes a bearer token at the upgrade', async () => {
    const socket = await open({ headers: { authorization: `Bearer ${await t.token(await t.person('acme'))}` } });
    await socket.until(f => f.op === 'cap_update');
    expect(socket.frames[0]?.op).toBe('hello');
  });

  it('takes the cookie of a page of its own, unless the client begins with auth', async () => {
    const [mine, other] = [await t.person('acme'), await t.person('acme')];
    const options = { origin: t.gateway.url, headers: { cookie: `a=b; xanthus_access=${await t.token(mine)}` } };
    const silent = await open(options);
    expect((await silent.until(f => f.op === 'hello')).data).toMatchObject({ user: { id: mine.id } });
    const asking = await open(options);
    expect((await asking.ask({ op: 'sub', target: 'sig.acme.>' })).data).toEqual({ status: 'live' });
    const another = await open(options);
    await another.ask({ op: 'auth', data: { token: await t.token(other) } });
    expect(another.frames.filter(f => f.op === 'hello').map(f => f.data['user'])).toEqual([expect.objectContaining({ id: other.id })]);
    const expired = await open({ origin: t.gateway.url, headers: { cookie: `xanthus_access=${await t.token(mine, { life: -60 })}` } });
    expect((await expired.ask({ op: 'sub', target: 'sig.acme.>' })).data).toMatchObject({ code: 'AUTH_REQUIRED' });
    expect((await expired.ask({ op: 'auth', data: { token: await t.token(mine) } })).data).toHaveProperty('expires_at');
  });

  it('lets a client send on without waiting for the answer to auth', async () => {
    const socket = await open();
    socket.send({ op: 'auth', data: { token: await t.token(await t.person('acme')) } });
    expect((await socket.ask({ op: 'sub', target: 'sig.acme.>' })).data).toEqual({ status: 'live' });
    expect(socket.frames[0]?.op).toBe('hello');
  });

  it.each([
    ['no token at all', 'garbage', {}, 'AUTH_REQUIRED'],
    ['an expired token', undefined, { life: -60 }, 'AUTH_EXPIRED'],
    ['no tenant', undefined, { tenant: 7 }, 'AUTH_REQUIRED'],
  ])('refuses %s with an error, then 4501', async (_name, token, claims, code) => {
    const socket = await open();
    const given = token ?? await t.token(await t.person('acme'), claims);
    expect((await socket.ask({ op: 'auth', data: { token: given } })).data).toMatchObject({ code });
    expect((await socket.end()).code).toBe(4501);
  });

  it('refuses a token of an unknown key, and one without signature', async () => {
    const [head = '', body = ''] = (await t.token(await t.person('acme'))).split('.');
    for (const forged of [`${head}.${body}.`, `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`, `${Buffer.from(`{"alg":"EdDSA","kid":"${newId()}"}`).toString('base64url')}.${body}.AAAA`]) {
      const socket = await open();
      expect((await socket.ask({ op: 'auth', data: { token: forged } })).data).toMatchObject({ code: 'AUTH_REQUIRED' });
    }
  });

  it('closes a connection that does not log in', async () => {
    expect((await (await open()).ask({ op: 'sub', target: 'sig.acme.>' })).data).toMatchObject({ code: 'AUTH_REQUIRED' });
    const socket = await open({}, await another({ XANTHUS_WS_AUTH_SECONDS: '1' }));
    expect((await socket.end()).code).toBe(4501);
    expect(socket.frames.map(f => [f.op, f.data.code])).toEqual([['error', 'AUTH_REQUIRED']]);
  });

  it('keeps the connection with a fresh token of the same person only', async () => {
    const person = await t.person('acme');
    const socket = await connect(person);
    expect((await socket.ask({ op: 'auth', data: { token: await t.token(person) } })).data).toHaveProperty('expires_at');
    expect((await socket.ask({ op: 'auth', data: { token: await t.token(await t.person('acme')) } })).data).toMatchObject({ code: 'DENIED' });
    expect(socket.closed).toBeUndefined();
  });

  it('closes at the end of the token', async () => {
    const person = await t.person('acme');
    // Its end may come before it was let in, on a machine that stands still: then another one.
    const socket = await eventually(async () => kept(await Socket.live(t.gateway.url, await t.token(person, { life: 2 }))));
    expect((await socket.end()).code).toBe(4501);
    expect(socket.frames.at(-1)).toMatchObject({ op: 'error', data: { code: 'AUTH_EXPIRED', retryable: true } });
  });

  it('closes the sockets of a session that ends, and refuses its token from then on', async () => {
    const person = await t.person('acme');
    const socket = await connect(person);
    await t.endSession(person);
    expect((await socket.end()).code).toBe(4503);
    const again = await open();
    expect((await again.ask({ op: 'auth', data: { token: await t.token(person) } })).data).toMatchObject({ code: 'AUTH_REQUIRED' });
  });

  it.each([
    ['a foreign origin', { origin: 'http://evil.example' }, 403],
    ['a cookie without origin', { headers: { cookie: 'xanthus_session=x' } }, 403],
    ['an unknown sub-protocol', { protocols: ['graphql-ws'] }, 400],
  ])('refuses %s before the upgrade', async (_name, options, status) => {
    await expect(open(options)).rejects.toThrow(String(status));
  });

  it('takes its own origin, and no sub-protocol at all', async () => {
    await expect(open({ origin: t.gateway.url })).resolves.toBeDefined();
    await expect(open({ protocols: [] })).resolves.toBeDefined();
  });
});

describe('frames', () => {
  it.each([
    ['{', 'BAD_JSON'], ['[]', 'BAD_FRAME'], ['"x"', 'BAD_FRAME'], ['{}', 'BAD_FRAME'], ['{"op":"sub"}', 'BAD_FRAME'], ['{"op":"dance"}', 'UNKNOWN_OP'], ['{"op":"__proto__"}', 'UNKNOWN_OP'],
    ['{"v":2,"op":"ping"}', 'UNSUPPORTED_VERSION'], [`{"op":"ping","data":${'['.repeat(40)}${']'.repeat(40)}}`, 'TOO_LARGE'], [JSON.stringify({ op: 'ping', data: 'x'.repeat(70_000) }), 'TOO_LARGE'],
    ['{"op":"sub","target":"sig.acme..x"}', 'BAD_FRAME'], ['{"op":"js_sub","target":"VPS","data":{"filter":"evt.>.x"}}', 'BAD_FRAME'], ['{"op":"cmd","target":"cmd.acme.*.a.b.c"}', 'BAD_FRAME'],
    ['{"op":"unsub","target":"sig.none"}', 'NOT_FOUND'], ['{"op":"credit","target":"js:VPS","data":{"n":1}}', 'NOT_FOUND'],
  ].map(([text = '', code = '']) => [text.slice(0, 60), code, text]))('answers %s with %s and lives on', async (_start, code, text) => {
    const socket = await connect(await t.person('acme'));
    socket.send(text);
    expect((await socket.until(f => f.op === 'error')).data).toMatchObject({ code });
    expect((await socket.ask({ op: 'ping', data: { n: 1 } }))).toMatchObject({ op: 'pong', data: { n: 1 } });
  });

  it('refuses a binary frame', async () => {
    const socket = await connect(await t.person('acme'));
    socket.ws.send(Buffer.from([1, 2, 3]));
    expect((await socket.until(f => f.op === 'error')).data).toMatchObject({ code: 'BAD_FRAME' });
  });

  it('slows a client down that sends too fast, then closes', async () => {
    const socket = await connect(await t.person('acme'));
    for (let i = 0; i < 600; i++) socket.send({ op: 'ping' });
    expect((await socket.end()).code).toBe(4509);
    expect(socket.frames.filter(f => f.data?.code === 'RATE_LIMITED').length).toBeGreaterThan(50);
  });
});

describe('older clients', () => {
  const counted = async (what: string): Promise<number> => Number(new RegExp(`xanthus_ws_older_total\\{[^}]*what="${what}"[^}]*\\} (\\d+)`).exec(await (await fetch(`${t.gateway.url}/metrics`)).text())?.[1] ?? 0);

  it('subscribe to topics, within their rights', async () => {
    const socket = await connect(await t.person('acme'));
    socket.send({ type: 'subscribe', topic: 'sig.acme.old' });
    await socket.until(f => f.data?.status === 'live');
    t.nc.publish('sig.acme.old', '{"n":1}');
    expect((await socket.until(isMessage('sig.acme.old'))).data).toEqual({ subject: 'sig.acme.old', payload: { n: 1 } });
    socket.send({ type: 'subscribe', topic: 'sig.globex.old' });
    expect(await socket.until(f => f.op === 'error')).toMatchObject({ target: 'sig.globex.old', data: { code: 'DENIED' } });
    socket.send({ type: 'unsubscribe', topic: 'sig.acme.old' });
    await socket.until(f => f.data?.status === 'ended');
    expect([await counted('subscribe'), await counted('unsubscribe')]).toEqual([2, 1]);
  });

  it('are told the state of their servers on /ws/status without asking', async () => {
    await t.put('vps', 'acme.servers.old1', { name: 'old' });
    const socket = await open({ at: '/ws/status', protocols: [], headers: { authorization: `Bearer ${await t.token(await t.person('acme'))}` } });
    expect((await socket.until(f => f.op === 'msg' && f.data.key === 'acme.servers.old1')).target).toBe('kv:vps');
    const denied = await open({ at: '/ws/status', headers: { authorization: `Bearer ${await t.token(await t.person('acme', { buckets: {} }))}` } });
    expect(await denied.until(f => f.op === 'error')).toMatchObject({ data: { code: 'DENIED' } });
    expect(await counted('status')).toBe(2);
  });

  it('and others are told of an address that does not exist', async () => {
    await expect(open({ at: '/ws/elsewhere' })).rejects.toThrow('404');
    await expect(open({ at: '/ws/' })).resolves.toBeDefined();
  });
});

describe('anything at all', () => {
  it('is answered or closed with a listed code, and never an INTERNAL', async () => {
    const names = ['op', 'target', 'data', 'inbox', 'v', 'filter', 'pattern', 'start_seq', 'credit', 'policy', 'epoch', 'last_seq', 'n', 'token'];
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('sub', 'kv_sub', 'js_sub', 'unsub', 'cmd', 'credit', 'ping', 'VPS', 'vps', 'kv:vps', 'js:VPS', 'sig.acme.>', 'evt.acme.>', 'acme.>', 'cmd.acme.vps.server.new.adopt', 'latest', 1, 0));
    const frame = fc.dictionary(fc.constantFrom(...names), fc.oneof(value, fc.dictionary(fc.constantFrom(...names), value)));
    const person = await t.person('acme');
    for (let round = 0; round < 4; round++) {
      const socket = await connect(person);
      for (const text of fc.sample(fc.oneof(fc.string(), frame.map(f => JSON.stringify(f)), frame.map(f => JSON.stringify({ op: 'js_sub', target: 'VPS', ...f }))), 80)) socket.send(text);
      if (socket.closed === undefined) await socket.ask({ op: 'ping' });
      for (const { data } of socket.frames.filter(f => f.op === 'error')) expect(ERROR_CODES).toHaveProperty(data.code ?? '');
      expect(socket.frames.filter(f => f.data?.code === 'INTERNAL')).toEqual([]);
    }
    expect((await fetch(`${t.gateway.url}/health`)).status).toBe(200);
  });
});

describe('rights', () => {
  it('refuses what no grant contains', async () => {
    const socket = await connect(await t.person('acme', { ...OWNER('acme'), streams: { VPS: ['evt.acme.vps.server.s1'] } }));
    const asked = [
      { op: 'sub', target: 'sig.globex.>' }, { op: 'sub', target: 'sig.*.vps' }, { op: 'sub', target: 'sig.>' }, { op: 'sub', target: '>' }, { op: 'sub', target: 'evt.acme.>' }, { op: 'sub', target: '$SYS.>' },
      { op: 'kv_sub', target: 'vps' }, { op: 'kv_sub', target: 'vps', data: { pattern: 'globex.>' } }, { op: 'kv_sub', target: 'vault', data: { pattern: 'acme.>' } }, { op: 'kv_sub', target: 'vps', data: { pattern: '_pos' } },
      { op: 'js_sub', target: 'VPS' }, { op: 'js_sub', target: 'VPS', data: { filter: 'evt.acme.vps.server.*' } }, { op: 'js_sub', target: 'AUTH', data: { filter: 'evt.acme.>' } },
      { op: 'cmd', target: 'cmd.globex.vps.server.new.adopt' }, { op: 'cmd', target: 'qry.globex.vps.view.servers.all' },
    ];
    for (const frame of asked) expect({ frame, got: (await socket.ask(frame)).data.code }).toEqual({ frame, got: 'DENIED' });
  });

  it('without a document there is no right', async () => {
    const person = await t.person('acme');
    await t.strip(person);
    const socket = kept(await Socket.live(t.gateway.url, await t.token(person), { hasRights: false }));
    expect((await socket.ask({ op: 'sub', target: 'sig.acme.>' })).data).toMatchObject({ code: 'DENIED' });
  });

  it('lets no tenant see anything of another', async () => {
    const [a, b] = [await connect(await t.person('acme')), await connect(await t.person('globex'))];
    for (const [socket, tenant] of [[a, 'acme'], [b, 'globex']] as const) {
      await socket.ask({ op: 'sub', target: `sig.${tenant}.>` });
      await socket.ask({ op: 'kv_sub', target: 'vps', data: { pattern: `${tenant}.>` } });
      await socket.ask({ op: 'js_sub', target: 'VPS', data: { filter: `evt.${tenant}.>` } });
    }
    t.nc.publish('sig.acme.vps.server.s1.metrics', '{"load":1}');
    await t.put('vps', 'acme.servers.s1', { name: 'a' });
    await t.event('acme', 's1', 1);
    t.nc.publish('sig.globex.vps.server.s9.metrics', '{"load":9}');
    await t.put('vps', 'globex.servers.s9', { name: 'g' });
    await t.event('globex', 's9', 9);
    for (const socket of [a, b]) await socket.collect(3, f => f.op === 'msg' && f.data.kind !== 'in_sync');
    // Ids are random and may hold these letters; messages carry none.
    const seen = ({ frames }: Socket): string => JSON.stringify(frames.filter(f => f.op === 'msg'));
    expect(seen(a)).not.toMatch(/globex|s9/);
    expect(seen(b)).not.toMatch(/acme|s1/);
  });

  it('limits subscriptions and refuses the same one twice', async () => {
    const socket = await connect(await t.person('acme'));
    const target = (n: number): object => ({ op: 'sub', target: `sig.acme.vps.server.s${n}` });
    for (const n of [1, 2, 3]) expect((await socket.ask(target(n))).data).toEqual({ status: 'live' });
    expect((await socket.ask(target(3))).data).toMatchObject({ code: 'ALREADY_SUBSCRIBED' });
    expect((await socket.ask(target(4))).data).toMatchObject({ code: 'TOO_MANY_SUBSCRIPTIONS' });
    await socket.ask({ op: 'unsub', target: 'sig.acme.vps.server.s1' });
    expect((await socket.ask(target(4))).data).toEqual({ status: 'live' });
  });
});

describe('a subscription that is ended while it is being made', () => {
  it('is answered all the same', async () => {
    const socket = await connect(await t.person('acme'));
    socket.send({ op: 'js_sub', target: 'VPS_METRICS', inbox: 'a', data: { filter: 'met.acme.>' } });
    socket.send({ op: 'kv_sub', target: 'auth', inbox: 'b', data: { pattern: 'acme.>' } });
    const person = await t.person('acme', { ...OWNER('acme'), streams: { VPS_METRICS: ['met.acme.>'] }, buckets: { auth: ['acme.>'] } });
    const other = await connect(person);
    for (const target of ['js:VPS_METRICS', 'kv:auth']) other.send(target.startsWith('js') ? { op: 'js_sub', target: target.slice(3), inbox: target, data: { filter: 'met.acme.>', start_time: '2026-01-01T00:00:00Z' } } : { op: 'kv_sub', target: target.slice(3), inbox: target, data: { pattern: 'acme.>' } });
    for (const target of ['js:VPS_METRICS', 'kv:auth']) {
      other.send({ op: 'unsub', target, inbox: `end ${target}` });
      expect((await other.until(f => f.inbox === target)).data).toHaveProperty('status');
      expect((await other.until(f => f.inbox === `end ${target}`)).data).toEqual({ status: 'ended' });
    }
    expect((await socket.until(f => f.inbox === 'a')).data).toMatchObject({ code: 'DENIED' });
    expect((await socket.until(f => f.inbox === 'b')).data).toMatchObject({ code: 'DENIED' });
  });
});

describe('sub', () => {
  it('shares one NATS subscription and ends it with the last subscriber', async () => {
    // One of its own: what others followed before ends half a minute later.
    const url = await another();
    const subscriptions = async (): Promise<number> => Number(/xanthus_ws_upstream\{[^}]*\} (\d+)/.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);
    const before = await subscriptions();
    const people = await Promise.all([1, 2, 3].map(() => t.person('acme')));
    const all = await Promise.all(people.map(person => connect(person, url)));
    for (const socket of all) await socket.ask({ op: 'sub', target: 'sig.acme.vps.server.*.metrics' });
    expect(await subscriptions()).toBe(before + 1);
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/xanthus_ws_connections\{[^}]*state="live"[^}]*\} [1-9]/);
    t.nc.publish('sig.acme.vps.server.s1.metrics', '{"load":0.5}');
    t.nc.publish('sig.acme.vps.server.s1.metrics', 'not json');
    for (const socket of all) {
      const got = await socket.collect(2, isMessage('sig.acme.vps.server.*.metrics'));
      expect(got.map(f => f.data)).toEqual([
        { subject: 'sig.acme.vps.server.s1.metrics', payload: { load: 0.5 } },
        { subject: 'sig.acme.vps.server.s1.metrics', payload: { $base64: Buffer.from('not json').toString('base64') } },
      ]);
      expect((await socket.ask({ op: 'unsub', target: 'sig.acme.vps.server.*.metrics' })).data).toEqual({ status: 'ended' });
    }
    await eventually(async () => (await subscriptions()) === before);
  });
});
