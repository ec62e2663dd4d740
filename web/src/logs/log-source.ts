/** What a log viewer shows comes from: a journal, a pod, a run. Pure shapes. */
import type { ShownProblem } from '../lib/problem.js';

/** `off`: as of a moment. `starting`: asked to follow. `live`: what is written shows within a second. `ended`: nothing more will come. */
export type Following = 'off' | 'starting' | 'live' | 'ended';

export interface LogState {
  readonly loading: boolean;
  readonly following: Following;
  readonly problem?: ShownProblem | undefined;
  /** Lines that came too fast and are missing, in all. */
  readonly dropped: number;
  /** There was more before the first line than can be shown, or lines were cut. */
  readonly truncated: boolean;
}
export const LOADING: LogState = { loading: true, following: 'starting', dropped: 0, truncated: false };

export interface LogListener {
  /** Came after all that came before, in order. */
  lines(lines: readonly string[]): void;
  /** Begins anew: what was shown is let go. */
  reset(): void;
  /** So many came too fast and are missing here. */
  gap(count: number): void;
  state(state: LogState): void;
}

/** One log. Each subscription is told everything from the beginning of what is kept. */
export interface LogSource {
  subscribe(listener: LogListener): () => void;
  /** Asks again; where that makes sense. */
  reload?(): void;
}
