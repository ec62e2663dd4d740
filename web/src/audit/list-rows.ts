/** What a list shows of the log: all of it or of a stretch of time by the index, or what was found. Row 0 is the newest. Pure. */
import type { AuditFilter } from './filter.js';
import type { AuditEvent, Block, Timeline } from './timeline.js';

export interface ListRows {
  readonly count: number;
  /** Undefined: not read yet, or not kept any more. */
  rows(from: number, to: number): { readonly events: readonly (AuditEvent | undefined)[]; readonly missing: readonly Block[] };
}

/** Ranks of a stretch of time. */
export const stretchOf = (timeline: Timeline, { from, to }: Pick<AuditFilter, 'from' | 'to'>): { readonly first: number; readonly end: number; readonly missing: readonly Block[] } => {
  const [after, until] = [from === undefined ? undefined : Date.parse(from) - 1, to === undefined ? undefined : Date.parse(to)];
  const first = after === undefined ? 0 : timeline.rank(after);
  const end = until === undefined ? timeline.count : timeline.rank(until);
  return { first, end: Math.max(first, end), missing: [...(after === undefined ? [] : timeline.unread(after)), ...(until === undefined ? [] : timeline.unread(until))] };
};

/** @param end rank after the newest that is shown: what came later waits */
export const indexedRows = (timeline: Timeline, first: number, end: number): ListRows => ({
  count: end - first,
  rows: (from, to) => {
    const { rows, missing } = timeline.window(Math.max(first, end - to), Math.max(first, end - from));
    return { events: rows.toReversed(), missing };
  },
});

/** @param skip so many of the newest wait */
export const foundRows = (events: readonly AuditEvent[], skip: number): ListRows => ({ count: events.length - skip, rows: (from, to) => ({ events: events.slice(skip + from, skip + to), missing: [] }) });
