import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { connect } from './client.js';
import { failure, XanthusError } from './error.js';
import { EVERYTHING, FakeGateway } from './fake-gateway.fixtures.js';
import type { Client, ConnectionStatus, ConnectOptions } from './types.js';

const settle = (ms = 1): Promise<void> => jest.advanceTimersByTimeAsync(ms);

let gateway: FakeGateway;
let client: Client;

beforeEach(() => {
  jest.useFakeTimers();
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
  gateway = new FakeGateway();
});
afterEach(() => {
  client?.close();
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const opened = async (options: Partial<ConnectOptions> = {}): Promise<Client> => {
  const promise = connect({ url: 'http://localhost:5000', token: 'secret', WebSocket: gateway.WebSocket, ...options });
  promise.catch(() => {});
  await settle();
  return (client = await promise);
};
const states = (client: Client): string[] => {
  const seen: string[] = [client.connection.get().state];
  client.connection.subscribe(s => { if (s.state !== seen.at(-1)) seen.push(s.state); });
  return seen;
};

describe('a connection', () => {
  it('resolves at hello and cap_update with who one is', async () => {
    const client = await opened();
    expect(client.tenant).toBe('acme');
    expect(client.user).toEqual({ id: 'u1', name: 'Ada' });
    expect(client.connection.get().state).toBe('live');
    expect(client.capabilities.get()).toMatchObject(EVERYTHING);
    expect(client.can({ what: 'command', subject: 'cmd.acme.vps.server.new.adopt' })).toBe(true);
    expect(client.can({ what: 'command', subject: 'cmd.other.vps.server.new.adopt' })).toBe(false);
  });

  it('waits for the rights, not only for hello', async () => {
    gateway.auto = false;
    let resolved = false;
    const promise = connect({ url: 'ws://localhost', token: 't', WebSocket: gateway.WebSocket }).then(c => { resolved = true; return c; });
    await settle();
    gateway.deliver(2);
    await settle();
    expect(resolved).toBe(false);
    gateway.deliver();
    await settle();
    expect(resolved).toBe(true);
    client = await promise;
  });

  it('comes back after a cut, with a fresh token and through the published states', async () => {
    let n = 0;
    const client = await opened({ token: () => Promise.resolve(`token-${++n}`) });
    const seen = states(client);
    gateway.cut();
    expect(client.connection.get()).toMatchObject({ state: 'connecting', reason: { code: 'UNAVAILABLE' } });
    expect(client.connection.get().retry_at).toBe(Date.now() + 125);
    await settle(130);
    expect(seen).toEqual(['live', 'connecting', 'authenticating', 'live']);
    expect(gateway.tokens).toEqual(['token-1', 'token-2']);
    expect(client.connection.get().reason).toBeUndefined();
  });

  it('waits longer after each failure, up to 20 s, and starts anew after a stable connection', async () => {
    const client = await opened();
    await settle(6_000);
    gateway.down = true;
    const delays: number[] = [];
    client.connection.subscribe((s: ConnectionStatus) => { if (s.retry_at !== undefined) delays.push(s.retry_at - Date.now()); });
    gateway.cut();
    await settle(120_000);
    expect(delays.slice(0, 8)).toEqual([125, 250, 500, 1_000, 2_000, 4_000, 8_000, 10_000]);
    gateway.down = false;
    await settle(20_000);
    await settle(6_000);
    delays.length = 0;
    gateway.cut();
    expect(delays).toEqual([125]);
  });

  it('says why now, not why the first time', async () => {
    const client = await opened();
    gateway.send({ op: 'error', data: { code: 'DRAINING', message: 'This gateway is going away.', retryable: true } });
    gateway.down = true;
    gateway.cut(4001);
    expect(client.connection.get().reason).toMatchObject({ code: 'DRAINING' });
    await settle(20_000);
    expect(client.connection.get().reason).toMatchObject({ code: 'UNAVAILABLE', message: 'The server cannot be reached.' });
  });

  it('ends at a close code of 4500 and above, and says why', async () => {
    const client = await opened();
    gateway.send({ op: 'error', data: { code: 'REVOKED', message: 'The session was ended.', retryable: false } });
    gateway.cut(4503);
    expect(client.connection.get()).toMatchObject({ state: 'closed', reason: { code: 'REVOKED' } });
    await settle(60_000);
    expect(gateway.connections).toBe(1);
  });

  it('gets a fresh token after AUTH_EXPIRED, once', async () => {
    const client = await opened({ token: () => Promise.resolve('fresh') });
    gateway.send({ op: 'error', data: { code: 'AUTH_EXPIRED', message: 'expired', retryable: true } });
    gateway.refuse = f => (f.op === 'auth' ? { code: 'AUTH_EXPIRED', message: 'expired', retryable: true } : undefined);
    gateway.cut(4501);
    await settle(60_000);
    expect(gateway.connections).toBe(2);
    expect(client.connection.get()).toMatchObject({ state: 'closed', reason: { code: 'AUTH_EXPIRED' } });
  });

  it('renews the token when the gateway says that it is about to expire', async () => {
    await opened({ token: () => Promise.resolve('fresh') });
    gateway.send({ op: 'auth_expiring', data: { expires_at: new Date(Date.now() + 60_000).toISOString() } });
    await settle(100);
    expect([gateway.tokens.length, gateway.connections]).toEqual([2, 1]);
  });

  it('renews the token on the open connection before it expires', async () => {
    let n = 0;
    await opened({ token: () => Promise.resolve(`token-${++n}`) });
    await settle(481_000);
    expect(gateway.tokens).toEqual(['token-1', 'token-2']);
    expect(gateway.connections).toBe(1);
  });

  it.each([['9 minutes ahead', -540_000], ['an hour behind', 3_600_000]])('renews in time where the clock is %s', async (_, skew) => {
    // `expires_at` and `time` are the gateway's.
    gateway.expiresIn = 600_000 + skew;
    const handle = gateway.handle.bind(gateway);
    gateway.handle = (socket, frame) => {
      if (frame.op === 'ping') gateway.send({ op: 'pong', time: new Date(Date.now() + skew).toISOString() } as never);
      else handle(socket, frame);
    };
    let n = 0;
    await opened({ token: () => Promise.resolve(`token-${++n}`) });
    await settle(470_000);
    expect(gateway.tokens).toEqual(['token-1']);
    await settle(20_000);
    expect(gateway.tokens).toEqual(['token-1', 'token-2']);
    await settle(480_000);
    expect(gateway.tokens).toEqual(['token-1', 'token-2', 'token-3']);
    expect(gateway.connections).toBe(1);
  });

  it('tries at once when asked to, and only while it waits', async () => {
    const client = await opened();
    gateway.down = true;
    gateway.cut();
    await settle(30_000);
    gateway.down = false;
    expect(client.connection.get().retry_at).toBeGreaterThan(Date.now() + 1_000);
    client.reconnectNow();
    client.reconnectNow();
    await settle(2);
    expect(client.connection.get().state).toBe('live');
    client.reconnectNow();
    await settle(60_000);
    expect(gateway.connections).toBe(2);
  });

  it.each([
    ['retryable: false', { code: 'SESSION.ENDED', retryable: false }, 'SESSION.ENDED'], ['AUTH_REQUIRED', { code: 'AUTH_REQUIRED' }, 'AUTH_REQUIRED'],
  ])('ends at an error with %s, whatever its class, also on the open connection', async (_, fields, code) => {
    const final = (): Promise<string> => Promise.reject(Object.assign(new Error('log in'), fields));
    const refused = expect(connect({ url: 'http://x', token: final, WebSocket: gateway.WebSocket })).rejects.toMatchObject({ code, retryable: false, message: 'log in' });
    await settle();
    await refused;
    let token = (): Promise<string> => Promise.resolve('t');
    const client = await opened({ token: () => token() });
    token = final;
    await settle(481_000);
    expect(client.connection.get()).toMatchObject({ state: 'closed', reason: { code } });
  });

  it('ends when the token function says that there is no session, and tries again when it only fails', async () => {
    let answer: () => Promise<string> = () => Promise.reject(new TypeError('fetch failed'));
    const promise = connect({ url: 'http://x', token: () => answer(), WebSocket: gateway.WebSocket });
    const refused = expect(promise).rejects.toMatchObject({ code: 'AUTH_REQUIRED' });
    await settle(1_000);
    answer = () => Promise.reject(failure('AUTH_REQUIRED', 'log in', false));
    await settle(10_000);
    await refused;
  });

  it('ends rather than show one person the data of another', async () => {
    const client = await opened();
    gateway.user = 'u2';
    gateway.cut();
    await settle(1_000);
    expect(client.connection.get()).toMatchObject({ state: 'closed', reason: { code: 'AUTH_REQUIRED' } });
  });

  it('notices a silent peer: pings after the interval, gives up after ten seconds', async () => {
    const client = await opened();
    gateway.silent = true;
    await settle(25_100);
    expect(gateway.received.filter(f => f.op === 'ping')).toHaveLength(1);
    expect(client.connection.get().state).toBe('live');
    await settle(9_800);
    expect(client.connection.get().state).toBe('live');
    await settle(200);
    expect(client.connection.get()).toMatchObject({ state: 'connecting', reason: { code: 'UNAVAILABLE' } });
    gateway.silent = false;
    await settle(1_000);
    expect(gateway.connections).toBe(2);
    expect(client.connection.get().state).toBe('live');
  });

  it('asks at once whether the peer is there when the browser says that the network changed, and comes back when it is back', async () => {
    const listeners = new Map<string, () => void>();
    const page = globalThis as Record<string, unknown>;
    const before = { add: page['addEventListener'], remove: page['removeEventListener'], document: page['document'] };
    const addEventListener = (name: string, fn: () => void): void => void listeners.set(name, fn);
    const removeEventListener = (name: string): void => void listeners.delete(name);
    Object.assign(page, { addEventListener, removeEventListener, document: { addEventListener, removeEventListener } });
    try {
      const client = await opened();
      gateway.silent = true;
      listeners.get('offline')?.();
      await settle(1_900);
      expect(client.connection.get().state).toBe('live');
      gateway.down = true;
      await settle(200);
      expect(client.connection.get().state).toBe('connecting');
      await settle(60_000);
      gateway.down = gateway.silent = false;
      listeners.get('online')?.();
      await settle(2);
      expect(client.connection.get().state).toBe('live');
      client.close();
      expect(listeners.size).toBe(0);
    } finally {
      Object.assign(page, { addEventListener: before.add, removeEventListener: before.remove, document: before.document });
    }
  });

  it('comes back from anything that is no frame', async () => {
    for (const text of ['', 'null', '5', '{', '[null]', '{"op":"hello"}', '{"op":"msg","target":"kv:vps"}', '{"op":"msg","target":"js:VPS","data":null}', '\u0000']) {
      const client = await opened();
      const view = client.bucket('vps');
      const reading = (async () => { for await (const item of client.stream('VPS')) void item; })();
      await settle();
      expect(() => gateway.socket.emit('message', { data: text })).not.toThrow();
      await settle(30_000);
      expect(client.connection.get().state).toBe('live');
      expect(view.get().in_sync).toBe(true);
      client.close();
      await reading;
    }
  });

  it('drains: leaves at its slot and is back at once', async () => {
    const client = await opened();
    const seen = states(client);
    gateway.send({ op: 'drain', data: { reconnect_after_ms: 3_000 } });
    await settle(2_900);
    expect(client.connection.get().state).toBe('draining');
    await settle(110);
    expect(seen).toEqual(['live', 'draining', 'connecting', 'authenticating', 'live']);
  });

  it('gives up the first connect after the time-out, with the reason', async () => {
    gateway.down = true;
    const promise = connect({ url: 'http://x', token: 't', WebSocket: gateway.WebSocket, timeout: 2_000 });
    const refused = expect(promise).rejects.toBeInstanceOf(XanthusError);
    await settle(2_100);
    await refused;
    await settle(60_000);
    expect(gateway.connections).toBe(0);
  });

  it('keeps to the limit of frames per second', async () => {
    gateway.limits = { ...gateway.limits, frames_per_second: 100, burst: 20 };
    const client = await opened();
    for (let i = 0; i < 60; i++) client.subject(`sig.acme.vps.server.s${i}.metrics`, () => {});
    const sent = (): number => gateway.received.filter(f => f.op === 'sub').length;
    expect(sent()).toBe(18);
    await settle(200);
    expect(sent()).toBeLessThanOrEqual(18 + 18);
    await settle(1_000);
    expect(sent()).toBe(60);
  });

  it('refuses an address that is none', async () => {
    await expect(connect({ url: 'localhost:5000', token: 't', WebSocket: gateway.WebSocket })).rejects.toThrow(TypeError);
  });
});
