/**
 * Lets so many go on in each turn of the event loop, in the order in which they came: a storm of handshakes then waits, and whoever is served
 * already has its turns between.
 */
export const turns = (perTurn: number): (() => Promise<void>) => {
  let waiting: (() => void)[] = [];
  let next = 0;
  const go = (): void => {
    for (const end = Math.min(waiting.length, next + perTurn); next < end; next++) waiting[next]?.();
    if (next < waiting.length) {
      setImmediate(go);
      return;
    }
    waiting = [];
    next = 0;
  };
  return () => new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(go);
  });
};
