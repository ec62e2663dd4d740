import type { Feed } from './feed.js';
import type { Backlog, Item } from './item.js';
import { PatternTrie } from './pattern-trie.js';

export interface ChannelKind {
  /** What frames name as target: `js:VPS`, `kv:vps`. */
  readonly target: string;
  /** Name of the position in frames. */
  readonly label: 'seq' | 'revision';
  /** Name of the filter in frames. */
  readonly filter: 'filter' | 'pattern';
}

/** All live subscriptions with the same filter. `prev` is the newest match that it knows, or where it began. */
interface Group { prev: number; readonly head: string; readonly feeds: Set<Feed> }

/**
 * One stream or bucket as everyone on this gateway sees it: a position that moves on, and groups of subscriptions that are
 * told at once. A frame is encoded once per group. Subscriptions that lag read their backlog and join again at the head.
 */
export class Channel {
  position = 0;
  epoch = '';
  private readonly literal = new Map<string, Group>();
  private readonly wild = new PatternTrie<Group>();

  constructor(readonly kind: ChannelKind, /** How to read on after a position. */ readonly backlog: (filter: string, after: number) => Backlog) {}

  /** Tells everyone whom it matches. Items come in order; one at or before the position is a repeat and skipped. */
  publish(item: Item): void {
    if (item.seq <= this.position) return;
    this.position = item.seq;
    const exact = this.literal.get(item.name);
    if (exact !== undefined) this.tell(exact, item);
    for (const group of this.wild.matching(item.name)) this.tell(group, item);
  }

  /** Moves on past what nobody is told of. */
  advance(position: number): void {
    if (position > this.position) this.position = position;
  }

  /** A subscription at the head goes live. @returns the `prev` that the next frame of its group will carry at least */
  join(feed: Feed): number {
    const groups = this.groupsFor(feed.filter);
    let group = groups.get(feed.filter);
    if (group === undefined) {
      group = { prev: this.position, head: this.frameHead(feed.filter), feeds: new Set() };
      groups.set(feed.filter, group);
    }
    group.feeds.add(feed);
    return group.prev;
  }

  leave(feed: Feed): void {
    const groups = this.groupsFor(feed.filter);
    const group = groups.get(feed.filter);
    if (group === undefined) return;
    group.feeds.delete(feed);
    if (group.feeds.size === 0) groups.delete(feed.filter);
  }

  /** Tells idle live subscriptions the position, so that it does not age. */
  heartbeat(): void {
    for (const group of [...this.literal.values(), ...this.wild.values()]) {
      let frame: Buffer | undefined;
      for (const feed of group.feeds) {
        if (feed.told < this.position) feed.toldPosition((frame ??= Buffer.from(this.note(group.head, 'position', this.position, group.prev))), this.position);
      }
    }
  }

  /** `{"op":"msg",…,"data":{"filter":…,` */
  frameHead(filter: string): string {
    return `{"op":"msg","target":${JSON.stringify(this.kind.target)},"data":{"${this.kind.filter}":${JSON.stringify(filter)},`;
  }
  frame(head: string, item: Item, prev: number): string {
    return `${head}"${this.kind.label}":${item.seq},"prev":${prev},${item.body}}}`;
  }
  /** `prev` as in frames with an item: one that was lost right before is noticed here. */
  note(head: string, kind: 'in_sync' | 'position', position: number, prev: number): string {
    return `${head}"kind":"${kind}","${this.kind.label}":${position},"prev":${prev}}}`;
  }

  private tell(group: Group, item: Item): void {
    let frame: Buffer | undefined;
    for (const feed of group.feeds) {
      if (feed.told >= item.seq) continue; // resumed ahead of this gateway's tail
      if (feed.ready()) feed.deliver((frame ??= Buffer.from(this.frame(group.head, item, group.prev))), item.seq);
      else feed.fallBehind(item.seq - 1);
    }
    group.prev = item.seq;
  }

  private groupsFor(filter: string): Map<string, Group> | PatternTrie<Group> {
    return filter.includes('*') || filter.includes('>') ? this.wild : this.literal;
  }
}
