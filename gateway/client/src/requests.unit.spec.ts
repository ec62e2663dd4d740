import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CommandContract, QueryContract } from '@xanthus/proto';
import { connect } from './client.js';
import { FakeGateway } from './fake-gateway.fixtures.js';
import type { Client } from './types.js';

const settle = (ms = 1): Promise<void> => jest.advanceTimersByTimeAsync(ms);
const rename = { kind: 'command', service: 'vps', aggregate: 'server', verb: 'rename', on: 'id', deadline: 5_000 } as CommandContract;
const adopt = { ...rename, verb: 'adopt', on: 'new' } as CommandContract;
const sandbox = { kind: 'query', service: 'vps', question: 'sandbox', on: 'all', deadline: 5_000 } as QueryContract;

let gateway: FakeGateway;
let client: Client;

beforeEach(async () => {
  jest.useFakeTimers();
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
  gateway = new FakeGateway();
  const promise = connect({ url: 'http://localhost:5000', token: 'secret', WebSocket: gateway.WebSocket });
  await settle();
  client = await promise;
});
afterEach(() => {
  client.close();
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe('commands and queries', () => {
  it('are named by their contract', async () => {
    await client.command(rename, { name: 'x' }, { id: 's1' });
    await client.command(adopt, { name: 'x' }, { idempotencyKey: 'mine' });
    await client.query(sandbox, {});
    await client.command(rename, {}, { id: 's1', tenant: 'xanthus', expectedSeq: 7 });
    expect(gateway.received.filter(f => f.op === 'cmd').map(f => f.target)).toEqual([
      'cmd.acme.vps.server.s1.rename', 'cmd.acme.vps.server.new.adopt', 'qry.acme.vps.sandbox.all', 'cmd.xanthus.vps.server.s1.rename',
    ]);
    expect(gateway.received.filter(f => f.op === 'cmd').map(f => f.idempotency_key)).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), 'mine', undefined, expect.any(String)]);
    expect(gateway.received.filter(f => f.op === 'cmd').map(f => f.expected_seq)).toEqual([undefined, undefined, undefined, 7]);
    await expect(client.command(rename, {})).rejects.toThrow('needs an id');
  });

  it("pass on a service's own refusal", async () => {
    gateway.refuse = f => (f.op === 'cmd' ? { code: 'SERVER.NAME_TAKEN', message: 'taken', retryable: false } : undefined);
    await expect(client.command(adopt, {})).rejects.toMatchObject({ code: 'SERVER.NAME_TAKEN', retryable: false, name: 'XanthusError' });
  });

  it('take effect once, though the answer was lost with the connection', async () => {
    gateway.auto = false;
    const answer = client.command(adopt, { name: 'x' });
    expect(gateway.effects).toHaveLength(1);
    gateway.cut();
    gateway.auto = true;
    await settle(1_000);
    await expect(answer).resolves.toEqual({ ok: true });
    const sent = gateway.received.filter(f => f.op === 'cmd');
    expect(sent).toHaveLength(2);
    expect(sent[0]?.idempotency_key).toBe(sent[1]?.idempotency_key);
    expect(gateway.effects).toHaveLength(1);
  });

  it('wait for the connection when there is none', async () => {
    gateway.cut();
    const answer = client.command(adopt, { name: 'x' });
    expect(gateway.effects).toHaveLength(0);
    await settle(1_000);
    await expect(answer).resolves.toEqual({ ok: true });
  });

  it('say whether they were ever sent when time is up', async () => {
    gateway.silent = true;
    const sent = expect(client.command(adopt, {}, { timeout: 1_000 })).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true });
    await settle(1_000);
    await sent;
    gateway.down = true;
    gateway.cut();
    const unsent = expect(client.command(adopt, {})).rejects.toMatchObject({ code: 'EXPIRED', retryable: true });
    await settle(7_000);
    await unsent;
  });

  it('wait in a queue with an end: one too many is refused at once, and room comes back', async () => {
    client.close();
    const opening = connect({ url: 'http://localhost:5000', token: 'secret', WebSocket: gateway.WebSocket, queue: 2 });
    await settle();
    client = await opening;
    gateway.cut();
    const [first, second] = [client.command(adopt, { n: 1 }), client.command(adopt, { n: 2 })];
    await expect(client.command(adopt, { n: 3 })).rejects.toMatchObject({ code: 'QUEUE_FULL', retryable: true, name: 'XanthusError' });
    expect(gateway.effects).toHaveLength(0);
    await settle(1_000);
    await expect(Promise.all([first, second])).resolves.toEqual([{ ok: true }, { ok: true }]);
    gateway.down = true;
    gateway.cut();
    const again = [1, 2].map(() => expect(client.command(adopt, {}, { expiry: 500 })).rejects.toMatchObject({ code: 'EXPIRED' }));
    await settle(500);
    await Promise.all(again);
    const last = expect(client.command(adopt, {})).rejects.toMatchObject({ code: 'EXPIRED' });
    await settle(7_000);
    await last;
    expect(gateway.effects).toHaveLength(2);
  });

  it('may wait longer for a connection than for an answer, in order, each once', async () => {
    gateway.down = true;
    gateway.cut();
    gateway.onCommand = frame => frame.data;
    const asked = [1, 2, 3].map(n => client.command(adopt, { n }, { timeout: 1_000, expiry: 60_000 }));
    await settle(30_000);
    gateway.down = false;
    await settle(20_000);
    await expect(Promise.all(asked)).resolves.toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(gateway.effects).toHaveLength(3);
    gateway.silent = true;
    const late = expect(client.command(adopt, {}, { timeout: 1_000, expiry: 60_000 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    await settle(1_000);
    await late;
  });

  it('are kept for the next gateway when this one drains', async () => {
    let draining = true;
    gateway.refuse = f => (f.op === 'cmd' && draining ? { code: 'DRAINING', message: 'going', retryable: true } : undefined);
    const answer = client.command(adopt, {});
    await settle();
    draining = false;
    gateway.cut(4009);
    await settle(1_000);
    await expect(answer).resolves.toEqual({ ok: true });
  });

  it('are rejected with a code when the client is closed', async () => {
    gateway.auto = false;
    const pending = expect(client.command(adopt, {})).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: false, details: { sent: true } });
    client.close();
    await pending;
    await expect(client.command(adopt, {})).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(() => client.bucket('vps')).toThrow('closed');
    expect(client.connection.get().state).toBe('closed');
  });
});
