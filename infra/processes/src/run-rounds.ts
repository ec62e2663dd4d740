import type { Pause } from './pause.js';
import type { WorkLog } from './supervisor.js';

export interface Rounds<T> {
  /** Between the end of a round and the next, ms. The first begins after it too, so that a start is not held up. */
  readonly every: number;
  readonly pause: Pause;
  /** What is looked at in this round. */
  items(): Promise<readonly T[]> | readonly T[];
  /** Looked at at a time: one that hangs holds up few. */
  readonly atOnce: number;
  /** How long one may take, ms; without it, as long as its own calls do. */
  readonly patience?: number;
  look(item: T, signal: AbortSignal): Promise<void>;
  /** A look that failed: nothing is concluded, it comes again. */
  failed(item: T, error: unknown): void;
  readonly log: Pick<WorkLog, 'error'>;
}

/** Looks at everything from time to time, a few at once, until the signal. Run it in one copy only (`startLocked`). */
export const runRounds = async <T>({ every, pause, items, atOnce, patience, look, failed, log }: Rounds<T>, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await pause(every, signal);
    if (signal.aborted) return;
    try {
      const waiting = [...await items()];
      const next = async (): Promise<void> => {
        while (waiting.length > 0 && !signal.aborted) {
          const item = waiting.shift() as T;
          await look(item, patience === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(patience)])).catch((error: unknown) => { if (!signal.aborted) failed(item, error); });
        }
      };
      await Promise.all(Array.from({ length: atOnce }, next));
    } catch (error) {
      log.error({ err: error }, 'a round ended by a fault; the next comes as always');
    }
  }
};
