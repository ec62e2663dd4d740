/** A stream that is made anew, put back from an old copy, purged or trimmed while it is followed: nobody takes it for the one before. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { eventually, tempDir } from '@xanthus/testing';
import { Socket, type Data } from './socket.fixture.js';
import { startTestGateway, type Person, type TestGateway } from './testing.fixture.js';

let t: TestGateway;
let person: Person;
let jsm: JetStreamManager;
beforeAll(async () => {
  t = await startTestGateway();
  person = await t.person('acme', { streams: { 'S*': ['s.>'], '*': ['s.>'] } });
  jsm = await jetstreamManager(t.nc);
});
afterAll(async () => { await t?.stop(); });

let made = 0;
let stream = '';
const create = (): Promise<unknown> => eventually(() => jsm.streams.add({ name: stream, subjects: [`s.${stream}.*`], allow_direct: true }));
const recreate = async (): Promise<void> => {
  await jsm.streams.delete(stream);
  await create();
};
const publish = async (n: number, what: string): Promise<void> => {
  for (let i = 0; i < n; i++) {
    const msgID = `${what}-${made}-${i}`;
    await eventually(() => jetstream(t.nc).publish(`s.${stream}.a`, JSON.stringify(what), { msgID, timeout: 1_000 }));
  }
};
beforeEach(async () => {
  stream = `S${++made}`;
  await create();
});

const sockets: Socket[] = [];
afterEach(() => { for (const socket of sockets.splice(0)) socket.close(); });
const connect = async (): Promise<Socket> => {
  const socket = await Socket.live(t.gateway.url, await t.token(person));
  sockets.push(socket);
  return socket;
};
const follow = async (socket: Socket, data: object = {}): Promise<Data> => (await socket.ask({ op: 'js_sub', target: stream, data: { filter: 's.>', ...data } })).data;
const grant = (socket: Socket, n: number): void => socket.send({ op: 'credit', target: `js:${stream}`, data: { filter: 's.>', n } });
/** Since `from`: what was delivered, and each reset. */
const story = (socket: Socket, from = 0): unknown[] =>
  socket.frames.slice(from).flatMap(({ op, target, data }) => (op !== 'msg' || target !== `js:${stream}` ? [] : data.kind === 'reset' ? [`reset ${String(data['reason'])}`] : data.kind === undefined ? [data['payload']] : []));
const times = <T>(n: number, what: T): T[] => Array.from({ length: n }, () => what);

describe('a stream made anew', () => {
  it('is told before the first of its messages to those who are live', async () => {
    const socket = await connect();
    await follow(socket, { start_seq: 1 });
    await publish(3, 'old');
    await socket.until(f => f.data?.['payload'] === 'old');
    await recreate();
    await publish(3, 'new');
    await socket.collect(3, f => f.data?.['payload'] === 'new');
    expect(story(socket)).toEqual([...times(3, 'old'), 'reset epoch_changed', ...times(3, 'new')]);
  });

  it('is told before the first of its messages to those who catch up', async () => {
    await publish(20, 'old');
    const socket = await connect();
    await follow(socket, { start_seq: 1, credit: 5 });
    await socket.collect(5, f => f.data?.['payload'] === 'old');
    await recreate();
    await publish(30, 'new');
    grant(socket, 100);
    await socket.collect(30, f => f.data?.['payload'] === 'new');
    const before = story(socket).indexOf('reset epoch_changed');
    expect(before).toBeLessThanOrEqual(10); // a page may have been read ahead
    expect(story(socket)).toEqual([...times(before, 'old'), 'reset epoch_changed', ...times(30, 'new')]);
  });

  it('while it is away a subscription is refused for now, then the resume is a reset', async () => {
    const live = await connect();
    const { epoch } = await follow(live);
    await publish(2, 'old');
    await live.collect(2, f => f.data?.['payload'] === 'old');
    await jsm.streams.delete(stream);
    const late = await connect();
    expect(await follow(late, { last_seq: 1, epoch })).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    await create();
    await publish(1, 'new');
    const answer = await eventually(async () => {
      const data = await follow(late, { last_seq: 1, epoch, start_seq: 1 });
      return data.code === undefined && data;
    });
    expect(answer).toMatchObject({ status: 'reset', reason: 'epoch_changed', from_seq: 1 });
    await late.until(f => f.data?.['payload'] === 'new');
    expect(story(late)).toEqual(['new']);
  });
});

describe('a stream that is trimmed', () => {
  it('says so to a reader whose next messages went before it came to them', async () => {
    await publish(30, 'x');
    const socket = await connect();
    await follow(socket, { start_seq: 1, credit: 5 });
    await socket.collect(5, f => f.data?.['payload'] === 'x');
    await jsm.streams.purge(stream, { seq: 21 });
    grant(socket, 100);
    await socket.until(f => f.data?.seq === 30);
    const before = story(socket).indexOf('reset trimmed');
    expect(before).toBeLessThanOrEqual(10); // a page may have been read ahead
    expect(story(socket)).toEqual([...times(before, 'x'), 'reset trimmed', ...times(10, 'x')]);
    expect(socket.frames.filter(f => f.data?.['payload'] === 'x').map(f => f.data.seq)).toEqual([...Array.from({ length: before }, (_, i) => i + 1), ...Array.from({ length: 10 }, (_, i) => i + 21)]);
  });

  it('says nothing to a reader who had read what went, nor to one who begins with the first that is kept', async () => {
    await publish(20, 'x');
    const [reading, late] = [await connect(), await connect()];
    await follow(reading, { start_seq: 1, credit: 5 });
    await reading.collect(5, f => f.data?.['payload'] === 'x');
    await jsm.streams.purge(stream, { seq: 6 });
    await follow(late, { start_seq: 1 });
    grant(reading, 100);
    await reading.collect(20, f => f.data?.['payload'] === 'x');
    await late.until(f => f.data?.kind === 'in_sync');
    expect(story(reading)).toEqual(times(20, 'x'));
    expect(story(late)).toEqual(times(15, 'x'));
  });

  it('says so to a resume after a purge, and goes on with what comes', async () => {
    const first = await connect();
    const { epoch } = await follow(first, { start_seq: 1 });
    await publish(10, 'x');
    await first.collect(10, f => f.data?.['payload'] === 'x');
    await jsm.streams.purge(stream);
    const second = await connect();
    expect(await follow(second, { last_seq: 9, epoch })).toMatchObject({ status: 'reset', reason: 'trimmed', from_seq: 11, head_seq: 10 });
    expect(await follow(await connect(), { last_seq: 10, epoch })).toMatchObject({ status: 'resumed', from_seq: 11 });
    await publish(1, 'y');
    await second.until(f => f.data?.['payload'] === 'y');
    expect(story(second)).toEqual(['y']);
  });
});

describe('a store put back from an old copy', () => {
  it('is told to who is live and to who resumes, even when it has grown past what they had', async () => {
    const [live, gone] = [await connect(), await connect()];
    await publish(5, 'kept');
    await t.nats.kill9();
    const copy = await tempDir('xanthus-copy-');
    await cp(t.nats.storeDir, join(copy.path, 'store'), { recursive: true });
    await t.nats.restart();
    await eventually(async () => (await jsm.streams.info(stream)).state.last_seq === 5);
    const { epoch } = await eventually(async () => { const data = await follow(live, { start_seq: 1 }); return data.code === undefined && data; });
    await follow(gone, { start_seq: 1 });
    await publish(5, 'lost');
    const last = (await gone.until(f => f.data?.seq === 7)).data;
    await live.until(f => f.data?.seq === 10);
    gone.close();

    await t.nats.kill9();
    await rm(t.nats.storeDir, { recursive: true });
    await cp(join(copy.path, 'store'), t.nats.storeDir, { recursive: true });
    await t.nats.restart();
    await publish(9, 'after');
    await live.until(f => f.data?.kind === 'reset');
    await live.collect(9, f => f.data?.['payload'] === 'after');
    expect(story(live)).toEqual([...times(5, 'kept'), ...times(5, 'lost'), 'reset epoch_changed', ...times(5, 'kept'), ...times(9, 'after')]);
    const again = await connect();
    expect(await follow(again, { last_seq: 7, last_time: last['time'], epoch, start_seq: 1 })).toMatchObject({ status: 'reset', reason: 'epoch_changed', from_seq: 1 });
    await again.collect(14, f => f.data?.['payload'] !== undefined);
    await copy.remove();
  });
});
