/** Limits how many pages are read from NATS at once, and how many are held in advance, over all subscriptions of the gateway. */
export interface ReaderPool {
  /** Runs now, or when one of those before it is done. */
  run<T>(read: () => Promise<T>): Promise<T>;
  /** A place for one page in advance, if there is one; call what it returns once. */
  reserve(): (() => void) | undefined;
}

export const readerPool = (size: number): ReaderPool => {
  let running = 0;
  let reserved = 0;
  const waiting: (() => void)[] = [];
  return {
    run: async (read) => {
      if (running < size) running++;
      else await new Promise<void>(resolve => waiting.push(resolve)); // the place of the one before
      try {
        return await read();
      } finally {
        const next = waiting.shift();
        if (next === undefined) running--;
        else next();
      }
    },
    reserve: () => {
      if (reserved >= size) return undefined;
      reserved++;
      return () => { reserved--; };
    },
  };
};
