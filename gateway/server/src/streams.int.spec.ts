/** js_sub against a real stream: resume, reset, credit, and what NATS goes through. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { declarationsOf, provision } from '@xanthus/jetstream';
import { eventually } from '@xanthus/testing';
import { isMessage, Socket, type Data } from './socket.fixture.js';
import { startTestGateway, type Person, type TestGateway } from './testing.fixture.js';

let t: TestGateway;
let person: Person;
beforeAll(async () => {
  t = await startTestGateway({ XANTHUS_WS_QUEUE_FRAMES: '50' });
  person = await t.person('acme', { streams: { VPS: ['evt.acme.>'], VPS_METRICS: ['met.acme.>'] } });
});
afterAll(async () => { await t?.stop(); });

const sockets: Socket[] = [];
afterEach(() => { for (const socket of sockets.splice(0)) socket.close(); });
const connect = async (): Promise<Socket> => {
  const socket = await Socket.live(t.gateway.url, await t.token(person));
  sockets.push(socket);
  return socket;
};
const follow = async (socket: Socket, data: object): Promise<Data> => (await socket.ask({ op: 'js_sub', target: 'VPS', data: { filter: 'evt.acme.>', ...data } })).data;
const events = async (n: number, id = 's1'): Promise<number[]> => {
  const seqs: number[] = [];
  for (let i = 0; i < n; i++) seqs.push(await t.event('acme', id, i));
  return seqs;
};
const seqsOf = (socket: Socket): number[] => socket.frames.filter(isMessage('js:VPS')).map(f => f.data.seq ?? 0);
/** Nothing missing, nothing twice, in order: as a client proves it, by `prev ≤ position < seq`, `in_sync` and `position` moving it on. @returns sequences */
const proves = (socket: Socket, start: number): number[] => {
  let position = start;
  return socket.frames.filter(f => f.op === 'msg').flatMap(({ data: { kind, seq = -1, prev = -1 } }) => {
    if (kind === undefined) {
      expect(prev).toBeLessThanOrEqual(position);
      expect(seq).toBeGreaterThan(position);
    }
    position = Math.max(position, seq);
    return kind === undefined ? [seq] : [];
  });
};

describe('resume', () => {
  it('delivers after a cut exactly what was missed, then goes on live', async () => {
    const first = await connect();
    const { epoch } = await follow(first, {});
    await first.until(f => f.data?.kind === 'in_sync');
    const seen = await events(3);
    await first.collect(3, isMessage('js:VPS'));
    first.close();
    const missed = [...await events(700, 's2'), await t.event('globex', 's9', 1)].slice(0, -1);
    const second = await connect();
    const reply = await follow(second, { last_seq: seen[2], epoch });
    expect(reply).toMatchObject({ status: 'resumed', epoch, from_seq: (seen[2] ?? 0) + 1 });
    const later = await events(2);
    await second.collect(702, isMessage('js:VPS'));
    expect(proves(second, seen[2] ?? 0)).toEqual([...missed, ...later]);
    expect(second.frames.filter(f => f.data?.kind === 'in_sync')).toHaveLength(1);
  });

  it('hands over to the tail without gap or repeat while messages pour in', async () => {
    const head = (await events(1))[0] ?? 0;
    const pouring = new AbortController();
    const poured: number[] = [];
    const pour = (async () => { for (let i = 0; !pouring.signal.aborted; i++) poured.push(...await events(1, `p${i % 7}`)); })();
    const all = await Promise.all([1, 2, 3, 4].map(connect));
    for (const socket of all) await follow(socket, { start_seq: head });
    for (const socket of all) await socket.until(f => f.data?.kind === 'in_sync');
    pouring.abort();
    await pour;
    for (const socket of all) {
      await socket.collect(poured.length + 1, isMessage('js:VPS'));
      expect(proves(socket, head - 1)).toEqual([head, ...poured]);
    }
  });

  it('never lies: each reason for a reset', async () => {
    const [seq = 0] = (await events(1));
    const socket = await connect();
    const { epoch, head_seq } = await follow(socket, {});
    const again = async (data: object): Promise<Data> => {
      await socket.ask({ op: 'unsub', target: 'js:VPS' });
      return follow(socket, data);
    };
    expect(await again({ last_seq: seq, epoch: 'another' })).toMatchObject({ status: 'reset', reason: 'epoch_changed', epoch });
    expect(await again({ last_seq: seq })).toMatchObject({ status: 'reset', reason: 'epoch_changed' });
    expect(await again({ last_seq: Number(head_seq) + 1_000, epoch })).toMatchObject({ status: 'reset', reason: 'ahead' });
    expect(await again({ last_seq: seq, epoch, last_time: '2001-01-01T00:00:00.000Z' })).toMatchObject({ status: 'reset', reason: 'epoch_changed' });
    const time = (await again({ start_seq: seq }), (await socket.until(f => f.data.seq === seq)).data['time']);
    expect(await again({ last_seq: seq, epoch, last_time: time })).toMatchObject({ status: 'resumed' });
  });

  it('says trimmed when what follows is no longer kept', async () => {
    const jsm = await jetstreamManager(t.nc);
    for (let i = 0; i < 5; i++) t.nc.publish('met.acme.vps.s1', `{"i":${i}}`);
    await t.nc.flush();
    const socket = await connect();
    const { epoch } = (await socket.ask({ op: 'js_sub', target: 'VPS_METRICS', data: { filter: 'met.acme.>', start_seq: 1 } })).data;
    await socket.collect(5, isMessage('js:VPS_METRICS'));
    await jsm.streams.purge('VPS_METRICS', { seq: 4 });
    await socket.ask({ op: 'unsub', target: 'js:VPS_METRICS' });
    const reply = await socket.ask({ op: 'js_sub', target: 'VPS_METRICS', data: { filter: 'met.acme.>', last_seq: 2, epoch, start_seq: 1 } });
    expect(reply.data).toMatchObject({ status: 'reset', reason: 'trimmed', from_seq: 1 });
    expect((await socket.collect(7, isMessage('js:VPS_METRICS'))).slice(5).map(f => f.data.seq)).toEqual([4, 5]);
  });

  it('catches up over large messages without being taken for slow', async () => {
    const text = 'x'.repeat(300_000);
    for (let i = 0; i < 20; i++) t.nc.publish('met.acme.vps.big', JSON.stringify({ i, text }));
    for (let i = 20; i < 200; i++) t.nc.publish('met.acme.vps.big', JSON.stringify({ i, text: text.slice(0, 20_000) }));
    await t.nc.flush();
    const socket = await connect();
    await socket.ask({ op: 'js_sub', target: 'VPS_METRICS', data: { filter: 'met.acme.vps.big', start_seq: 1 } });
    await socket.until(f => f.data?.kind === 'in_sync');
    expect(socket.frames.filter(isMessage('js:VPS_METRICS')).map(f => (f.data['payload'] as { i: number }).i)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  it('is counted by how it began; who is behind is seen, with what is queued', async () => {
    const metric = async (name: string): Promise<number> => Number(new RegExp(`${name}[^\\n]* ([\\d.]+)\\n`).exec(await (await fetch(`${t.gateway.url}/metrics`)).text())?.[1] ?? Number.NaN);
    for (const labels of ['status="resumed",reason="none"', 'status="reset",reason="trimmed"', 'status="reset",reason="ahead"']) expect(await metric(`xanthus_ws_subscribed_total\\{${labels}`)).toBeGreaterThanOrEqual(1);
    expect(await metric('xanthus_ws_rights_age_seconds')).toBeLessThan(10);
    const socket = await connect();
    socket.ws.pause();
    socket.send({ op: 'js_sub', target: 'VPS_METRICS', data: { filter: 'met.acme.vps.big', start_seq: 1 } });
    await eventually(async () => (await metric('xanthus_ws_catch_up_lag_max')) > 50 && (await metric('xanthus_ws_catching_up')) === 1 && (await metric('xanthus_ws_queue_bytes_max')) > 50_000);
    socket.ws.resume();
    await socket.until(f => f.data?.kind === 'in_sync');
    await eventually(async () => (await metric('xanthus_ws_catch_up_lag_max')) === 0 && (await metric('xanthus_ws_queue_bytes')) === 0);
  });

  it('starts at a time, at the head, and after what has gone', async () => {
    await events(2);
    const stored = Date.now();
    await eventually(() => Date.now() > stored + 1);
    const between = new Date().toISOString();
    const [a, b] = await events(2);
    const [atTime, atHead, beyond] = [await connect(), await connect(), await connect()];
    await follow(atTime, { start_time: between });
    await atTime.collect(2, isMessage('js:VPS'));
    expect(seqsOf(atTime)).toEqual([a, b]);
    await follow(atHead, {});
    await follow(beyond, { start_time: '2999-01-01T00:00:00Z' });
    const [c] = await events(1);
    for (const socket of [atHead, beyond]) {
      await socket.collect(1, isMessage('js:VPS'));
      expect(seqsOf(socket)).toEqual([c]);
    }
  });
});

describe('credit', () => {
  it('delivers as many as granted and goes on where it stopped', async () => {
    const [first = 0] = await events(10);
    const socket = await connect();
    await follow(socket, { start_seq: first, credit: 3 });
    await socket.collect(3, isMessage('js:VPS'));
    await socket.ask({ op: 'ping' });
    expect(seqsOf(socket)).toEqual([first, first + 1, first + 2]);
    socket.send({ op: 'credit', target: 'js:VPS', data: { filter: 'evt.acme.>', n: 20 } });
    await socket.until(f => f.data?.kind === 'in_sync');
    const live = await events(20);
    await socket.collect(23, isMessage('js:VPS'));
    await socket.ask({ op: 'ping' });
    expect(seqsOf(socket)).toEqual([...Array.from({ length: 10 }, (_, i) => first + i), ...live.slice(0, 13)]);
  });
});

describe('what NATS goes through', () => {
  it('tells, pauses and goes on when NATS is killed and comes back', async () => {
    const socket = await connect();
    const { head_seq } = await follow(socket, {});
    await socket.until(f => f.data?.kind === 'in_sync');
    const before = await events(3);
    await socket.collect(3, isMessage('js:VPS'));
    await t.nats.kill9();
    expect((await socket.until(f => f.op === 'error')).data).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect((await socket.ask({ op: 'ping' })).op).toBe('pong');
    await t.nats.restart();
    await eventually(() => t.nc.rtt());
    const after = await events(5);
    await socket.collect(8, isMessage('js:VPS'));
    expect(proves(socket, Number(head_seq))).toEqual([...before, ...after]);
    expect(socket.closed).toBeUndefined();
    await socket.collect(2, f => f.op === 'cap_update');
    expect(socket.frames.filter(f => f.op === 'cap_update')).toHaveLength(2);
  });

  it('resets everyone when the stream is made anew', async () => {
    const socket = await connect();
    const { epoch } = (await socket.ask({ op: 'js_sub', target: 'VPS_METRICS', data: { filter: 'met.acme.>', start_seq: 1 } })).data;
    await socket.until(f => f.data?.kind === 'in_sync');
    const jsm = await jetstreamManager(t.nc);
    await jsm.streams.delete('VPS_METRICS');
    await provision(t.nc, [declarationsOf('vps', { metrics: true })], { replicas: 1 });
    t.nc.publish('met.acme.vps.s1', '{"new":true}');
    const reset = await socket.until(f => f.data?.kind === 'reset');
    expect(reset.data).toMatchObject({ reason: 'epoch_changed', from_seq: 1 });
    expect(reset.data.epoch).not.toBe(epoch);
    const after = await socket.until(f => f.target === 'js:VPS_METRICS' && (f.data['payload'] as { new?: boolean })?.new === true);
    expect(after.data).toMatchObject({ seq: 1, prev: 0 });
  });
});
