/** Takes everything within to the moment in the address, and back. */
import { hashKey, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useLayoutEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import { LiveContext } from '../live/live-context.js';
import type { Live } from '../live/live.js';
import { StandInReason } from '../ui/stand-in.js';
import { readAt, whichTime } from './past-time.js';
import { LOOKING_BACK } from './rules.js';

/** Marks what was answered in the past. */
const PAST = 'past ';

/** The same components stay mounted: a slider that is being dragged, an open tab, a place that was scrolled to. */
export const PastGate = ({ live, children }: { readonly live: Live; readonly children: ReactNode }): ReactNode => {
  const queries = useQueryClient();
  const search: Record<string, unknown> = useSearch({ strict: false });
  const time = whichTime(readAt(search).at, live.now());
  const { time: shown } = live.past;
  // A link into the past must not open the present first: nobody listens yet.
  useState(() => {
    live.past.set(time);
    // Answers of the present are no answers of the past: the same question is another one there.
    const defaults = queries.getDefaultOptions();
    queries.setDefaultOptions({ ...defaults, queries: { ...defaults.queries, queryKeyHashFn: key => `${live.past.time.get() === undefined ? '' : PAST}${hashKey(key)}` } });
  });
  const looking = useSyncExternalStore(shown.subscribe, () => shown.get() !== undefined);
  useLayoutEffect(() => live.past.set(time), [live, time]);
  useLayoutEffect(() => () => live.past.set(undefined), [live]);
  useLayoutEffect(() => { if (!looking) queries.removeQueries({ predicate: query => query.queryHash.startsWith(PAST) && query.getObserversCount() === 0 }); }, [looking, queries]);
  const around = useMemo(() => ({ live, looking }), [live, looking]);
  return (
    <LiveContext value={around}>
      <StandInReason value={looking ? LOOKING_BACK : undefined}>{children}</StandInReason>
    </LiveContext>
  );
};
