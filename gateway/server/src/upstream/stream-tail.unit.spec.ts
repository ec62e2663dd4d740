/** The hand-over between catching up and the shared tail, against a model of a stream: any order of things, nothing missing, nothing twice. */
import { describe, expect, it, jest } from '@jest/globals';
import { matches } from '@xanthus/proto';
import fc from 'fast-check';
import { Feed } from '../fan-out/feed.js';
import { Outbox } from '../fan-out/outbox.js';
import { readerPool } from './reader-pool.js';
import { StreamTail } from './stream-tail.js';
import type { SourcePage, StoredMessage, StreamSource } from './stream-source.js';

const SUBJECTS = ['evt.a.x', 'evt.a.y', 'evt.b.x'];
const FILTERS = ['evt.a.>', 'evt.*.x', 'evt.b.x', '>'];

/** A stream whose answers come when the test says so. */
class ModelStream implements StreamSource {
  epoch = 1;
  messages: StoredMessage[] = [];
  private last = 0;
  /** Steps that every stored message and every new stream moves on; ms. */
  private now = 0;
  private readonly open: (() => void)[] = [];
  private listener: ((m: StoredMessage) => void) | undefined;
  private told = 0;

  publish(subject: string): void {
    this.last++;
    this.now += 600;
    this.messages.push({ seq: this.last, subject, time: new Date(this.now).toISOString(), data: Buffer.from(`{"e":${this.epoch},"n":${this.last}}`) });
  }
  recreate(): void {
    this.epoch++;
    this.now += 600;
    this.messages = [];
    this.last = this.told = 0;
    this.listener = undefined;
  }
  /** Delivers one message to the tail. */
  tell(): boolean {
    const next = this.messages.find(m => m.seq > this.told);
    if (next === undefined || this.listener === undefined) return false;
    this.told = next.seq;
    this.listener(next);
    return true;
  }
  /** Answers one page that was asked for. */
  serve(): boolean {
    const answer = this.open.shift();
    answer?.();
    return answer !== undefined;
  }

  async facts() { return { epoch: String(this.epoch), first: this.messages[0]?.seq ?? this.last + 1, last: Math.max(this.last, this.messages.at(-1)?.seq ?? 0), at: this.now, trimmable: true }; }
  page(after: number, filter: string, max: number): Promise<SourcePage> {
    const epoch = this.epoch;
    return new Promise((resolve, reject) => this.open.push(() => {
      if (epoch !== this.epoch) return reject(new Error('gone'));
      const found = this.messages.filter(m => m.seq > after && matches(filter, m.subject));
      const page = found.slice(0, Math.min(max, 3)); // as a page that is full by size
      resolve({ messages: page, complete: found.length <= page.length });
    }));
  }
  async timeOf(seq: number) { return this.messages.find(m => m.seq === seq)?.time; }
  async firstAt() { return undefined; }
  async follow({ after, epoch }: { after: number; epoch: string }, onMessage: (m: StoredMessage) => void) {
    if (epoch !== String(this.epoch)) throw new Error('another one');
    this.told = after;
    this.listener = onMessage;
    return { stop: () => { if (this.listener === onMessage) this.listener = undefined; } };
  }
}

/** A client as the protocol wants it: it proves every message and keeps what it got since the last start. */
class ModelClient {
  readonly outbox: Outbox;
  feed: Feed;
  received: number[] = [];
  /** All of it, as a story. */
  readonly told: string[] = [];
  start: number;
  private position: number;
  private epoch: number;
  private wire: Buffer[] = [];
  private taken = 0;

  constructor(private readonly tail: StreamTail, readonly filter: string, from: number, readonly credit: number | undefined) {
    this.outbox = new Outbox({ write: (frames) => { this.wire.push(...frames); for (const f of frames) this.taken += f.length; }, pending: () => this.taken }, { bytes: 2_000, frames: 12 }, () => 0, () => {});
    this.start = this.position = from;
    this.epoch = Number(tail.channel.epoch);
    this.feed = this.attach(from);
  }
  attach(after: number): Feed {
    const feed = new Feed(this.tail.channel, this.filter, this.outbox, after, this.credit === undefined ? {} : { credit: this.credit });
    this.tail.add(feed, () => 0);
    feed.pump();
    return feed;
  }
  /** The connection is lost with whatever was under way; it resumes after what it has. */
  cut(): void {
    this.tail.remove(this.feed);
    this.feed.end();
    this.wire = [];
    this.taken = 0;
    if (this.epoch !== Number(this.tail.channel.epoch)) { // what `js_sub` would answer with `reset epoch_changed`
      this.epoch = Number(this.tail.channel.epoch);
      this.received = [];
      this.start = this.position = 0;
    }
    this.feed = this.attach(this.position);
  }
  read(): boolean {
    const frames = this.wire.splice(0);
    this.taken = 0;
    let granted = 0;
    for (const frame of frames.flatMap(f => JSON.parse(f.toString()) as Told[])) granted += this.take(frame);
    this.outbox.drained();
    if (this.credit !== undefined && granted > 0) this.feed.grant(granted);
    return frames.length > 0;
  }
  private take({ data: d }: Told): number {
    if (d.kind === 'reset') {
      this.told.push(`reset ${d.reason}`);
      this.epoch = Number(d.epoch);
      this.received = [];
      this.start = this.position = d.from_seq - 1;
      return 0;
    }
    expect(d.prev).toBeLessThanOrEqual(this.position); // also of in_sync and position
    if (d.kind === undefined) {
      expect(d.payload.e).toBe(this.epoch);
      expect(matches(this.filter, d.subject)).toBe(true);
      expect(d.seq).toBeGreaterThan(this.position);
      this.received.push(d.seq);
      this.told.push(`${d.seq} ${d.subject.split('.')[1]}`);
    }
    this.position = Math.max(this.position, d.seq);
    return d.kind === undefined ? 1 : 0;
  }
}

interface Told { readonly data: { kind?: string; reason?: string; seq: number; prev: number; subject: string; from_seq: number; epoch: string; payload: { e: number } } }
type Step = { do: 'publish'; subject: number } | { do: 'tell' | 'serve' | 'turn' | 'recreate' | 'check' | 'reconnect' | 'heartbeat' } | { do: 'read' | 'cut'; client: number } | { do: 'join'; filter: number; from: number; credit: boolean };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('publish' as const), subject: fc.nat(2) }) },
  { weight: 8, arbitrary: fc.constant({ do: 'tell' as const }) },
  { weight: 5, arbitrary: fc.constant({ do: 'serve' as const }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('read' as const), client: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.constant({ do: 'turn' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('join' as const), filter: fc.nat(3), from: fc.nat(20), credit: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const), client: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.constantFrom({ do: 'reconnect' as const }, { do: 'heartbeat' as const }, { do: 'check' as const }) },
);
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
const quiet = { warn: () => {} };
const PATIENCE = 60_000;
/** More to look for what is rare: RUNS=20000. */
const RUNS = Number(process.env['RUNS'] ?? 250);

const run = async (steps: readonly Step[], recreates: boolean): Promise<void> => {
  const stream = new ModelStream();
  for (let i = 0; i < 6; i++) stream.publish(SUBJECTS[i % 3] ?? '');
  // A ring so small that the hand-over happens at its edge again and again.
  const pool = readerPool(2);
  const tail = await StreamTail.start('S', stream, pool, quiet, { messages: 4, bytes: 10_000 });
  const clients: ModelClient[] = [];
  for (const s of steps) {
    const client = 'client' in s ? clients[s.client] : undefined;
    if (s.do === 'publish') stream.publish(SUBJECTS[s.subject] ?? '');
    else if (s.do === 'tell') stream.tell();
    else if (s.do === 'serve') stream.serve();
    else if (s.do === 'read') client?.read();
    else if (s.do === 'cut') client?.cut();
    else if (s.do === 'join' && clients.length < 6) clients.push(new ModelClient(tail, FILTERS[s.filter] ?? '>', Math.min(s.from, tail.channel.position), s.credit ? 3 : undefined));
    else if (s.do === 'reconnect') await tail.reconnected();
    else if (s.do === 'heartbeat') tail.channel.heartbeat();
    else if (s.do === 'check') await tail.check().catch(() => undefined);
    else if (s.do === 'recreate' && recreates) stream.recreate();
    else await turn();
  }
  await tail.check();
  for (let idle = 0; idle < 4; idle++) {
    await turn();
    let moved = stream.tell() || stream.serve();
    for (const client of clients) {
      client.outbox.flush();
      moved = client.read() || moved;
    }
    if (moved) idle = -1;
  }
  for (const client of clients) {
    expect(client.received).toEqual(stream.messages.filter(m => m.seq > client.start && matches(client.filter, m.subject)).map(m => m.seq));
  }
  tail.stop();
  for (const client of clients) client.feed.end();
  expect([pool.reserve(), pool.reserve(), pool.reserve()].map(r => r !== undefined)).toEqual([true, true, false]);
};

describe('tail and backlog', () => {
  it('deliver everything once and in order, whatever happens when', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 120 }), steps => run(steps, false)), { numRuns: RUNS });
  }, PATIENCE);

  it('begin anew when the stream is another one', async () => {
    const withRecreate = fc.oneof({ weight: 14, arbitrary: step }, { weight: 1, arbitrary: fc.constant({ do: 'recreate' as const }) });
    await fc.assert(fc.asyncProperty(fc.array(withRecreate, { minLength: 10, maxLength: 120 }), steps => run(steps, true)), { numRuns: RUNS });
  }, PATIENCE);

  it('begin anew when the stream was put back from a copy, although it has grown past what was told', async () => {
    const stream = new ModelStream();
    stream.publish('evt.a.x');
    const tail = await StreamTail.start('S', stream, readerPool(2), quiet, { messages: 100, bytes: 100_000 });
    const client = new ModelClient(tail, '>', 0, undefined);
    for (let i = 0; i < 3; i++) stream.publish('evt.a.x');
    while (stream.tell());
    const settle = async (): Promise<void> => {
      for (let i = 0; i < 10; i++) {
        await turn();
        stream.tell();
        stream.serve();
        client.outbox.flush();
        client.read();
      }
    };
    await settle();
    const copy = stream.messages.slice(0, 2);
    stream.messages = [...copy, ...[3, 4, 5, 6].map((seq): StoredMessage => ({ seq, subject: 'evt.b.x', time: new Date(seq * 600 + 7).toISOString(), data: Buffer.from(`{"e":1,"n":${seq}}`) }))];
    await tail.reconnected();
    await settle();
    expect(client.told).toEqual(['1 a', '2 a', '3 a', '4 a', 'reset epoch_changed', '1 a', '2 a', '3 b', '4 b', '5 b', '6 b']);
    tail.stop();
    client.feed.end();
  });

  it('say so when what came went before it was told, and only then', async () => {
    const stream = new ModelStream();
    stream.publish('evt.a.x');
    const tail = await StreamTail.start('S', stream, readerPool(2), quiet, { messages: 100, bytes: 100_000 });
    const client = new ModelClient(tail, '>', 1, undefined);
    const settle = async (): Promise<void> => {
      for (let i = 0; i < 10; i++) {
        await turn();
        while (stream.tell() || stream.serve());
        client.outbox.flush();
        client.read();
      }
    };
    const publish = (n: number): void => { for (let i = 0; i < n; i++) stream.publish('evt.a.x'); };
    publish(4);
    stream.messages = stream.messages.filter(m => m.seq !== 3); // one that was deleted by itself
    await settle();
    publish(4);
    stream.messages = stream.messages.filter(m => m.seq >= 8);
    await settle();
    expect(client.told).toEqual(['2 a', '4 a', '5 a', 'reset trimmed', '8 a', '9 a']);
    // Who read by itself what this gateway's tail has not been told is not sent back.
    publish(6);
    stream.messages = stream.messages.filter(m => m.seq >= 12);
    const ahead = new ModelClient(tail, '>', 13, undefined);
    await settle();
    publish(1);
    await settle();
    ahead.outbox.flush();
    ahead.read();
    expect(ahead.told).toEqual(['14 a', '15 a', '16 a']);
    expect(client.told.slice(6)).toEqual(['reset trimmed', '12 a', '13 a', '14 a', '15 a', '16 a']);
    tail.stop();
    client.feed.end();
    ahead.feed.end();
  });

  it('say so too when nothing comes after what went', async () => {
    const stream = new ModelStream();
    stream.publish('evt.a.x');
    const tail = await StreamTail.start('S', stream, readerPool(2), quiet, { messages: 100, bytes: 100_000 });
    const client = new ModelClient(tail, '>', 1, undefined);
    for (let i = 0; i < 3; i++) stream.publish('evt.a.x');
    stream.messages = [];
    const now = jest.spyOn(Date, 'now');
    const look = async (at: number): Promise<void> => {
      now.mockReturnValue(at);
      await tail.check();
      client.outbox.flush();
      client.read();
    };
    await look(10_000);
    expect(client.told).toEqual([]);
    await look(15_000);
    now.mockRestore();
    expect(client.told).toEqual(['reset trimmed']);
    expect(tail.channel.position).toBe(4);
    tail.stop();
    client.feed.end();
  });

  it('skips with `lossy` what finds no room, and says which', async () => {
    const stream = new ModelStream();
    const tail = await StreamTail.start('S', stream, readerPool(2), quiet, { messages: 100, bytes: 100_000 });
    const wire: Told['data'][] = [];
    let stuck = false;
    const outbox: Outbox = new Outbox({ write: frames => wire.push(...frames.flatMap(f => JSON.parse(f.toString()) as Told[]).map(f => f.data)), pending: () => (stuck ? 1e9 : 0) }, { bytes: 20_000, frames: 10 }, () => 0, () => {});
    const feed = new Feed(tail.channel, '>', outbox, 0, { lossy: true });
    tail.add(feed, () => 0);
    feed.pump();
    outbox.flush();
    const publish = (n: number): void => {
      for (let i = 0; i < n; i++) {
        stream.publish('evt.a.x');
        stream.tell();
      }
    };
    publish(3);
    outbox.flush();
    stuck = true;
    publish(50);
    stuck = false;
    outbox.flush();
    publish(2);
    outbox.flush();
    const gap = wire.find(d => d.kind === 'gap') as unknown as { from: number; to: number };
    const told = wire.filter(d => d.kind === undefined).map(d => d.seq);
    expect(gap.to).toBe(53);
    expect(told).toEqual([...Array.from({ length: gap.from - 1 }, (_, i) => i + 1), 54, 55]);
    expect(wire.find(d => d.seq === 54)?.prev).toBeLessThanOrEqual(53);
    tail.stop();
    feed.end();
  });
});
