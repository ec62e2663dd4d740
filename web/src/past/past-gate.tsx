/** Takes everything within to the moment in the address, and back. */
import { QueryClient, QueryClientProvider, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useLayoutEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import { LiveContext, useLive } from '../live/live-context.js';
import { StandInReason } from '../ui/stand-in.js';
import { readAt, whichTime } from './past-time.js';
import { LOOKING_BACK } from './rules.js';

/** Answers of the present are no answers of the past: nothing is shared, and what the past can't answer isn't tried again. */
const pastQueries = (): QueryClient => new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });

/** The same components stay mounted: a slider that is being dragged, an open tab, a place that was scrolled to. */
export const PastGate = ({ children }: { readonly children: ReactNode }): ReactNode => {
  const live = useLive();
  const ofNow = useQueryClient();
  const search: Record<string, unknown> = useSearch({ strict: false });
  const time = whichTime(readAt(search).at, live.now());
  const { time: shown } = live.past;
  const looking = useSyncExternalStore(shown.subscribe, () => shown.get() !== undefined);
  // A link into the past must not open the present first: nobody listens yet.
  useState(() => live.past.set(time));
  useLayoutEffect(() => live.past.set(time), [live, time]);
  useLayoutEffect(() => () => live.past.set(undefined), [live]);
  const queries = useMemo(() => (looking ? pastQueries() : ofNow), [looking, ofNow]);
  return (
    <LiveContext value={looking ? live.back : live}>
      <QueryClientProvider client={queries}>
        <StandInReason value={looking ? LOOKING_BACK : undefined}>{children}</StandInReason>
      </QueryClientProvider>
    </LiveContext>
  );
};
