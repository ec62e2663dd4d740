import { matches } from '@xanthus/proto';
import { Channel } from '../fan-out/channel.js';
import type { Feed } from '../fan-out/feed.js';
import { PAGE_SIZE, type Backlog, type Item, type Page } from '../fan-out/item.js';

/** One change of a key, as the bucket's watcher tells it. */
export interface BucketChange {
  readonly key: string;
  readonly revision: number;
  readonly time: string;
  readonly kind: 'put' | 'del' | 'purge';
  /** Stored JSON, or bytes where it is none. */
  readonly value?: unknown;
}

export interface MirrorLimits {
  /** Characters of values kept; a bucket that is larger is not served. */
  readonly size: number;
  /** Deleted keys that are remembered for those who resume. */
  readonly tombstones: number;
}
const LIMITS: MirrorLimits = { size: 256 * 1024 * 1024, tombstones: 100_000 };

interface Entry extends Item { readonly deleted: boolean }

/**
 * The newest value of every key of one bucket, in the order of revisions. Snapshots and what changed since a revision are served from
 * here: a snapshot is a walk along the entries, and an entry that changes meanwhile moves to the end of the walk, so that the
 * walk ends with exactly what the bucket holds at that revision.
 */
export class BucketMirror {
  readonly channel: Channel;
  /** Complete: all that the bucket held has been read. */
  synced = false;
  oversize = false;
  /** Deletions up to this revision may have been forgotten. */
  floor = 0;
  private readonly entries = new Map<string, Entry>();
  private tombstones = 0;
  private size = 0;
  private readonly feeds = new Set<Feed>();
  private readonly waiting: (() => void)[] = [];

  constructor(readonly bucket: string, private readonly limits: MirrorLimits = LIMITS) {
    this.channel = new Channel({ target: `kv:${bucket}`, label: 'revision', filter: 'pattern' }, (pattern, after) => this.backlog(pattern, after));
  }

  entry(change: BucketChange): void {
    if (change.key.startsWith('_')) return this.channel.advance(change.revision);
    const old = this.entries.get(change.key);
    if (old !== undefined && old.seq >= change.revision) return;
    this.forget(change.key, old);
    const entry = entryOf(change);
    this.entries.set(change.key, entry);
    this.size += entry.body.length;
    this.oversize ||= this.size > this.limits.size;
    if (entry.deleted && ++this.tombstones > this.limits.tombstones) this.forgetOldestTombstone();
    if (this.synced) this.channel.publish(entry);
    else this.channel.advance(change.revision);
  }

  /** All that the bucket held has been told: subscriptions that wait for it go on. */
  sync(revision: number, epoch: string): void {
    this.channel.advance(revision);
    this.channel.epoch = epoch;
    this.synced = true;
    for (const feed of this.feeds) feed.reset(this.resetFrame(feed.filter), 0);
    for (const go of this.waiting.splice(0)) go();
  }

  /** Another incarnation follows. Nothing is served until it is complete; then everyone begins anew with `reset`. */
  reset(): void {
    this.synced = false;
    this.entries.clear();
    this.size = this.tombstones = this.floor = 0;
    this.oversize = false;
    for (const feed of this.feeds) feed.pause();
    this.channel.position = 0;
  }

  /** Resolves when complete. */
  ready(): Promise<void> {
    return this.synced ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Is there a value under this key? */
  has(key: string): boolean {
    return this.entries.get(key)?.deleted === false;
  }

  add(feed: Feed): void {
    this.feeds.add(feed);
  }
  remove(feed: Feed): void {
    this.feeds.delete(feed);
  }
  get idle(): boolean {
    return this.feeds.size === 0;
  }

  private forget(key: string, old: Entry | undefined): void {
    if (old === undefined) return;
    this.entries.delete(key);
    this.size -= old.body.length;
    if (old.deleted) this.tombstones--;
  }

  private forgetOldestTombstone(): void {
    for (const [key, entry] of this.entries) {
      if (!entry.deleted) continue;
      this.floor = entry.seq;
      return this.forget(key, entry);
    }
  }

  private resetFrame(pattern: string): Buffer {
    return Buffer.from(`${this.channel.frameHead(pattern)}"kind":"reset","reason":"epoch_changed","epoch":${JSON.stringify(this.channel.epoch)}}}`);
  }

  /** Deletions before a fresh snapshot are nobody's business. The iterator of a map also visits what is added while it walks. */
  private backlog(pattern: string, after: number): Backlog {
    let walk = this.entries.values();
    let position = after;
    let finished = false;
    const began = this.channel.position;
    return {
      next: (max) => {
        if (!this.synced) return new Promise<Page>(() => {}); // `sync` resets the feed
        if (finished && position < this.channel.position) {
          walk = this.entries.values();
          finished = false;
        }
        const items: Entry[] = [];
        let size = 0;
        while (!finished && items.length < max && size < PAGE_SIZE) {
          const { value, done } = walk.next();
          if (done === true) {
            finished = true;
            position = this.channel.position;
          } else if (value.seq > position && !(after === 0 && value.deleted && value.seq <= began) && matches(pattern, value.name)) {
            items.push(value);
            size += value.body.length;
            position = value.seq;
          }
        }
        return items.length === 0 ? 'head' : { items, upTo: position };
      },
    };
  }
}

const entryOf = ({ key, revision, kind, time, value }: BucketChange): Entry => ({
  seq: revision,
  name: key,
  deleted: kind !== 'put',
  body: kind === 'put'
    ? `"key":${JSON.stringify(key)},"kind":"put","value":${valueText(value)},"time":${JSON.stringify(time)}`
    : `"key":${JSON.stringify(key)},"kind":"${kind}","time":${JSON.stringify(time)}`,
});

const valueText = (value: unknown): string =>
  value instanceof Uint8Array ? `{"$base64":"${Buffer.from(value).toString('base64')}"}` : JSON.stringify(value ?? null);
