import { useEffect, useState, useSyncExternalStore } from 'react';
import { LogModel } from './log-model.js';
import { LogScreen } from './log-screen.js';
import { LOADING, type LogSource, type LogState } from './log-source.js';

/** Told to the page at most once a frame; a hidden page has no frames and must still take in what comes. */
const frame = (fn: () => void): void => { if (document.hidden) setTimeout(fn, 50); else requestAnimationFrame(fn); };

/** A model and what is known of its source, for one drawing after the other. */
class LogDesk {
  readonly model = new LogModel(undefined, undefined, undefined, () => this.#later());
  readonly screen = new LogScreen(this.model, () => this.#later());
  state: LogState = LOADING;
  #version = 0;
  #due = false;
  readonly #listeners = new Set<() => void>();

  readonly get = (): number => this.#version;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly tell = (state: LogState): void => { this.state = state; this.#later(); };

  #later(): void {
    if (this.#due) return;
    this.#due = true;
    frame(() => {
      this.#due = false;
      this.#version++;
      for (const listener of this.#listeners) listener();
    });
  }
}

/** Follows a source, and draws anew with what comes; another one is another model. @param gapWords the same function each time */
export const useLogModel = (source: LogSource, gapWords: (count: number) => string): { readonly screen: LogScreen; readonly state: LogState } => {
  const [desk, setDesk] = useState(() => new LogDesk());
  useEffect(() => {
    // A source tells each who asks from its beginning: what another one told is not its.
    const mine = new LogDesk();
    const stop = source.subscribe({
      lines: lines => mine.model.append(lines),
      reset: () => mine.model.clear(),
      gap: count => mine.model.append([gapWords(count)]),
      state: mine.tell,
    });
    frame(() => setDesk(mine));
    return stop;
  }, [source, gapWords]);
  useSyncExternalStore(desk.subscribe, desk.get);
  return { screen: desk.screen, state: desk.state };
};
