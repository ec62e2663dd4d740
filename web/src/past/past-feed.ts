/** The log as of a moment: what had happened by then, as a list like a live one. */
import type { Client, Observable } from '@xanthus/client';
import { EventFeed, type FeedOptions, type FeedState } from '../live/event-feed.js';
import { momentOf } from './past-time.js';

/** Of a log that is read from its beginning, so many of the newest are held while the moment moves. */
const HELD = 20_000;

/** What had happened by then. Pure. */
export const until = (state: FeedState, time: string, keep: number): FeedState => {
  const moment = Date.parse(time);
  let n = state.items.length;
  while (n > 0 && momentOf(state.items[n - 1]?.time ?? '') > moment) n--;
  const items = state.items.slice(Math.max(0, n - keep), n);
  const { live_after: _, ...rest } = state;
  return { ...rest, items, truncated: state.truncated || n > keep };
};

/**
 * A log that is read from its beginning is read once and cut at the moment; one that goes back some time from now is read anew from that time
 * before the moment.
 */
export class PastFeed {
  readonly #listeners = new Set<() => void>();
  readonly #stop: () => void;
  #inner: EventFeed;
  #unfollow: () => void = () => undefined;
  #state: FeedState;
  #keep: number;

  constructor(private readonly client: Client, private readonly options: FeedOptions, private readonly time: Observable<string | undefined>) {
    this.#keep = options.keep;
    this.#inner = this.#open();
    this.#state = this.#read();
    this.#stop = time.subscribe(() => {
      if (this.time.get() === undefined) return;
      if (typeof this.options.from !== 'number') {
        this.#unfollow();
        this.#inner.close();
        this.#inner = this.#open();
      }
      this.#tell();
    });
  }

  readonly get = (): FeedState => this.#state;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** More of what is held; what is older than that is in the log itself. */
  readonly older = async (): Promise<void> => {
    this.#keep += this.options.keep;
    this.#tell();
    await Promise.resolve();
  };

  close(): void {
    this.#stop();
    this.#unfollow();
    this.#inner.close();
  }

  #open(): EventFeed {
    const { from, keep } = this.options;
    const time = this.time.get() ?? new Date().toISOString();
    const feed = typeof from === 'number'
      ? new EventFeed(this.client, { ...this.options, keep: Math.max(keep, HELD) })
      : new EventFeed(this.client, { ...this.options, from: { time: new Date(Date.parse(time) - ('back_ms' in from ? from.back_ms : 0)).toISOString() }, until: time });
    this.#unfollow = feed.subscribe(() => this.#tell());
    return feed;
  }

  #read(): FeedState {
    return until(this.#inner.get(), this.time.get() ?? new Date().toISOString(), this.#keep);
  }
  #tell(): void {
    this.#state = this.#read();
    for (const listener of this.#listeners) listener();
  }
}
