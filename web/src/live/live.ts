/**
 * What is kept of the SDK between pages. Views and feeds are shared by name and stay open a moment after the last page that
 * showed them went away, so that going back is instant and nothing is subscribed twice.
 */
import { value, type BucketView, type Client, type Observable, type Value } from '@xanthus/client';
import { ProofDesk, proving, withProof } from '../proof/proof-desk.js';
import { EventFeed, type FeedOptions } from './event-feed.js';

/** How long an unused subscription is kept, ms. */
const LINGER = 15_000;

interface Held<T> { readonly value: T; users: number; timer?: ReturnType<typeof setTimeout> }

class Shelf<T> {
  readonly #held = new Map<string, Held<T>>();
  constructor(private readonly close: (value: T) => void) {}

  peek(key: string, make: () => T): T {
    let held = this.#held.get(key);
    if (!held) {
      held = { value: make(), users: 0 };
      this.#held.set(key, held);
      this.#letGo(key, held);
    }
    return held.value;
  }

  use(key: string): () => void {
    const held = this.#held.get(key);
    if (!held) return () => undefined;
    held.users++;
    clearTimeout(held.timer);
    return () => { if (--held.users === 0) this.#letGo(key, held); };
  }

  clear(): void {
    for (const held of this.#held.values()) { clearTimeout(held.timer); this.close(held.value); }
    this.#held.clear();
  }

  #letGo(key: string, held: Held<T>): void {
    clearTimeout(held.timer);
    held.timer = setTimeout(() => {
      if (held.users > 0) return;
      this.#held.delete(key);
      this.close(held.value);
    }, LINGER);
  }
}

export class Live {
  readonly #views = new Shelf<BucketView<unknown>>(view => view.close());
  readonly #feeds = new Shelf<EventFeed>(feed => feed.close());

  readonly #behind: Value<number | undefined> = value<number | undefined>(undefined);
  readonly #stop: () => void;
  /** When the connection was lost, ms since 1970; undefined while it is live. */
  readonly behind: Observable<number | undefined> = this.#behind;

  /** Where commands ask for a fresh proof of who sends them. */
  readonly proof = new ProofDesk();
  /** The same for a request over HTTP. */
  readonly proved = proving(this.proof.ask);
  readonly client: Client;

  constructor(client: Client) {
    this.client = withProof(client, this.proof.ask);
    this.#stop = client.connection.subscribe(({ state, since }) => this.#behind.set(state === 'live' ? undefined : this.#behind.get() ?? since));
  }

  view<T>(bucket: string, pattern: string): { readonly view: BucketView<T>; use(): () => void } {
    const key = `${bucket} ${pattern}`;
    const view = this.#views.peek(key, () => this.client.bucket(bucket, { pattern })) as BucketView<T>;
    return { view, use: () => this.#views.use(key) };
  }

  feed(options: FeedOptions): { readonly feed: EventFeed; use(): () => void } {
    const key = JSON.stringify(options);
    const feed = this.#feeds.peek(key, () => new EventFeed(this.client, options));
    return { feed, use: () => this.#feeds.use(key) };
  }

  close(): void {
    this.#stop();
    this.#views.clear();
    this.#feeds.clear();
    if (this.proof.get()) this.proof.answer(false);
    this.client.close();
  }
}
