import { isProviderCode } from './provider.errors.js';
import type { Progress } from './provider.js';

const FIRST_MS = 400;
const LONGEST_MS = 5_000;
/** Looks in a row that may fail for reasons that pass, before it is given up. */
const PATIENCE = 4;

/**
 * Looks at what is under way with growing pauses until all of it is done. Progress never goes back, and ends at 100.
 * @param o.look throws when it failed
 */
export const awaitPolled = async (o: {
  readonly refs: readonly string[]; readonly signal: AbortSignal;
  look(ref: string): Promise<{ readonly done: boolean } & Progress>;
  pause(ms: number, signal: AbortSignal): Promise<void>;
  onProgress?(progress: Progress): void;
}): Promise<void> => {
  let told = -1;
  const tell = (percent: number, what: string): void => {
    if (percent <= told) return;
    told = percent;
    o.onProgress?.({ percent, what });
  };
  let ms = FIRST_MS;
  for (const [at, ref] of o.refs.entries()) {
    const share = 100 / o.refs.length;
    for (let failed = 0; ;) {
      o.signal.throwIfAborted();
      const seen = await o.look(ref).catch((error: unknown) => {
        if (!isProviderCode(error, 'UNAVAILABLE', 'TIMEOUT', 'UNREADABLE') || ++failed >= PATIENCE) throw error;
        return undefined;
      });
      if (seen) {
        failed = 0;
        tell(Math.min(100, Math.round(share * at + (seen.done ? share : share * Math.min(seen.percent, 99) / 100))), seen.what);
        if (seen.done) break;
      }
      await o.pause(ms, o.signal);
      ms = Math.min(LONGEST_MS, ms * 1.5);
    }
  }
};
