import { useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useRecent } from './use-recent.js';

/** Things that have a page of their own, by its address. */
const PAGES = [['server', /^\/servers\/([0-7][0-9a-hjkmnp-tv-z]{25})$/], ['application', /^\/applications\/([0-7][0-9a-hjkmnp-tv-z]{25})$/], ['zone', /^\/domains\/([0-9a-f]{32})$/], ['recording', /^\/recordings\/([0-9a-z]{26})$/]] as const;

/** Whoever opens a thing finds it again under "Recent". */
export const useVisits = (): void => {
  const path = useLocation({ select: location => location.pathname });
  const { ready, remember } = useRecent();
  // Only where one went to, not when the list changes.
  useEffect(() => {
    // Before that, what was kept would be written over.
    if (!ready) return;
    for (const [kind, pattern] of PAGES) { const id = pattern.exec(path)?.[1]; if (id) remember(`${kind} ${id}`); }
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- see above
  }, [path, ready]);
};
