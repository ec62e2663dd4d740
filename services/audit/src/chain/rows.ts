/** Blocks of several chains in one order, newest first. Pure. */
import { parseStoredTime, type ChainBlock } from '@xanthus/jetstream';

/** A block without its filter. */
export interface BlockRow extends Pick<ChainBlock, 'from_seq' | 'seq' | 'events' | 'total' | 'from_time' | 'time'> {
  /** Where the stream AUDIT keeps it. */
  readonly kept: number;
  /** Times of its events, ms since 1970. */
  readonly from_ms: number;
  readonly to_ms: number;
  /** Its place among blocks of other chains: the latest time up to and with it, so that it never goes back, even when a clock did. */
  readonly order: number;
}
export interface Rows { readonly stream: string; /** Oldest first. */ readonly rows: readonly BlockRow[] }
/** A block in its chain. */
export interface Placed { readonly stream: string; readonly row: BlockRow; readonly index: number }
export interface Place { readonly stream: string; readonly seq: number }

export const rowOf = ({ from_seq, seq, events, total, from_time, time }: ChainBlock, kept: number, before: BlockRow | undefined): BlockRow => {
  const to_ms = milliseconds(time);
  return { from_seq, seq, events, total, from_time, time, kept, from_ms: milliseconds(from_time), to_ms, order: Math.max(to_ms, before?.order ?? 0) };
};
const milliseconds = (time: string): number => Number(parseStoredTime(time) / 1_000_000n);

/** How many of the rows begin below a sequence. */
const countBelow = (rows: readonly BlockRow[], seq: number): number => {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.from_seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The blocks below a place that was reached (its stream and `from_seq`); all of them without. */
export function* newestFirst(chains: readonly Rows[], before?: Place): Generator<Placed, void> {
  const reached = before === undefined ? undefined : chains.find(c => c.stream === before.stream);
  if (before !== undefined && reached === undefined) return;
  const order = before === undefined || reached === undefined ? Number.POSITIVE_INFINITY : (reached.rows[countBelow(reached.rows, before.seq + 1) - 1]?.order ?? Number.NEGATIVE_INFINITY);
  const heads = chains.map(({ stream, rows }) => {
    if (before === undefined || reached === undefined) return { stream, rows, at: rows.length - 1 };
    if (stream === before.stream) return { stream, rows, at: countBelow(rows, before.seq) - 1 };
    let at = rows.length - 1;
    while (at >= 0 && ((rows[at]?.order ?? 0) > order || (rows[at]?.order === order && stream < before.stream))) at--;
    return { stream, rows, at };
  });
  for (;;) {
    let next: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (head.at < 0) continue;
      const [mine, best] = [head.rows[head.at]?.order ?? 0, next?.rows[next.at]?.order ?? Number.NEGATIVE_INFINITY];
      if (next === undefined || mine > best || (mine === best && head.stream < next.stream)) next = head;
    }
    const row = next?.rows[next.at];
    if (next === undefined || row === undefined) return;
    const index = next.at--;
    yield { stream: next.stream, row, index };
  }
}
