/** What a later gateway may say, what a gateway would not read, and every form of its address. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CommandContract } from '@xanthus/proto';
import { connect } from './client.js';
import { FakeGateway } from './fake-gateway.fixtures.js';
import { socketUrl } from './socket.js';
import type { Client } from './types.js';

const settle = (ms = 1): Promise<void> => jest.advanceTimersByTimeAsync(ms);
const FILTER = 'evt.acme.>';
const rename = { kind: 'command', service: 'vps', aggregate: 'server', verb: 'rename', on: 'id', deadline: 5_000 } as CommandContract;

let gateway: FakeGateway;
let client: Client;
beforeEach(async () => {
  jest.useFakeTimers();
  gateway = new FakeGateway();
  const promise = connect({ url: 'http://localhost:5000', token: 'secret', WebSocket: gateway.WebSocket });
  await settle();
  client = await promise;
});
afterEach(() => {
  client.close();
  jest.useRealTimers();
});

it.each([
  ['http://host', 'ws://host/ws'], ['https://host/', 'wss://host/ws'], ['ws://host:1', 'ws://host:1/ws'], ['ws://host/ws', 'ws://host/ws'], ['wss://host/base', 'wss://host/base/ws'], ['HTTPS://host', 'wss://host/ws'],
])('%s is reached at %s', (base, address) => expect(socketUrl(base)).toBe(address));

it('a stream passes over kinds that it does not know, and knows where it is all the same', async () => {
  const message = gateway.publish('VPS', 'evt.acme.a');
  const seqs: number[] = [];
  const stream = client.stream('VPS', { filter: FILTER, from: 1 });
  void (async () => { for await (const { seq } of stream) seqs.push(seq); })();
  await settle();
  gateway.send({ op: 'msg', target: 'js:VPS', data: { filter: FILTER, kind: 'weather', degrees: 3 } });
  gateway.send({ op: 'msg', target: 'js:VPS', data: { filter: FILTER, prev: 0, ...message } });
  gateway.publish('VPS', 'evt.acme.b');
  await settle();
  expect(seqs).toEqual([1, 2]);
});

it('a bucket passes over kinds that it does not know', async () => {
  gateway.put('vps', 'acme.servers.a', {});
  const view = client.bucket('vps', { pattern: 'acme.servers.*' });
  await settle();
  gateway.send({ op: 'msg', target: 'kv:vps', data: { pattern: 'acme.servers.*', kind: 'expired', key: 'acme.servers.a', revision: 9, prev: 1 } });
  gateway.put('vps', 'acme.servers.b', {});
  await settle();
  expect([...view.get().entries.keys()]).toEqual(['acme.servers.a', 'acme.servers.b']);
});

describe('an input that is too large for a frame', () => {
  const reference = { blob: `01jd3x8e2v5y9w4z7q6r1s0tab.${'k'.repeat(43)}`, sha256: 'a'.repeat(64) };
  const input = { name: '€'.repeat(22_000) };
  const answers = (...made: (() => Response)[]) => jest.spyOn(globalThis, 'fetch').mockImplementation(async () => (made.shift() ?? Response.error)());
  afterEach(() => { jest.restoreAllMocks(); });

  it('is uploaded for its command, once there is a way; the command then names it', async () => {
    const fetched = answers(() => { throw new TypeError('no network'); }, () => Response.json({ status: 'success', data: { ...reference, expires_at: 'later' } }));
    const asked = client.command(rename, input, { id: 's1' });
    await settle(600);
    await expect(asked).resolves.toEqual({ ok: true });
    expect(fetched).toHaveBeenCalledTimes(2);
    expect(fetched.mock.calls[1]).toEqual(['http://localhost:5000/api/blobs?for=cmd.acme.vps.server.s1.rename', expect.objectContaining({ method: 'POST', body: new TextEncoder().encode(JSON.stringify(input)), headers: { 'content-type': 'application/json', authorization: 'Bearer secret' } })]);
    expect(gateway.received.at(-1)).toMatchObject({ op: 'cmd', data: reference });
  });

  it('is refused in the gateway\'s words, and the connection stays', async () => {
    answers(() => Response.json({ status: 'error', code: 'DENIED', message: 'No.', retryable: false }, { status: 403 }));
    await expect(client.command(rename, input, { id: 's1' })).rejects.toMatchObject({ code: 'DENIED', message: 'No.' });
    // Characters of three bytes each: what counts is bytes.
    await expect(client.command(rename, { name: '€'.repeat(16_000) }, { id: 's1' })).resolves.toEqual({ ok: true });
    await expect(client.command(rename, { name: 'x'.repeat(9_000_000) }, { id: 's1' })).rejects.toMatchObject({ code: 'TOO_LARGE', retryable: false });
  });
});
