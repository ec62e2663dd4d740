/** A log that is asked for once and then carried on by signals. Pure. */
import { addLines, type LogRow } from './log-view.js';

export interface LogState {
  readonly rows: readonly LogRow[];
  /** Lines that came too fast and are missing. */
  readonly dropped: number;
  readonly truncated: boolean;
}
export const EMPTY: LogState = { rows: [], dropped: 0, truncated: false };

export interface LogSignal { readonly source: string; readonly lines: readonly string[]; readonly dropped: number; readonly ended?: { readonly code: string; readonly message: string } }
export const readLogSignal = (payload: unknown): LogSignal | undefined => {
  const given = payload as Partial<LogSignal> | null;
  return typeof given?.source === 'string' && Array.isArray(given.lines) ? { source: given.source, lines: given.lines.filter(l => typeof l === 'string'), dropped: given.dropped ?? 0, ...(given.ended ? { ended: given.ended } : {}) } : undefined;
};

/** So many lines are kept while a log is followed; what is older goes. */
export const KEPT = 20_000;

/** For so long after the last lines came they are held against what is followed: some of them come on both ways, ms. */
export const SEAM = 3_000;

/** What was asked, and what came since following began: lines at the seam are shown once. */
export const joinTail = (asked: readonly string[], came: readonly string[]): readonly string[] => {
  if (came.length === 0) return asked;
  for (let at = 0; at < asked.length; at++) {
    const both = Math.min(asked.length - at, came.length);
    let i = 0;
    while (i < both && asked[at + i] === came[i]) i++;
    if (i === both) return [...asked, ...came.slice(both)];
  }
  return [...asked, ...came];
};

export const withAnswer = (lines: readonly string[], truncated: boolean, came: readonly string[]): LogState => ({ rows: addLines([], joinTail(lines, came), KEPT), dropped: 0, truncated });
export const withSignal = (state: LogState, signal: LogSignal): LogState =>
  ({ ...state, rows: addLines(state.rows, signal.lines, KEPT), dropped: state.dropped + signal.dropped });
