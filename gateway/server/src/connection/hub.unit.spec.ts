/** What the one timer of all connections does, with a socket played by hand. */
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { WebSocket } from 'ws';
import { Connection, type Subscription } from './connection.js';
import { Hub } from './hub.js';

const limits = { subscriptions: 4, frames_per_second: 10, burst: 20, frame_bytes: 1_000, json_depth: 8, queue_bytes: 1_000, queue_frames: 10, connections_per_user: 9, subscriptions_per_user: 9, commands_per_second: 9, bytes_in_per_second: 1_000, bytes_out_per_second: 1_000_000 };
const many = 1_000;
const quota = {
  connections: many, connections_per_tenant: many, connections_per_user: many, connections_per_address: many, unauthenticated: many, unauthenticated_per_address: many, handshakes_per_second: many, handshake_burst: many,
  subscriptions_per_tenant: many, subscriptions_per_user: many, commands_per_second_per_tenant: many, commands_per_second: many, blob_bytes_per_tenant: 1_000, requests_per_second_per_address: many, log_ins_per_second_per_address: many,
};

class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  writableLength = 0;
  stalled = false;
  sent: { op: string; target?: string; data?: { code?: string; details?: unknown } }[] = [];
  closed: number | undefined;
  pings = 0;
  terminated = false;
  send(frame: Buffer): void {
    this.sent.push(JSON.parse(frame.toString()) as this['sent'][number]);
    if (this.stalled) this.writableLength += 100_000;
  }
  close(code: number): void {
    this.closed = code;
    this.readyState = 2;
  }
  terminate(): void {
    this.terminated = true;
    this.emit('close');
  }
  ping(): void { this.pings++; }
  cork(): void {}
  uncork(): void {}
}

let hub: Hub;
let away = false;
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['queueMicrotask'] });
  jest.advanceTimersByTime(5); // a clock at 0 does not exist outside of tests
  hub = new Hub({ limits, quota, authMs: 10_000, pingMs: 25_000, outage: () => away, channels: () => [] });
});
afterEach(() => {
  hub.stop();
  jest.useRealTimers();
});
const connect = (session?: string): { fake: FakeSocket; connection: Connection } => {
  const fake = new FakeSocket();
  const connection = new Connection(fake as unknown as WebSocket, fake as unknown as Socket, hub);
  hub.add(connection);
  if (session !== undefined) {
    connection.principal = { kind: 'person', id: 'p', name: 'p', tenant: 'acme', tenantName: 'Acme', session, expires: Date.now() + 3_600_000 };
    connection.state = 'live';
    hub.identified(connection);
  }
  return { fake, connection };
};
/** The socket takes one frame and then nothing more. */
const block = (fake: FakeSocket, connection: Connection): void => {
  fake.stalled = true;
  connection.send({ op: 'pong' });
  connection.outbox.flush();
};
const subscription = (target: string): Subscription & { ended: boolean } => {
  const made = { key: target, target, request: { what: 'subject', subject: target } as const, ended: false, position: () => ({ epoch: 'e', at: 7 }), end: () => { made.ended = true; } };
  return made;
};

describe('the hub', () => {
  it('closes who does not log in, after 10 s', () => {
    const { fake } = connect();
    jest.advanceTimersByTime(9_000);
    expect(fake.closed).toBeUndefined();
    jest.advanceTimersByTime(2_000);
    expect([fake.closed, fake.sent.at(-1)?.data?.code]).toEqual([4501, 'AUTH_REQUIRED']);
    expect(hub.connections.size).toBe(0);
  });

  it('pings every 25 s and gives up a dead peer by 36 s; any life counts', () => {
    const [dead, alive] = [connect('s1'), connect('s2')];
    for (let second = 0; second < 36; second++) {
      if (second === 20) alive.connection.accept(1);
      jest.advanceTimersByTime(1_000);
    }
    expect([dead.fake.pings, dead.fake.terminated]).toEqual([1, true]);
    expect(alive.fake.terminated).toBe(false);
    jest.advanceTimersByTime(10_000);
    expect(alive.fake.pings).toBe(1);
  });

  it('closes at the end of the token and of the session', () => {
    const [a, b] = [connect('s1'), connect('s2')];
    if (a.connection.principal !== undefined) a.connection.principal.expires = Date.now() + 1_500;
    jest.advanceTimersByTime(3_000);
    expect([a.fake.closed, a.fake.sent.at(-1)?.data?.code]).toEqual([4501, 'AUTH_EXPIRED']);
    hub.sessionEnded('s2');
    expect([b.fake.closed, b.fake.sent.at(-1)?.data?.code]).toEqual([4503, 'REVOKED']);
  });

  it('says a minute before that a token ends, unless it is that short', () => {
    const [long, short] = [connect('s1'), connect('s2')];
    const told = ({ fake, connection }: typeof long): number => {
      connection.outbox.flush();
      return fake.sent.filter(f => f.op === 'auth_expiring').length;
    };
    const renew = ({ connection }: typeof long, life: number): void => {
      if (connection.principal !== undefined) connection.principal.expires = Date.now() + life;
      hub.renewed(connection);
    };
    const pass = (seconds: number): void => {
      for (let second = 0; second < seconds; second++) {
        for (const { connection } of [long, short]) connection.accept(1);
        jest.advanceTimersByTime(1_000);
      }
    };
    renew(long, 100_000);
    renew(short, 50_000);
    pass(38);
    expect([told(long), told(short)]).toEqual([0, 0]);
    pass(5);
    expect([told(long), told(short)]).toEqual([1, 0]);
    renew(long, 70_000);
    pass(9);
    expect(told(long)).toBe(1);
    pass(5);
    expect(told(long)).toBe(2);
    expect(short.fake.closed).toBe(4501);
  });

  it('keeps who could not renew its token while NATS was away', () => {
    const { fake, connection } = connect('s1');
    if (connection.principal !== undefined) connection.principal.expires = Date.now() + 1_500;
    away = true;
    jest.advanceTimersByTime(5_000);
    expect(fake.closed).toBeUndefined();
    away = false;
    jest.advanceTimersByTime(1_000);
    expect(fake.closed).toBe(4501);
  });

  it('finds a socket slow after 250 ms of a full queue, says where to resume, and destroys it a second later', () => {
    const { fake, connection } = connect('s1');
    connection.subscriptions.set('sig.a', subscription('sig.a'));
    block(fake, connection);
    for (let i = 0; i < 12; i++) connection.send({ op: 'pong', data: i });
    jest.advanceTimersByTime(240);
    expect(fake.closed).toBeUndefined();
    const before = fake.sent.length;
    jest.advanceTimersByTime(100);
    expect(fake.closed).toBe(4008);
    expect(fake.sent.slice(before)).toEqual([expect.objectContaining({ op: 'error', data: expect.objectContaining({ code: 'SLOW_CONSUMER', details: { positions: [{ target: 'sig.a', epoch: 'e', at: 7 }] } }) })]);
    jest.advanceTimersByTime(1_100);
    expect(fake.terminated).toBe(true);
  });

  it('forgives a queue that was full and has drained in time', () => {
    const { fake, connection } = connect('s1');
    block(fake, connection);
    for (let i = 0; i < 12; i++) connection.send({ op: 'pong', data: i });
    jest.advanceTimersByTime(200);
    fake.stalled = false;
    fake.writableLength = 0;
    fake.emit('drain');
    jest.advanceTimersByTime(1_000);
    expect(fake.closed).toBeUndefined();
    expect(fake.sent).toHaveLength(13);
  });

  it('does not hold it against a reader that it stood still itself', () => {
    const [reads, sleeps] = [connect('s1'), connect('s2')];
    for (const { fake, connection } of [reads, sleeps]) {
      block(fake, connection);
      for (let i = 0; i < 12; i++) connection.send({ op: 'pong', data: i });
    }
    jest.advanceTimersByTime(40);
    const afterSockets: (() => void)[] = [];
    jest.spyOn(globalThis, 'setImmediate').mockImplementation(((go: () => void) => void afterSockets.push(go)) as never);
    // Timers come first after a pause, then the sockets are asked, then what waited for that.
    jest.advanceTimersByTime(400);
    reads.fake.stalled = false;
    reads.fake.writableLength = 0;
    reads.fake.emit('drain');
    jest.restoreAllMocks();
    for (const go of afterSockets) go();
    expect([reads.fake.closed, sleeps.fake.closed]).toEqual([undefined, 4008]);
    expect(reads.fake.sent).toHaveLength(13);
  });

  it('finds a socket slow that takes nothing for 10 s', () => {
    const { fake, connection } = connect('s1');
    fake.stalled = true;
    connection.send({ op: 'pong' });
    connection.send({ op: 'pong' });
    jest.advanceTimersByTime(9_000);
    expect(fake.closed).toBeUndefined();
    jest.advanceTimersByTime(1_500);
    expect(fake.closed).toBe(4008);
  });

  it('ends what lost its right, keeps the rest, then says what is left', () => {
    const { fake, connection } = connect('s1');
    const [lost, kept] = [subscription('sig.acme.a'), subscription('sig.acme.b')];
    connection.subscriptions.set(lost.key, lost).set(kept.key, kept);
    hub.rightsChanged('acme', 'p', { subjects: ['sig.acme.b'], buckets: {}, commands: [], streams: {} });
    expect([lost.ended, kept.ended]).toEqual([true, false]);
    expect(fake.sent.map(f => [f.op, f.target])).toEqual([['error', 'sig.acme.a'], ['cap_update', undefined]]);
    hub.rightsChanged('globex', 'p', undefined);
    hub.rightsChanged('acme', 'p', undefined);
    expect(kept.ended).toBe(true);
  });

  it('ends a connection after too many broken frames, never for refusals', () => {
    const [rude, unlucky] = [connect('s1'), connect('s2')];
    const why = { code: 'BAD_JSON', message: '', retryable: false };
    for (let i = 0; i < 150; i++) {
      rude.connection.fault(why);
      unlucky.connection.refuse({ ...why, code: 'SERVER.NAME_TAKEN' });
      unlucky.connection.outbox.flush();
    }
    expect([rude.fake.closed, unlucky.fake.closed]).toEqual([4509, undefined]);
  });
});
