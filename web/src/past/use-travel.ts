import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useLive } from '../live/live-context.js';

export interface Travel {
  /** ms since 1970; a moment that has not come is now. */
  readonly to: (moment: number) => void;
  readonly toNow: () => void;
}

/** Goes to another moment: in the address, so that it can be passed on; one step back leaves the past, however often the moment was moved. */
export const useTravel = (): Travel => {
  const live = useLive();
  const navigate = useNavigate();
  const go = useCallback((at: string | undefined) => {
    const replace = live.past.time.get() !== undefined;
    void navigate({ to: '.', search: (before: Record<string, unknown>) => ({ ...before, at }), replace, resetScroll: false } as never);
  }, [live, navigate]);
  const to = useCallback((moment: number) => go(moment >= live.now() ? undefined : new Date(moment).toISOString()), [go, live]);
  return { to, toNow: useCallback(() => go(undefined), [go]) };
};
