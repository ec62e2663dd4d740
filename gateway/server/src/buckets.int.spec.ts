/** kv_sub against a real bucket: atomic from snapshot to live, resume, deletions. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@xanthus/testing';
import { Socket, type Data } from './socket.fixture.js';
import { startTestGateway, type Person, type TestGateway } from './testing.fixture.js';

let t: TestGateway;
let person: Person;
beforeAll(async () => {
  t = await startTestGateway();
  person = await t.person('acme');
});
afterAll(async () => { await t?.stop(); });

const sockets: Socket[] = [];
afterEach(() => { for (const socket of sockets.splice(0)) socket.close(); });
const connect = async (): Promise<Socket> => {
  const socket = await Socket.live(t.gateway.url, await t.token(person));
  sockets.push(socket);
  return socket;
};
const follow = async (socket: Socket, data: object): Promise<Data> => (await socket.ask({ op: 'kv_sub', target: 'vps', data })).data;
const synced = (socket: Socket): Promise<{ data: Data }> => socket.until(f => f.data?.kind === 'in_sync');
const isChange = (f: { op: string; target?: string; data: Data }): boolean => f.op === 'msg' && f.target === 'kv:vps' && f.data.key !== undefined;
/** What a client holds after these frames. */
const stateOf = (frames: readonly { op: string; target?: string; data: Data }[]): Record<string, unknown> => {
  const state: Record<string, unknown> = {};
  for (const { data } of frames.filter(isChange)) {
    if (data.kind === 'put') state[data.key ?? ''] = (data['value'] as { data: unknown }).data;
    else delete state[data.key ?? ''];
  }
  return state;
};

describe('kv_sub', () => {
  it('is atomic from snapshot to live while keys are being written', async () => {
    const history: { revision: number; key: string; n: number | undefined }[] = [];
    const writing = new AbortController();
    let n = 0;
    const write = async (): Promise<void> => {
      const key = `acme.servers.k${(n * 7) % 40}`;
      n++;
      if (n % 5 === 0) history.push({ revision: await t.del('vps', key), key, n: undefined });
      else history.push({ revision: await t.put('vps', key, { n }), key, n });
    };
    for (let i = 0; i < 200; i++) await write();
    const writer = (async () => { while (!writing.signal.aborted) await write(); })();
    for (let round = 0; round < 15; round++) {
      const socket = await connect();
      await follow(socket, { pattern: 'acme.servers.*' });
      const { data } = await synced(socket);
      const upTo = socket.frames.findIndex(f => f.data?.kind === 'in_sync');
      // As of one revision: exactly what had been written up to it.
      const state = stateOf(socket.frames.slice(0, upTo));
      const wanted: Record<string, unknown> = {};
      const last = await eventually(() => history.findIndex(h => h.revision === data.revision) + 1 || false);
      for (const h of history.slice(0, last)) {
        if (h.n === undefined) delete wanted[h.key];
        else wanted[h.key] = { n: h.n };
      }
      expect(state).toEqual(wanted);
      socket.close();
    }
    writing.abort();
    await writer;
    const socket = await connect();
    await follow(socket, { pattern: 'acme.servers.*' });
    await synced(socket);
    const final: Record<string, unknown> = {};
    for (const h of history) {
      if (h.n === undefined) delete final[h.key];
      else final[h.key] = { n: h.n };
    }
    expect(stateOf(socket.frames)).toEqual(final);
  });

  it('resumes with what changed since, deletions included, and resets otherwise', async () => {
    await t.put('vps', 'acme.keys.a', { v: 1 });
    await t.put('vps', 'acme.keys.b', { v: 1 });
    const first = await connect();
    const { epoch, status } = await follow(first, { pattern: 'acme.keys.*' });
    expect(status).toBe('subscribed');
    const { revision } = (await synced(first)).data;
    first.close();
    await t.del('vps', 'acme.keys.a');
    await t.put('vps', 'acme.keys.c', { v: 1 });
    await t.put('vps', 'acme.other.x', { v: 1 });
    const second = await connect();
    expect(await follow(second, { pattern: 'acme.keys.*', last_revision: revision, epoch })).toEqual({ status: 'resumed', epoch });
    await synced(second);
    expect(second.frames.filter(isChange).map(f => [f.data.kind, f.data.key])).toEqual([['del', 'acme.keys.a'], ['put', 'acme.keys.c']]);
    const third = await connect();
    expect(await follow(third, { pattern: 'acme.keys.*', last_revision: revision, epoch: 'old' })).toMatchObject({ status: 'reset', reason: 'epoch_changed' });
    await synced(third);
    expect(Object.keys(stateOf(third.frames)).sort()).toEqual(['acme.keys.b', 'acme.keys.c']);
    await third.ask({ op: 'unsub', target: 'kv:vps' });
    expect(await follow(third, { pattern: 'acme.keys.*', last_revision: 10_000_000, epoch })).toMatchObject({ status: 'reset', reason: 'ahead' });
  });

  it('chains prev for every change and tells values that are no JSON', async () => {
    const socket = await connect();
    await follow(socket, { pattern: 'acme.live.*' });
    const start = (await synced(socket)).data.revision ?? 0;
    const revisions = [await t.put('vps', 'acme.live.a', 1), await t.put('vps', 'acme.live.a', 2), await t.put('vps', 'acme.live.b', 3)];
    t.nc.publish('$KV.vps-a.acme.live.c', new Uint8Array([0xff, 0xfe]));
    const got = await socket.collect(4, isChange);
    expect(got.slice(0, 3).map(f => f.data.revision)).toEqual(revisions);
    let position = start;
    for (const { data } of got) {
      expect(data.prev).toBeLessThanOrEqual(position);
      expect(data.revision).toBeGreaterThan(position);
      position = data.revision ?? 0;
    }
    expect(got[3]?.data['value']).toEqual({ $base64: '//4=' });
  });

  it('never shows internal keys', async () => {
    const all = await t.person('acme', { buckets: { vps: ['>'] } });
    const socket = await Socket.live(t.gateway.url, await t.token(all));
    sockets.push(socket);
    t.nc.publish('$KV.vps-a._pos', '{"seq":1}');
    await t.put('vps', 'acme.servers.z', 1);
    await follow(socket, {});
    await synced(socket);
    expect(socket.frames.filter(isChange).filter(f => f.data.key?.startsWith('_'))).toEqual([]);
    expect((await socket.ask({ op: 'kv_sub', target: 'nope', data: {} })).data).toMatchObject({ code: 'DENIED' });
  });

  it('begins anew when the view was rebuilt in its other slot', async () => {
    await t.put('vps', 'acme.swap.old', 1);
    const socket = await connect();
    const { epoch } = await follow(socket, { pattern: 'acme.swap.*' });
    await synced(socket);
    for (const key of ['acme.swap.a', 'acme.swap.b', 'acme.other.c']) t.nc.publish(`$KV.vps-b.${key}`, JSON.stringify({ schema: 2, seq: 9, time: '2026-11-21T08:00:00.000Z', data: key }));
    t.nc.publish('$KV.views.vps', JSON.stringify({ slot: 'b', versions: {}, epoch: 'rebuilt', since: '2026-11-21T08:00:00.000Z' }));
    const reset = await socket.until(f => f.data?.kind === 'reset');
    expect(reset.data).toMatchObject({ reason: 'epoch_changed', pattern: 'acme.swap.*' });
    expect(reset.data.epoch).not.toBe(epoch);
    await socket.collect(2, f => f.data?.kind === 'in_sync');
    expect(stateOf(socket.frames.slice(socket.frames.indexOf(reset)))).toEqual({ 'acme.swap.a': 'acme.swap.a', 'acme.swap.b': 'acme.swap.b' });
    t.nc.publish('$KV.vps-b.acme.swap.a', JSON.stringify({ schema: 2, seq: 10, time: '2026-11-21T08:00:00.000Z', data: 'later' }));
    expect((await socket.until(f => (f.data?.['value'] as { data?: unknown } | undefined)?.data === 'later')).data).toMatchObject({ key: 'acme.swap.a' });
  });
});
