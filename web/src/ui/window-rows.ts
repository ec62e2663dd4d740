import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** Fewer rows than this are all drawn: the browser's own search and print find them. */
const LEAST = 100;

export interface WindowRows<E extends HTMLElement> {
  readonly list: RefObject<E | null>;
  /** Indices of the rows to draw. */
  readonly indices: readonly number[];
  /** Height of what is not drawn before and after them, px. */
  readonly before: number;
  readonly after: number;
  /** For rows of differing height: as `ref`, with `data-index`. */
  readonly measure: (row: HTMLElement | null) => void;
}

/** The rows of a long list that are in sight; the page itself scrolls. `estimate`: height of a row, px. `keyOf` must name a row for good. */
export const useWindowRows = <E extends HTMLElement>(count: number, estimate: number, keyOf: (index: number) => string | number): WindowRows<E> => {
  const list = useRef<E>(null);
  const [top, setTop] = useState(0);
  const many = count > LEAST;
  useLayoutEffect(() => { if (many && list.current) setTop(Math.round(list.current.getBoundingClientRect().top + scrollY)); }, [many, count]);
  const newest = many ? keyOf(0) : undefined;
  const newestBefore = useRef(newest);
  // What comes in above, while somebody reads far down, must not move what they read.
  useLayoutEffect(() => {
    const before = newestBefore.current;
    newestBefore.current = newest;
    if (before === undefined || before === newest || scrollY <= top) return;
    let added = 1;
    while (added < LEAST && keyOf(added) !== before) added++;
    if (added < LEAST) scrollBy(0, added * estimate);
  });
  // oxlint-disable-next-line react/incompatible-library -- no compiler here memoizes; what it returns is used in this function alone
  const rows = useWindowVirtualizer<HTMLElement>({ count, estimateSize: () => estimate, getItemKey: keyOf, overscan: 15, scrollMargin: top, enabled: many });
  if (!many) return { list, indices: Array.from({ length: count }, (_, i) => i), before: 0, after: 0, measure: () => undefined };
  const shown = rows.getVirtualItems();
  const [first, last] = [shown[0], shown.at(-1)];
  return { list, indices: shown.map(r => r.index), before: first ? first.start - top : 0, after: last ? rows.getTotalSize() - (last.end - top) : rows.getTotalSize(), measure: rows.measureElement };
};
