/** A stream as a list: in order, each message once, bounded, told to pages at most once per frame. */
import type { Client, StreamItem, StreamSubscription } from '@xanthus/client';
import type { SubscriptionState } from '@xanthus/proto';
import { serverAhead } from '../lib/http.js';
import { toProblem, type ShownProblem } from '../lib/problem.js';

export interface FeedOptions {
  readonly stream: string;
  readonly filter: string;
  /** First sequence, go back so many ms, or a time. */
  readonly from: number | { readonly back_ms: number } | { readonly time: string };
  /** What came later is not wanted: the list is complete there. */
  readonly until?: string;
  /** The newest so many are kept; `older` adds as many before them. */
  readonly keep: number;
}

export interface FeedState {
  readonly state: SubscriptionState;
  /** Oldest first. Never mutated. */
  readonly items: readonly StreamItem[];
  /** There are older messages, let go because of `keep`. */
  readonly truncated: boolean;
  /** The page before is being read. */
  readonly paging?: boolean;
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

/** A page read from the stream, before what is kept. Pure. `more`: there was still more before it. */
const prepend = (feed: FeedState, page: readonly StreamItem[], more: boolean): FeedState => {
  const first = feed.items[0]?.seq ?? Infinity;
  return { ...feed, items: [...page.filter(i => i.seq < first), ...feed.items], truncated: more, paging: false };
};

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
  #keep: number;
  readonly #listeners = new Set<() => void>();
  readonly #stops: (() => void)[] = [];

  constructor(private readonly client: Client, private readonly options: FeedOptions) {
    this.#keep = options.keep;
    this.#open();
    // A right that was refused may come later: then the feed begins again.
    this.#stops.push(client.capabilities.subscribe(() => { if (this.#state.state === 'ended' && !this.#closed && this.#allowed()) this.#open(); }));
  }

  readonly get = (): FeedState => this.#state;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Reads the page before the oldest that is kept. The stream can only be read forwards: from the start, keeping the end of it. */
  readonly older = async (): Promise<void> => {
    const { items, truncated, paging } = this.#state;
    const first = items[0];
    if (!first || !truncated || paging || this.#closed) return;
    this.#set({ ...this.#state, paging: true });
    // Nothing is let go while the page comes, or there would be a hole before it.
    this.#keep = Infinity;
    const subscription = this.#subscribe();
    const stop = (): void => subscription.close();
    this.#stops.push(stop);
    let page: StreamItem[] = [];
    let more = false;
    let failed = false;
    try {
      for await (const item of subscription) {
        if (item.seq >= first.seq) break;
        page.push(item);
        if (page.length >= 2 * this.options.keep) { page = page.slice(-this.options.keep); more = true; }
      }
    } catch {
      failed = true;
      // The feed itself has the same right and the same connection, and says what is wrong.
    } finally {
      subscription.close();
      this.#stops.splice(this.#stops.indexOf(stop), 1);
    }
    const whole = page.length <= this.options.keep;
    page = page.slice(-this.options.keep);
    // The log was replaced meanwhile, or the right went: the page belongs to nothing that is shown.
    const fits = this.#state.items[0] === first;
    if (fits && !this.#closed) this.#set(failed ? prepend(this.#state, [], true) : prepend(this.#state, page, more || !whole));
    // Room for what comes while somebody reads far down.
    this.#keep = this.#state.items.length + this.options.keep;
  };

  close(): void {
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#subscription?.close();
  }

  #allowed(): boolean {
    return this.client.can({ what: 'stream', stream: this.options.stream, filter: this.options.filter });
  }

  #subscribe(): StreamSubscription {
    const { stream, filter, from } = this.options;
    return this.client.stream(stream, { filter, from: typeof from === 'number' ? from : 'time' in from ? from : { time: new Date(Date.now() + serverAhead() - from.back_ms).toISOString() } });
  }

  #open(): void {
    const subscription = this.#subscribe();
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
      const { until } = this.options;
      const last = until === undefined ? Infinity : Date.parse(until);
      for await (const item of subscription) {
        if (Date.parse(item.time) > last) {
          subscription.close();
          break;
        }
        this.#arrived.push(item);
        if (this.#due) continue;
        this.#due = true;
        nextFrame(() => this.#flush());
      }
      if (until !== undefined && !this.#closed) {
        this.#flush();
        this.#set(enter(this.#state, 'live'));
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
    this.#set(append(this.#state, arrived, this.#keep));
  }

  #set(state: FeedState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
