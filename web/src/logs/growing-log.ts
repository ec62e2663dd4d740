/** Lines that are part of a view: the newest of them, each time all again. What is new of them is told. */
import { joinTail } from './join-tail.js';
import type { LogListener, LogSource, LogState } from './log-source.js';

export class GrowingLog implements LogSource {
  #lines: readonly string[] = [];
  #state: LogState = { loading: false, following: 'live', dropped: 0, truncated: false };
  readonly #listeners = new Set<LogListener>();

  subscribe(listener: LogListener): () => void {
    this.#listeners.add(listener);
    if (this.#lines.length > 0) listener.lines(this.#lines);
    listener.state(this.#state);
    return () => void this.#listeners.delete(listener);
  }

  /** @param lines the newest ones, old and new @param underway more may come */
  take(lines: readonly string[], underway: boolean): void {
    const before = this.#lines;
    this.#lines = lines;
    const all = joinTail(before, lines);
    // Nothing of before is in it: it is another log, or went on too far.
    const other = before.length > 0 && (lines.length === 0 || all.length === before.length + lines.length);
    const fresh = other ? lines : all.slice(before.length);
    for (const listener of this.#listeners) {
      if (other) listener.reset();
      if (fresh.length > 0) listener.lines(fresh);
    }
    const following = underway ? 'live' : 'ended';
    if (this.#state.following === following) return;
    this.#state = { ...this.#state, following };
    for (const listener of this.#listeners) listener.state(this.#state);
  }
}
