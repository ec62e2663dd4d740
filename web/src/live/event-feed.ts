/** A stream as a list: in order, each message once, bounded, told to pages at most once per frame. */
import type { Client, StreamItem, StreamSubscription } from '@xanthus/client';
import type { SubscriptionState } from '@xanthus/proto';
import { toProblem, type ShownProblem } from '../lib/problem.js';

export interface FeedOptions {
  readonly stream: string;
  readonly filter: string;
  /** First sequence, or go back so many ms. */
  readonly from: number | { readonly back_ms: number };
  /** The newest so many are kept. */
  readonly keep: number;
}

export interface FeedState {
  readonly state: SubscriptionState;
  /** Oldest first. Never mutated. */
  readonly items: readonly StreamItem[];
  /** Older messages were let go because of `keep`. */
  readonly truncated: boolean;
  /** The newest when the list first was complete; what is newer came while somebody looked. */
  readonly live_after?: number;
  /** The history before this sequence could not be continued; what follows is complete. */
  readonly reset_at?: number;
  readonly problem?: ShownProblem;
}

/** Adds what came to what is kept. Pure; a sequence that is not newer is dropped, whatever the transport did. */
export const append = (state: FeedState, arrived: readonly StreamItem[], keep: number): FeedState => {
  const items = [...state.items];
  for (const item of arrived) if (item.seq > (items.at(-1)?.seq ?? -1)) items.push(item);
  if (items.length === state.items.length) return state;
  const excess = items.length - keep;
  return { ...state, items: excess > 0 ? items.slice(excess) : items, truncated: state.truncated || excess > 0 };
};

/** Into another state of the subscription. Pure. */
export const enter = (feed: FeedState, state: SubscriptionState): FeedState =>
  state === 'live' && feed.live_after === undefined ? { ...feed, state, live_after: feed.items.at(-1)?.seq ?? 0 } : { ...feed, state };

const nextFrame = (fn: () => void): void => {
  // A hidden tab has no frames; it must still take in what comes.
  if (typeof requestAnimationFrame === 'undefined' || document.hidden) setTimeout(fn, 16);
  else requestAnimationFrame(fn);
};

export class EventFeed {
  #state: FeedState = { state: 'subscribing', items: [], truncated: false };
  #arrived: StreamItem[] = [];
  #due = false;
  #closed = false;
  #subscription: StreamSubscription | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #stops: (() => void)[] = [];

  constructor(private readonly client: Client, private readonly options: FeedOptions) {
    this.#open();
    // A right that was refused may come later: then the feed begins again.
    this.#stops.push(client.capabilities.subscribe(() => { if (this.#state.state === 'ended' && !this.#closed && this.#allowed()) this.#open(); }));
  }

  readonly get = (): FeedState => this.#state;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  close(): void {
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#subscription?.close();
  }

  #allowed(): boolean {
    return this.client.can({ what: 'stream', stream: this.options.stream, filter: this.options.filter });
  }

  #open(): void {
    const { stream, filter, from } = this.options;
    const subscription = this.client.stream(stream, { filter, from: typeof from === 'number' ? from : { time: new Date(Date.now() - from.back_ms).toISOString() } });
    this.#subscription = subscription;
    this.#set({ state: subscription.state.get(), items: [], truncated: false });
    this.#stops.push(
      subscription.state.subscribe(state => { this.#flush(); this.#set(enter(this.#state, state)); }),
      subscription.onReset(reset => { this.#flush(); this.#set({ state: this.#state.state, items: [], truncated: false, reset_at: reset.from_seq }); }),
    );
    void this.#read(subscription);
  }

  async #read(subscription: StreamSubscription): Promise<void> {
    try {
      for await (const item of subscription) {
        this.#arrived.push(item);
        if (this.#due) continue;
        this.#due = true;
        nextFrame(() => this.#flush());
      }
    } catch (error) {
      this.#flush();
      // What was seen under a right that is gone is not shown any more.
      this.#set({ state: 'ended', items: [], truncated: false, problem: toProblem(error) });
    }
  }

  #flush(): void {
    this.#due = false;
    if (this.#arrived.length === 0) return;
    const arrived = this.#arrived;
    this.#arrived = [];
    this.#set(append(this.#state, arrived, this.options.keep));
  }

  #set(state: FeedState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
