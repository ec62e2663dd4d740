import { useMemo } from 'react';
import { useClient } from '../live/live-context.js';
import { usePreference } from '../preferences/use-preference.js';
import { readRecent, withRecent } from './recent.js';

const NONE: readonly string[] = [];

/** What this person went to lately in this organisation, and how to add to it; `ready`: what was kept is known. */
export const useRecent = (): { readonly recent: readonly string[]; readonly ready: boolean; readonly remember: (key: string) => void } => {
  const { tenant } = useClient();
  const [stored, set, ready] = usePreference<unknown>(`recent.${tenant}`, NONE);
  const recent = useMemo(() => readRecent(stored), [stored]);
  return { recent, ready, remember: key => { const next = withRecent(recent, key); if (next !== recent) set(next); } };
};
