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

/** What was asked, and what came meanwhile: lines at the seam are shown once. */
export const joinTail = (asked: readonly string[], came: readonly string[]): readonly string[] => {
  for (let n = Math.min(asked.length, came.length); n > 0; n--) {
    if (came.slice(0, n).every((line, i) => line === asked[asked.length - n + i])) return [...asked, ...came.slice(n)];
  }
  return [...asked, ...came];
};

export const withAnswer = (lines: readonly string[], truncated: boolean, came: readonly string[]): LogState => ({ rows: addLines([], joinTail(lines, came), KEPT), dropped: 0, truncated });
export const withSignal = (state: LogState, signal: LogSignal): LogState =>
  ({ ...state, rows: addLines(state.rows, signal.lines, KEPT), dropped: state.dropped + signal.dropped });
