import { timeLeft, type Limit } from '@xanthus/kernel';

export interface Within {
  readonly limit: Limit;
  /** When the step's first try began. */
  readonly first: string | null;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly timeout: (ms: number) => AbortSignal;
  /** What is said when its time is over, which is a word of ours and not of what it waited for. */
  late(): Error;
}

/** Does the work of a step within what is left of its time. @throws the signal's reason when the whole is stopped; `late()` when its time is over */
export const within = async <T>({ limit, first, signal, now, timeout, late }: Within, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const time = timeout(timeLeft(limit, first, now()));
  try {
    return await work(AbortSignal.any([signal, time]));
  } catch (error) {
    signal.throwIfAborted();
    throw time.aborted ? late() : error;
  }
};
