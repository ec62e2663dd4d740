/**
 * What is kept of the SDK between pages. Views and feeds are shared by name and stay open a moment after the last page that
 * showed them went away, so that going back is instant and nothing is subscribed twice.
 */
import { value, type BucketView, type Client, type Observable, type Value } from '@xanthus/client';
import { ProofDesk, proving, withProof } from '../proof/proof-desk.js';
import { guardRequests, serverAhead } from '../lib/http.js';
import { PastDesk, type AskPast } from '../past/past-desk.js';
import { PastFeed } from '../past/past-feed.js';
import { isAlwaysNow, mayRequest, pastRefusal } from '../past/rules.js';
import { viewAt } from '../past/past.data.js';
import { EventFeed, type FeedOptions } from './event-feed.js';
import { withRules } from './sending.js';

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

  has(key: string): boolean { return this.#held.has(key); }

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

/** A list of what happened, live or as of a moment. */
export type Feed = Pick<EventFeed, 'get' | 'subscribe' | 'older' | 'close'>;

export class Live {
  readonly #views = new Shelf<BucketView<unknown>>(view => view.close());
  readonly #feeds = new Shelf<Feed>(feed => feed.close());

  readonly #behind: Value<number | undefined> = value<number | undefined>(undefined);
  readonly #stop: () => void;
  /** When the connection was lost, ms since 1970; undefined while it is live. */
  readonly behind: Observable<number | undefined> = this.#behind;

  /** Where commands ask for a fresh proof of who sends them. */
  readonly proof = new ProofDesk();
  /** The same for a request over HTTP. */
  readonly proved = proving(this.proof.ask);
  readonly client: Client;
  /** The moment that is looked at, and its pictures. */
  readonly past: PastDesk;

  constructor(client: Client) {
    const ask: AskPast = (of, input) => viewAt(this.client, of, input);
    this.past = new PastDesk(ask);
    this.client = withRules(withProof(client, this.proof.ask), {
      past: this.past.time.get, behind: this.#behind.get, now: Date.now, online: () => typeof navigator === 'undefined' || navigator.onLine !== false,
    });
    const unguard = guardRequests((method, path) => (this.past.time.get() === undefined || mayRequest(method, path) ? undefined : pastRefusal()));
    const stop = client.connection.subscribe(({ state, since }) => this.#behind.set(state === 'live' ? undefined : this.#behind.get() ?? since));
    this.#stop = () => { unguard(); stop(); };
  }

  /** Milliseconds since 1970 by the server's clock: a device's may be hours off. */
  readonly now = (): number => Date.now() + serverAhead();

  /** @param looking into the past: another view, which follows the moment that is looked at (`useLooking`) */
  view<T>(bucket: string, pattern: string, looking: boolean): { readonly view: BucketView<T>; use(): () => void } {
    const key = `${bucket} ${pattern}`;
    if (!looking || isAlwaysNow(bucket, pattern.split('.')[1] ?? '')) return this.present<T>(bucket, pattern);
    const past = `past ${key}`;
    // Going there keeps what was seen until the first picture comes: no page blinks.
    const view = this.#views.peek(past, () => this.past.view<T>(bucket, pattern, this.#views.has(key) ? this.present<T>(bucket, pattern).view.get() : undefined)) as BucketView<T>;
    return { view, use: () => this.#views.use(past) };
  }

  /** As it is now, wherever one looks. */
  present<T>(bucket: string, pattern: string): { readonly view: BucketView<T>; use(): () => void } {
    const key = `${bucket} ${pattern}`;
    const view = this.#views.peek(key, () => this.client.bucket(bucket, { pattern })) as BucketView<T>;
    return { view, use: () => this.#views.use(key) };
  }

  feed(options: FeedOptions, looking: boolean): { readonly feed: Feed; use(): () => void } {
    const key = `${looking ? 'past ' : ''}${JSON.stringify(options)}`;
    const feed = this.#feeds.peek(key, () => (looking ? new PastFeed(this.client, options, this.past.time) : new EventFeed(this.client, options)));
    return { feed, use: () => this.#feeds.use(key) };
  }

  close(): void {
    this.#stop();
    this.#views.clear();
    this.#feeds.clear();
    this.past.close();
    if (this.proof.get()) this.proof.answer(false);
    this.client.close();
  }
}
