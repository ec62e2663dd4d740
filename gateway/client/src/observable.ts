/**
 * A value and its changes. `get()` returns the same reference until the value changes, so that
 * `useSyncExternalStore(o.subscribe, o.get)` is all that a React component needs; both work unbound.
 */
export interface Observable<T> {
  get(): T;
  /** `fn` gets every later value, not the present one. Returns the way to stop. */
  subscribe(fn: (value: T) => void): () => void;
}

/** A listener's mistake is reported as uncaught, after the others and the rest of the work were done. */
export const tell = <T>(listeners: ReadonlySet<{ readonly fn: (value: T) => void }>, news: T): void => {
  for (const listener of Array.from(listeners)) {
    if (!listeners.has(listener)) continue;
    try {
      listener.fn(news);
    } catch (error) {
      queueMicrotask(() => { throw error; });
    }
  }
};

export interface Value<T> extends Observable<T> {
  set(value: T): void;
}

export const value = <T>(initial: T): Value<T> => {
  let current = initial;
  const listeners = new Set<{ readonly fn: (value: T) => void }>();
  return {
    get: () => current,
    set: next => {
      if (Object.is(next, current)) return;
      current = next;
      tell(listeners, next);
    },
    subscribe: fn => {
      // A listener is its own object: the same function subscribed twice is told twice and stopped once each.
      const listener = { fn };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};

/** Resolves with the first value, the present one included, that fulfils the condition. */
export const until = <T>(observable: Observable<T>, condition: (value: T) => boolean, signal?: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const present = observable.get();
    if (condition(present)) return resolve(present);
    const end = (): void => { stop(); signal?.removeEventListener('abort', aborted); };
    const aborted = (): void => { end(); reject(signal?.reason); };
    const stop = observable.subscribe(value => {
      if (!condition(value)) return;
      end();
      resolve(value);
    });
    if (signal?.aborted) aborted();
    else signal?.addEventListener('abort', aborted);
  });
