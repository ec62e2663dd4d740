import { matches, type ResetReason } from '@xanthus/proto';
import { Channel } from '../fan-out/channel.js';
import type { Feed } from '../fan-out/feed.js';
import { PAGE_SIZE, type Backlog, type Item, type Page } from '../fan-out/item.js';
import { payloadText } from '../protocol/payload.js';
import { problem, Refused } from '../protocol/problem.js';
import type { ReaderPool } from './reader-pool.js';
import type { SourcePage, StoredMessage, StreamFacts, StreamSource } from './stream-source.js';

/** What the tail keeps of the newest messages, so that a short absence is made up from memory and a long one has something to join. */
export interface TailLimits { readonly messages: number; readonly bytes: number }
/** A tail that has not moved for so long although the stream has is started anew. */
const STUCK_MS = 4_000;
const RETRY_MS = 500;
/** A message stored so long before the last look, by the same clock, is of the incarnation that was seen then, ms. */
const SURE_MS = 1_000;
const LIMITS: TailLimits = { messages: 8_192, bytes: 8 * 1024 * 1024 };
/** What lies ahead of a tail that was started anew may have been deleted one by one: that is no reason to do it over and over, ms. */
const PATIENCE_MS = 60_000;

interface Recent extends Item { readonly time: string }
interface ReadPage extends SourcePage { readonly trimmed: boolean }
interface Ahead { readonly page: Promise<ReadPage>; /** Position of the tail when it was asked for. */ readonly known: number; readonly max: number; release(): void }
interface Log { warn(fields: object, text: string): void }

/**
 * One stream, followed once for everyone. Nothing is told from a tail of another incarnation: when the epoch changes,
 * or the stream has gone back behind what was told, every subscription begins anew with `reset`.
 */
export class StreamTail {
  readonly channel: Channel;
  /** As of the last look. */
  facts: StreamFacts;
  private readonly ring: Recent[] = [];
  private ringBytes = 0;
  /** Every message after this sequence and up to the channel's position is in the ring. */
  private floor: number;
  private readonly feeds = new Map<Feed, { fallback(): number }>();
  private following: { stop(): void } | undefined;
  private generation = 0;
  private stopped = false;
  private checking: Promise<StreamFacts> | undefined;
  private checkingNext: Promise<StreamFacts> | undefined;
  /** The newest that was told, to recognize the stream by. */
  private newest: { readonly seq: number; readonly time: string } | undefined;
  /** The message before which a hole was looked at. */
  private skipped: number | undefined;
  /** Where the tail stood when it was first seen behind the stream, and when. */
  private behind: { readonly at: number; readonly since: number } | undefined;

  private constructor(
    readonly stream: string,
    private readonly source: StreamSource,
    private readonly pool: ReaderPool,
    private readonly log: Log,
    facts: StreamFacts,
    private readonly limits: TailLimits,
  ) {
    this.facts = facts;
    this.channel = new Channel({ target: `js:${stream}`, label: 'seq', filter: 'filter' }, (filter, after) => this.backlog(filter, after));
    this.channel.epoch = facts.epoch;
    this.channel.position = this.floor = facts.last;
  }

  /** @throws Refused NOT_FOUND or UNAVAILABLE */
  static async start(stream: string, source: StreamSource, pool: ReaderPool, log: Log, limits: TailLimits = LIMITS): Promise<StreamTail> {
    const tail = new StreamTail(stream, source, pool, log, await source.facts(), limits);
    try {
      await tail.follow();
      const time = tail.facts.last === 0 ? undefined : await source.timeOf(tail.facts.last);
      if (time !== undefined) tail.newest ??= { seq: tail.facts.last, time };
    } catch (error) {
      tail.stop();
      throw error;
    }
    return tail;
  }

  add(feed: Feed, fallback: () => number): void {
    this.feeds.set(feed, { fallback });
  }
  remove(feed: Feed): void {
    this.feeds.delete(feed);
  }
  get idle(): boolean {
    return this.feeds.size === 0;
  }

  /** Looks at the stream again: another incarnation resets everyone, a tail that stands still is started anew. Concurrent callers share one look. */
  check(): Promise<StreamFacts> {
    this.checking ??= this.look().finally(() => { this.checking = undefined; });
    return this.checking;
  }

  /** A look that begins only now. */
  private checkAgain(): Promise<StreamFacts> {
    if (this.checking === undefined) return this.check();
    this.checkingNext ??= this.checking.catch(() => undefined).then(() => {
      this.checkingNext = undefined;
      return this.check();
    });
    return this.checkingNext;
  }

  /** After NATS came back: nothing is taken for continuous that was not looked at. JetStream may need a moment longer than the connection: then it is tried again by itself. */
  async reconnected(): Promise<void> {
    this.following?.stop();
    const generation = ++this.generation;
    await this.restart(generation);
  }

  /** Only for this feed: what it had not read yet is no longer kept. */
  trimmed(feed: Feed): void {
    const after = this.feeds.get(feed)?.fallback();
    if (after !== undefined) feed.reset(this.resetFrame(feed.filter, 'trimmed', after), after);
  }

  /** When a message was stored, from memory if it is there; undefined if it is gone. */
  timeOf(seq: number): Promise<string | undefined> {
    const recent = this.ring[firstAfter(this.ring, seq - 1)];
    return recent?.seq === seq ? Promise.resolve(recent.time) : this.source.timeOf(seq);
  }

  stop(): void {
    this.stopped = true;
    this.generation++;
    this.following?.stop();
  }

  private async look(): Promise<StreamFacts> {
    const before = this.channel.position;
    const facts = await this.source.facts().catch(gone);
    if (this.stopped) return facts;
    this.facts = facts;
    if (facts.epoch !== this.channel.epoch || facts.last < before) await this.begin(facts);
    else await this.restartIfStuck(facts);
    return facts;
  }

  private async restartIfStuck(facts: StreamFacts): Promise<void> {
    const at = this.channel.position;
    if (facts.last <= at) this.behind = undefined;
    else if (this.behind?.at !== at) this.behind = { at, since: Date.now() };
    else if (Date.now() - this.behind.since >= STUCK_MS) {
      this.log.warn({ stream: this.stream, position: at, last: facts.last }, 'tail stands still, following anew');
      this.behind = { at, since: Date.now() + PATIENCE_MS };
      if (facts.first > at + 1) this.skipTo(facts.first - 1);
      await this.follow();
    }
  }

  /** What came up to there went before it was told here: whoever has not got past it by its own reading begins anew. */
  private skipTo(position: number): void {
    this.log.warn({ stream: this.stream, from: this.channel.position + 1, to: position }, 'messages went before they were told');
    this.ring.length = this.ringBytes = 0;
    this.channel.position = this.floor = position;
    for (const feed of this.feeds.keys()) if (feed.misses(position)) this.trimmed(feed);
  }

  /** Another incarnation. */
  private async begin(facts: StreamFacts): Promise<void> {
    this.log.warn({ stream: this.stream, epoch: facts.epoch }, 'stream is another one than before');
    this.following?.stop();
    this.ring.length = this.ringBytes = 0;
    this.newest = this.skipped = undefined;
    this.channel.epoch = facts.epoch;
    this.channel.position = this.floor = facts.last;
    for (const [feed, { fallback }] of this.feeds) {
      const after = fallback();
      feed.reset(this.resetFrame(feed.filter, 'epoch_changed', after), after);
    }
    await this.follow();
  }

  private resetFrame(filter: string, reason: ResetReason, after: number): Buffer {
    return Buffer.from(`${this.channel.frameHead(filter)}"kind":"reset","reason":"${reason}","epoch":${JSON.stringify(this.channel.epoch)},"from_seq":${after + 1}}}`);
  }

  /** @throws if it can't be followed now; then it is tried again by itself */
  private async follow(): Promise<void> {
    this.following?.stop();
    this.following = undefined;
    const generation = ++this.generation;
    const broken = (reason: string): void => {
      if (generation !== this.generation || this.stopped) return;
      this.log.warn({ stream: this.stream, reason }, 'tail broke, following anew');
      this.later(generation);
    };
    try {
      const following = await this.source.follow({ after: this.channel.position, epoch: this.channel.epoch }, message => generation === this.generation && this.take(message), broken);
      if (generation !== this.generation || this.stopped) following.stop();
      else this.following = following;
    } catch (error) {
      this.later(generation);
      throw error;
    }
  }

  private later(generation: number): void {
    if (generation === this.generation && !this.stopped) setTimeout(() => void this.restart(generation), RETRY_MS).unref();
  }

  /** Follows on after a look, as nobody else has meanwhile. */
  private async restart(generation: number): Promise<void> {
    const due = (): boolean => generation === this.generation && !this.stopped;
    if (!due()) return;
    try {
      const facts = await this.checkAgain();
      if (!due()) return;
      if (!(await this.continues())) return await this.begin(facts);
      if (!due()) return;
      if (facts.first > this.channel.position + 1) this.skipTo(facts.first - 1);
      await this.follow();
    } catch {
      this.later(generation);
    }
  }

  /** A store that was put back from a copy is the same incarnation, but what was told last has another time in it. */
  private async continues(): Promise<boolean> {
    const { newest } = this;
    if (newest === undefined) return true;
    const time = await this.source.timeOf(newest.seq);
    return time === undefined || newest !== this.newest || time === newest.time;
  }

  private take(message: StoredMessage): void {
    if (message.seq <= this.channel.position) return;
    if (message.seq > this.channel.position + 1 && this.facts.trimmable && message.seq !== this.skipped) return this.lookBefore(message.seq);
    this.newest = { seq: message.seq, time: message.time };
    const item: Recent = { ...itemOf(message), time: message.time };
    this.ring.push(item);
    this.ringBytes += item.body.length;
    while (this.ring.length > this.limits.messages || this.ringBytes > this.limits.bytes) {
      const oldest = this.ring.shift();
      if (oldest === undefined) break;
      this.ringBytes -= oldest.body.length;
      this.floor = oldest.seq;
    }
    this.channel.publish(item);
  }

  /** What came between went before it was told here: if it was at the beginning of what is kept, everyone is told so. */
  private lookBefore(seq: number): void {
    this.skipped = seq;
    this.following?.stop();
    void this.restart(++this.generation);
  }

  private backlog(filter: string, after: number): Backlog {
    let position = after;
    let ahead: Ahead | undefined;
    let ended = false;
    const drop = (): void => {
      ahead?.release();
      ahead = undefined;
    };
    const take = ({ messages, complete, trimmed }: ReadPage, known: number, max: number): Page => {
      const last = messages.at(-1)?.seq ?? position;
      position = complete ? Math.max(last, known) : last;
      if (!complete && !ended && position < this.floor) ahead = this.readAhead(filter, position, max);
      return { items: messages.map(itemOf), upTo: position, trimmed };
    };
    return {
      end: () => {
        ended = true;
        drop();
      },
      next: (max) => {
        const read = ahead;
        drop();
        if (position >= this.channel.position) return 'head';
        if (position < this.floor) {
          if (read !== undefined && read.max <= max) return read.page.then(page => take(page, read.known, max));
          const known = this.channel.position;
          return this.read(filter, position, max).then(page => take(page, known, max));
        }
        const page = this.recent(filter, position, max);
        position = page.upTo;
        return page;
      },
    };
  }

  /** The next page of somebody far behind, read while the present one is being delivered; few at a time, so that memory stays bounded. */
  private readAhead(filter: string, after: number, max: number): Ahead | undefined {
    const release = this.pool.reserve();
    if (release === undefined) return undefined;
    const page = this.read(filter, after, max);
    page.catch(() => undefined); // told to whoever takes it
    return { page, known: this.channel.position, max, release };
  }

  /**
   * A page of this incarnation. Where that is in doubt, or messages may have gone before they were read, the stream is looked at again
   * afterwards: another one resets everyone; `trimmed`: what is kept begins later than this page would have.
   */
  private async read(filter: string, after: number, max: number): Promise<ReadPage> {
    const { epoch } = this.channel;
    const page = await this.pool.run(() => this.source.page(after, filter, max));
    const newest = page.messages.at(-1);
    const whole = newest !== undefined && newest.seq - after === page.messages.length;
    const sure = newest === undefined || Date.parse(newest.time) < this.facts.at - SURE_MS;
    if (sure && (whole || !this.facts.trimmable)) return { ...page, trimmed: false };
    const { first } = await this.checkAgain();
    if (this.channel.epoch !== epoch) throw new Error(`${this.stream} is another stream than when this page was asked for`);
    return { ...page, trimmed: !whole && first > after + 1 };
  }

  /** From memory; only where the ring reaches back to `after`. */
  private recent(filter: string, after: number, max: number): Page {
    const items: Item[] = [];
    let size = 0;
    for (let i = firstAfter(this.ring, after); i < this.ring.length; i++) {
      const item = this.ring[i];
      if (item === undefined || !matches(filter, item.name)) continue;
      items.push(item);
      size += item.body.length;
      if (items.length === max || size >= PAGE_SIZE) return { items, upTo: item.seq };
    }
    return { items, upTo: this.channel.position };
  }
}

/** A stream that is followed here was there: it may come back. */
const gone = (error: unknown): never => {
  throw error instanceof Refused && error.problem.code === 'NOT_FOUND' ? new Refused(problem('UNAVAILABLE', 'The stream is not there now.')) : error;
};

const itemOf = (message: StoredMessage): Item => ({
  seq: message.seq,
  name: message.subject,
  body: `"subject":${JSON.stringify(message.subject)},"time":"${message.time}","payload":${payloadText(message.data)}`,
});

/** Index of the first item with a sequence above `after`, by halves. */
const firstAfter = (items: readonly Item[], after: number): number => {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle]?.seq ?? 0) > after) high = middle;
    else low = middle + 1;
  }
  return low;
};
