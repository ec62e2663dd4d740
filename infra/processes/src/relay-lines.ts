import { createLineBudget, type Batch } from './line-budget.js';
import { createLineCutter } from './log-text.js';
import { pause } from './pause.js';

/** Ten messages a second, 48 KiB each; as much as four of them may wait. */
const TICK = 100;
const BUDGET = { bytes: 48 * 1024, lines: 500, waiting: 4 };

/**
 * Bytes of a log as few messages of harmless lines, while `read` hands them over; what comes faster is counted. Resolves with what `read` does, once all is
 * said. @param change of each line, before it goes anywhere: secrets taken out
 */
export const relayLines = async <T>(say: (batch: Batch) => void, read: (push: (chunk: Uint8Array) => void) => Promise<T>, signal: AbortSignal, change: (line: string) => string = line => line): Promise<T> => {
  const budget = createLineBudget(BUDGET);
  const cutter = createLineCutter();
  const over = new AbortController();
  const telling = (async () => {
    while (!signal.aborted && !(over.signal.aborted && budget.empty())) {
      const batch = budget.take();
      if (batch) say(batch);
      await pause(TICK, signal);
    }
  })();
  try {
    const result = await read(chunk => budget.push(cutter.push(chunk).map(change)));
    budget.push(cutter.end().map(change));
    return result;
  } finally {
    over.abort();
    await telling;
  }
};
