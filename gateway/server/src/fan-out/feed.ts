import { batches } from '../protocol/encode.js';
import type { Channel } from './channel.js';
import type { Backlog, Page } from './item.js';
import type { Outbox, Owner, Waiting } from './outbox.js';

/** Most messages and characters of a page that go out as one WebSocket frame while catching up. */
const PAGE = 1_000;
const BATCH_CHARACTERS = 32 * 1024;
const RETRY_MS = 500;
/** Of a subscription that is live: nothing lies behind. */
const READ: Backlog = { next: () => 'head' };

export interface FeedOptions {
  /** Deliveries that the client has granted; absent: no limit. */
  readonly credit?: number;
  /** Never skips a value, even if the queue grows: only for buckets followed with `reliable`. */
  readonly every?: boolean;
  /** Once at the head, what finds no room or no credit is skipped, and said so with its range. */
  readonly lossy?: boolean;
  readonly log?: { debug(fields: object, text: string): void };
  /** It goes on where its client stopped. */
  readonly resumed?: boolean;
  /** Is told when what should be read next is no longer kept: it is to be reset. */
  readonly source?: { trimmed(feed: Feed): void };
}

/**
 * One subscription to a stream or bucket. It catches up from its backlog while the outbox has room, joins the channel at the
 * head, and falls back to catching up when the outbox is full or its credit is used: nothing is lost and nothing piles up.
 */
export class Feed implements Owner, Waiting {
  /** Newest position that has left for the socket. */
  sent: number;
  /** Newest position that the client has been (or is about to be) told. */
  told: number;
  state: 'catching_up' | 'live' | 'ended' = 'catching_up';
  private position: number;
  private credit: number;
  private synced = false;
  /** Before, it has missed nothing of what is no longer kept. */
  private begun: boolean;
  private reading = false;
  private generation = 0;
  private backlog: Backlog;

  constructor(
    private readonly channel: Channel,
    readonly filter: string,
    private readonly outbox: Outbox,
    after: number,
    private readonly options: FeedOptions = {},
  ) {
    this.position = this.sent = this.told = after;
    this.credit = options.credit ?? Number.POSITIVE_INFINITY;
    this.begun = options.resumed === true;
    this.backlog = channel.backlog(filter, after);
  }

  /** Goes on: reads and delivers until the head, the end of the room, or the end of the credit. */
  pump(): void {
    while (this.state === 'catching_up' && !this.reading && this.credit > 0) {
      if (!this.outbox.hasRoom()) return this.outbox.whenRoom(this);
      if (this.options.lossy === true && this.synced) return this.skip();
      const page = this.backlog.next(Math.min(this.credit, PAGE));
      if (page === 'head') return this.attach();
      if (page instanceof Promise) return void this.wait(page);
      this.take(page);
    }
  }

  /** How far behind the head while it catches up; one that waits for its client to grant more is not late. */
  lag(): number {
    return this.state === 'catching_up' && this.credit > 0 ? Math.max(0, this.channel.position - this.position) : 0;
  }

  /** Not everything up to there has been told, and something of it could have been. */
  misses(position: number): boolean {
    return this.begun && this.told < position;
  }

  /** Live delivery: is there room and credit for one more? */
  ready(): boolean {
    return this.credit > 0 && (this.options.every === true || !this.outbox.full());
  }
  deliver(frame: Buffer, seq: number): void {
    this.credit--;
    this.told = seq;
    this.outbox.push(frame, this, seq);
  }
  toldPosition(frame: Buffer, position: number): void {
    if (this.outbox.full()) return;
    this.told = position;
    this.outbox.push(frame, this, position);
  }
  /** Leaves the channel; everything up to `position` was delivered. */
  fallBehind(position: number): void {
    this.channel.leave(this);
    this.restart(position);
    this.outbox.whenRoom(this);
  }

  grant(n: number): void {
    this.credit += n;
    this.pump();
  }

  /** What it stood for is gone: the client is told by `frame` and it begins anew after `after`. */
  reset(frame: Buffer, after: number): void {
    if (this.state === 'ended') return;
    this.channel.leave(this);
    this.outbox.purge(this);
    this.restart(after);
    this.told = after;
    // What was queued is dropped and will never be granted again: credit begins anew as for a new subscription.
    this.credit = Math.max(this.credit, this.options.credit ?? this.credit);
    this.synced = this.begun = false;
    this.outbox.push(frame, this, after);
    this.outbox.whenRoom(this);
  }

  /** Nothing is delivered until `reset`. */
  pause(): void {
    if (this.state === 'ended') return;
    this.channel.leave(this);
    this.restart(this.told);
  }

  end(): void {
    if (this.state === 'live') this.channel.leave(this);
    this.state = 'ended';
    this.backlog.end?.();
    this.generation++;
    this.outbox.forget(this);
    this.outbox.purge(this);
  }

  /** Made when it is needed: a live subscription shares that of its group. */
  private get head(): string {
    return this.channel.frameHead(this.filter);
  }

  private restart(after: number): void {
    this.generation++;
    this.reading = false;
    this.state = 'catching_up';
    this.position = after;
    this.backlog.end?.();
    this.backlog = this.channel.backlog(this.filter, after);
  }

  private skip(): void {
    const to = this.channel.position;
    if (to > this.told) {
      this.outbox.push(Buffer.from(`${this.head}"kind":"gap","from":${this.told + 1},"to":${to}}}`), this, to);
      this.told = to;
    }
    this.attach();
  }

  private attach(): void {
    const at = Math.max(this.channel.position, this.told); // a client may have heard more than this gateway's tail has
    this.state = 'live';
    this.begun = true;
    this.backlog.end?.();
    this.backlog = READ;
    this.position = at;
    const prev = this.channel.join(this);
    if (!this.synced) this.note('in_sync', at);
    else if (prev > this.told) this.note('position', at);
    this.synced = true;
  }

  private note(kind: 'in_sync' | 'position', at: number): void {
    this.outbox.push(Buffer.from(this.channel.note(this.head, kind, at, this.told)), this, at);
    this.told = at;
  }

  private take(page: Page): void {
    const { head } = this;
    const frames = page.items.map((item) => {
      const frame = this.channel.frame(head, item, this.told);
      this.told = item.seq;
      return frame;
    });
    this.credit -= frames.length;
    this.begun = true;
    this.position = Math.max(this.position, page.upTo);
    let i = 0;
    for (const batch of batches(frames, BATCH_CHARACTERS)) {
      i += batch.count;
      this.outbox.push(Buffer.from(batch.text), this, page.items[i - 1]?.seq);
    }
  }

  private async wait(pending: Promise<Page>): Promise<void> {
    const generation = this.generation;
    const current = (): boolean => generation === this.generation && this.state === 'catching_up';
    this.reading = true;
    try {
      const page = await pending;
      if (!current()) return;
      this.reading = false;
      if (page.trimmed === true && this.begun && this.options.source !== undefined) return this.options.source.trimmed(this);
      this.take(page);
      this.pump();
    } catch (error) {
      if (!current()) return;
      this.options.log?.debug({ target: this.channel.kind.target, err: error }, 'a page could not be read, trying again');
      setTimeout(() => {
        if (!current()) return;
        this.reading = false;
        this.backlog.end?.();
        this.backlog = this.channel.backlog(this.filter, this.position);
        this.pump();
      }, RETRY_MS).unref();
    }
  }
}
