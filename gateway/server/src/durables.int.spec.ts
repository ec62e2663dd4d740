/** Durable subscriptions against real JetStream, on two gateways: what was not acknowledged comes again, one holder, nothing passed over. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { declarationsOf, provision } from '@xanthus/jetstream';
import { eventually } from '@xanthus/testing';
import { startGateway, type RunningGateway } from './index.js';
import { isMessage, Socket, type Data, type Frame } from './socket.fixture.js';
import { startTestGateway, type Person, type TestGateway } from './testing.fixture.js';

let t: TestGateway;
let other: RunningGateway;
let jsm: JetStreamManager;
let person: Person;
const RIGHTS = { streams: { VPS: ['evt.acme.>'], VPS_METRICS: ['met.acme.>'] } };
beforeAll(async () => {
  t = await startTestGateway({ XANTHUS_WS_QUEUE_FRAMES: '50' });
  other = await startGateway(t.environment);
  jsm = await jetstreamManager(t.nc);
  person = await t.person('acme', RIGHTS);
});
afterAll(async () => {
  await other?.stop();
  await t?.stop();
});

const sockets: Socket[] = [];
afterEach(() => { for (const socket of sockets.splice(0)) socket.close(); });
const connect = async (who = person, url = t.gateway.url): Promise<Socket> => {
  const socket = await Socket.live(url, await t.token(who));
  sockets.push(socket);
  return socket;
};
const follow = async (socket: Socket, durable: string, data: object = {}): Promise<Data> =>
  (await socket.ask({ op: 'js_sub', target: 'VPS', data: { filter: 'evt.acme.>', durable, ...data } })).data;
const acknowledge = async (socket: Socket, durable: string, ack_seq: number, n = 0): Promise<void> => {
  socket.send({ op: 'credit', target: 'js:VPS', data: { durable, n, ack_seq } });
  await socket.ask({ op: 'ping' });
};
const events = async (n: number, id = 's1'): Promise<number[]> => {
  const seqs: number[] = [];
  for (let i = 0; i < n; i++) seqs.push(await t.event('acme', id, i));
  return seqs;
};
const got = (socket: Socket): (number | undefined)[] => socket.frames.filter(isMessage('js:VPS')).map(f => f.data.seq);
const again = (frames: readonly Frame[]): (number | undefined)[] => frames.filter(f => f.data['redelivered'] === true).map(f => f.data.seq);
const floorOf = async (durable: string, who = person): Promise<number | undefined> =>
  (await jsm.consumers.info('VPS', `acme_${who.id}_${durable}`).catch(() => undefined))?.ack_floor.stream_seq;
const api = async (path: string, method = 'GET', who = person): Promise<{ status: number; data: unknown }> => {
  const response = await fetch(`${t.gateway.url}${path}`, { method, headers: { authorization: `Bearer ${await t.token(who)}` } });
  return { status: response.status, data: ((await response.json()) as { data?: unknown }).data };
};

describe('a durable subscription', () => {
  it('goes on after what was acknowledged, on another gateway too; the rest comes again and says so', async () => {
    const first = await connect();
    const { epoch, status } = await follow(first, 'billing');
    expect(status).toBe('subscribed');
    await first.until(f => f.data?.kind === 'in_sync');
    const seqs = await events(5);
    const frames = await first.collect(5, isMessage('js:VPS'));
    expect(frames.map(f => f.data)).toEqual(seqs.map((seq, i) => expect.objectContaining({ filter: 'evt.acme.>', durable: 'billing', seq, prev: i === 0 ? expect.any(Number) : seqs[i - 1], payload: { n: i } })));
    await acknowledge(first, 'billing', seqs[2] ?? 0);
    await eventually(async () => await floorOf('billing') === seqs[2]);
    first.close();
    const more = await events(2);
    const second = await connect(person, other.url);
    expect(await follow(second, 'billing', { epoch })).toMatchObject({ status: 'resumed', epoch, from_seq: (seqs[2] ?? 0) + 1 });
    const rest = await second.collect(4, isMessage('js:VPS'));
    expect(rest.map(f => f.data.seq)).toEqual([...seqs.slice(3), ...more]);
    // The gateway that was left may have fetched what came right after.
    expect(again(rest)).toEqual(expect.arrayContaining(seqs.slice(3)));
    expect(rest.filter(f => f.data['redelivered'] === true && 'prev' in f.data)).toEqual([]);
    expect((await second.until(f => f.data?.kind === 'in_sync')).data).toMatchObject({ seq: more[1], prev: more[1], durable: 'billing' });
    const [last] = await events(1);
    expect((await second.until(f => f.data?.seq === last)).data).toMatchObject({ prev: more[1] });
  });

  it('is held by the latest that asked, on whichever gateway; nothing is passed over', async () => {
    const old = await connect();
    await follow(old, 'held');
    const [a] = await events(1);
    await old.collect(1, isMessage('js:VPS'));
    const now = await connect(person, other.url);
    expect(await follow(now, 'held')).toMatchObject({ status: 'resumed' });
    expect((await old.until(f => f.op === 'error')).data).toMatchObject({ code: 'TAKEN_OVER', retryable: false, details: { filter: 'evt.acme.>', durable: 'held' } });
    expect((await old.ask({ op: 'ping' })).op).toBe('pong');
    const later = await events(30);
    // What went to the one that has just left comes again, and all before it with it.
    await eventually(() => String([...new Set(got(now))]) === String([a, ...later]));
    expect(got(old)).toEqual([a]);
    // and back again
    expect(await follow(old, 'held')).toMatchObject({ status: 'resumed' });
    await now.until(f => f.data?.code === 'TAKEN_OVER');
  });

  it('keeps to its credit and to what the queue takes', async () => {
    const [first = 0] = await events(300, 'many');
    const socket = await connect();
    await follow(socket, 'slow', { start_seq: first, credit: 3 });
    await socket.collect(3, isMessage('js:VPS'));
    await socket.ask({ op: 'ping' });
    expect(got(socket)).toEqual([first, first + 1, first + 2]);
    await acknowledge(socket, 'slow', first + 2, 297);
    await socket.collect(300, isMessage('js:VPS'));
    expect(got(socket)).toEqual(Array.from({ length: 300 }, (_, i) => first + i));
    expect(socket.closed).toBeUndefined();
  });

  it('passes over nothing: a delivery that somebody else got makes everything that is not acknowledged come again', async () => {
    const socket = await connect();
    await follow(socket, 'robbed', { credit: 1 });
    const seqs = await events(4, 'robbed');
    await socket.collect(1, isMessage('js:VPS'));
    const thief = await jetstream(t.nc).consumers.get('VPS', `acme_${person.id}_robbed`);
    expect((await thief.next({ expires: 30_000 }))?.seq).toBe(seqs[1]);
    socket.send({ op: 'credit', target: 'js:VPS', data: { durable: 'robbed', n: 20 } });
    await eventually(() => String([...new Set(got(socket))]) === String(seqs));
    expect(got(socket)).toEqual([seqs[0], ...seqs]);
    await acknowledge(socket, 'robbed', seqs[3] ?? 0);
    await eventually(async () => await floorOf('robbed') === seqs[3]);
  });

  it('stands beside an ordinary one with the same filter, and ends with unsub without being forgotten', async () => {
    const socket = await connect();
    expect((await socket.ask({ op: 'js_sub', target: 'VPS', data: { filter: 'evt.acme.>' } })).data).toMatchObject({ status: 'subscribed' });
    await follow(socket, 'beside');
    expect((await socket.ask({ op: 'js_sub', target: 'VPS', data: { filter: 'evt.acme.>', durable: 'beside' } })).data).toMatchObject({ code: 'ALREADY_SUBSCRIBED' });
    const [seq] = await events(1);
    const frames = await socket.collect(2, isMessage('js:VPS'));
    expect(frames.map(f => [f.data.seq, f.data['durable']])).toEqual(expect.arrayContaining([[seq, undefined], [seq, 'beside']]));
    expect((await socket.ask({ op: 'unsub', target: 'js:VPS', data: { durable: 'beside' } })).data).toEqual({ status: 'ended' });
    expect((await socket.ask({ op: 'credit', target: 'js:VPS', data: { filter: 'evt.acme.>', n: 0, ack_seq: seq } })).data).toMatchObject({ code: 'BAD_FRAME' });
    expect(await follow(socket, 'beside')).toMatchObject({ status: 'resumed', from_seq: seq });
  });

  it('says when it cannot go on: another filter, forgotten, another stream', async () => {
    const socket = await connect();
    const { epoch } = await follow(socket, 'resets');
    await socket.ask({ op: 'unsub', target: 'js:VPS', data: { durable: 'resets' } });
    expect(await follow(socket, 'resets', { epoch, filter: 'evt.acme.vps.server.*' })).toMatchObject({ status: 'reset', reason: 'filter_changed' });
    await socket.ask({ op: 'unsub', target: 'js:VPS', data: { durable: 'resets' } });
    await jsm.consumers.delete('VPS', `acme_${person.id}_resets`);
    expect(await follow(socket, 'resets', { epoch })).toMatchObject({ status: 'reset', reason: 'trimmed' });
    const samples = await socket.ask({ op: 'js_sub', target: 'VPS_METRICS', data: { filter: 'met.acme.>', durable: 'samples' } });
    await socket.until(f => f.target === 'js:VPS_METRICS' && f.data?.kind === 'in_sync');
    await jsm.streams.delete('VPS_METRICS');
    await provision(t.nc, [declarationsOf('vps', { metrics: true })], { replicas: 1 });
    const reset = await socket.until(f => f.target === 'js:VPS_METRICS' && f.data?.kind === 'reset');
    expect(reset.data).toMatchObject({ reason: 'epoch_changed', durable: 'samples', filter: 'met.acme.>' });
    expect(reset.data.epoch).not.toBe(samples.data.epoch);
    t.nc.publish('met.acme.vps.s1', '{"new":true}');
    expect((await socket.until(isMessage('js:VPS_METRICS'))).data).toMatchObject({ payload: { new: true }, durable: 'samples' });
  });
});

describe('its owner', () => {
  it('has at most eight, sees them, deletes them; whoever holds one is told', async () => {
    const owner = await t.person('acme', RIGHTS);
    const socket = await connect(owner);
    const refused: Data[] = [];
    for (let i = 0; i < 9; i++) refused.push(await follow(socket, `d-${i}`));
    expect(refused.map(r => r.code ?? r.status)).toEqual([...Array.from({ length: 8 }, () => 'subscribed'), 'TOO_MANY_SUBSCRIPTIONS']);
    const { data } = await api('/api/durables', 'GET', owner) as { data: { name: string }[] };
    expect(data).toHaveLength(8);
    expect(data.find(d => d.name === 'd-3')).toMatchObject({ stream: 'VPS', filter: 'evt.acme.>', pending: 0, acknowledged: expect.any(Number), created_at: expect.any(String), unused_days: 7 });
    expect((await jsm.consumers.info('VPS', `acme_${owner.id}_d-3`)).config).toMatchObject({ ack_policy: 'all', inactive_threshold: 7 * 86_400 * 1e9, filter_subject: 'evt.acme.>' });
    expect((await api('/api/durables/VPS/d-3', 'DELETE', owner)).status).toBe(200);
    expect((await socket.until(f => f.op === 'error' && f.inbox === undefined)).data).toMatchObject({ code: 'NOT_FOUND', details: { durable: 'd-3' } });
    expect((await api('/api/durables/VPS/d-3', 'DELETE', owner)).status).toBe(404);
    expect((await api('/api/durables/VPS/d-4', 'DELETE', person)).status).toBe(404);
    expect(await follow(socket, 'd-9')).toMatchObject({ status: 'subscribed' });
  });

  it('loses what nobody uses, after the time that is shortened here, and is told when it comes back; what is held stays', async () => {
    const owner = await t.person('acme', RIGHTS);
    const [socket, holder] = [await connect(owner), await connect(owner)];
    const { epoch } = await follow(socket, 'unused');
    await follow(holder, 'used');
    for (const name of ['unused', 'used']) await jsm.consumers.update('VPS', `acme_${owner.id}_${name}`, { inactive_threshold: 500 * 1e6 });
    socket.close();
    await eventually(async () => await floorOf('unused', owner) === undefined);
    const back = await connect(owner);
    expect(await follow(back, 'unused', { epoch })).toMatchObject({ status: 'reset', reason: 'trimmed' });
    // Older than the other, and there: somebody waits for its messages.
    const [seq] = await events(1);
    await holder.until(f => f.data?.seq === seq);
    expect((await api('/api/durables', 'GET', owner)).data).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'used' })]));
  });

  it('loses them with the right, held or not, and nobody else does', async () => {
    const owner = await t.person('acme', RIGHTS);
    const socket = await connect(owner);
    await follow(socket, 'kept', { filter: 'evt.acme.vps.server.a' });
    await follow(socket, 'left');
    await follow(socket, 'held');
    await socket.ask({ op: 'unsub', target: 'js:VPS', data: { durable: 'left' } });
    const mine = await connect();
    await follow(mine, 'mine');
    await t.grant(owner, { streams: { VPS: ['evt.acme.vps.server.a'] } });
    expect((await socket.until(f => f.op === 'error')).data).toMatchObject({ code: 'REVOKED' });
    await eventually(async () => (await Promise.all(['left', 'held'].map(name => floorOf(name, owner)))).every(floor => floor === undefined));
    expect(await floorOf('kept', owner)).toBeDefined();
    expect(await floorOf('mine')).toBeDefined();
    expect((await follow(socket, 'held')).code).toBe('DENIED');
  });
});

describe('an outage', () => {
  it('loses nothing when NATS is killed', async () => {
    const socket = await connect(await t.person('acme', RIGHTS));
    await follow(socket, 'outage');
    const before = await events(3);
    await socket.collect(3, isMessage('js:VPS'));
    await acknowledge(socket, 'outage', before[0] ?? 0);
    await t.nats.kill9();
    await t.nats.restart();
    await eventually(() => t.nc.rtt());
    const after = await events(3);
    await eventually(() => String([...new Set(got(socket))]) === String([...before, ...after]));
    expect(socket.closed).toBeUndefined();
  });
});
