/** A stream as NATS tells it: what is followed is of one incarnation, or it ends. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { eventually, startNats, type TestNats } from '@xanthus/testing';
import { natsStreams } from './nats-stream-source.js';
import type { StoredMessage, StreamSource } from './stream-source.js';

let nats: TestNats;
let nc: NatsConnection;
let jsm: JetStreamManager;
let source: StreamSource;
beforeAll(async () => {
  nats = await startNats();
  nc = await nats.connect();
  jsm = await jetstreamManager(nc);
  source = (await natsStreams(nc))('S');
});
afterAll(async () => { await nats?.stop(); });

const create = (limits: object = {}): Promise<unknown> => jsm.streams.add({ name: 'S', subjects: ['s.>'], allow_direct: true, ...limits });
const publish = async (...texts: string[]): Promise<void> => { for (const text of texts) await jetstream(nc).publish('s.a', text); };
beforeEach(async () => {
  await jsm.streams.delete('S').catch(() => undefined);
  await create();
});

const following = async (after: number) => {
  const told: string[] = [];
  const broken: string[] = [];
  const { epoch } = await source.facts();
  const { stop } = await source.follow({ after, epoch }, (m: StoredMessage) => told.push(`${m.seq} ${Buffer.from(m.data).toString()}`), reason => broken.push(reason));
  return { told, broken, stop };
};

describe('follow', () => {
  it('tells every message after a sequence', async () => {
    await publish('a', 'b');
    const f = await following(1);
    await publish('c');
    await eventually(() => f.told.length === 2);
    expect(f.told).toEqual(['2 b', '3 c']);
    f.stop();
  });

  it('ends when the stream is made anew, and tells nothing of the new one', async () => {
    const f = await following(0);
    await publish('old');
    await eventually(() => f.told.length === 1);
    await jsm.streams.delete('S');
    await create();
    await publish('new 1', 'new 2', 'new 3');
    await eventually(() => f.broken.length === 1);
    await publish('new 4');
    await nc.flush();
    expect(f.told).toEqual(['1 old']);
  });

  it('ends when its consumer is lost, instead of going on unseen with another', async () => {
    const f = await following(0);
    const [consumer] = await jsm.consumers.list('S').next();
    await jsm.consumers.delete('S', consumer?.name ?? '');
    await eventually(() => f.broken.length === 1);
    expect((await jsm.streams.info('S')).state.consumer_count).toBe(0);
  });

  it('does not begin on another incarnation than the one that was looked at', async () => {
    const { epoch } = await source.facts();
    await jsm.streams.delete('S');
    await expect(source.follow({ after: 0, epoch }, () => {}, () => {})).rejects.toMatchObject({ problem: { code: 'UNAVAILABLE', retryable: true } });
    await create();
    await expect(source.follow({ after: 0, epoch }, () => {}, () => {})).rejects.toMatchObject({ problem: { code: 'UNAVAILABLE' } });
    await eventually(async () => (await jsm.streams.info('S')).state.consumer_count === 0);
  });
});

describe('facts', () => {
  it('say whether messages may go', async () => {
    expect((await source.facts()).trimmable).toBe(true);
    await jsm.streams.delete('S');
    await create({ deny_purge: true, deny_delete: true });
    expect((await source.facts()).trimmable).toBe(false);
    await jsm.streams.delete('S');
    await create({ deny_purge: true, deny_delete: true, max_age: 60_000_000_000 });
    expect((await source.facts()).trimmable).toBe(true);
  });

  it('have the time of the server, and no stream is no stream', async () => {
    expect(Math.abs((await source.facts()).at - Date.now())).toBeLessThan(60_000);
    await jsm.streams.delete('S');
    await expect(source.facts()).rejects.toMatchObject({ problem: { code: 'NOT_FOUND' } });
    await expect(source.timeOf(1)).rejects.toMatchObject({ problem: { code: 'UNAVAILABLE' } });
    await expect(source.firstAt(new Date(0).toISOString())).rejects.toMatchObject({ problem: { code: 'UNAVAILABLE' } });
  });
});
