/** The draft of a new server, kept for this tab: a reload or a look at another page loses nothing. A key is never in it. */
import { useCallback, useEffect, useState } from 'react';
import { useClient } from '../live/live-context.js';
import { choose, nextOne, readDraft, type Draft } from './draft.js';

const place = (tenant: string): string => `xanthus.new-server.${tenant}`;
/** A browser that keeps nothing still has a wizard. */
const quietly = <T>(act: () => T): T | undefined => { try { return act(); } catch { return undefined; } };

export interface DraftState { readonly draft: Draft; readonly set: (change: Partial<Draft>) => void; readonly ordered: () => void }

export const useDraft = (): DraftState => {
  const { tenant } = useClient();
  const [draft, setDraft] = useState(() => readDraft(quietly(() => sessionStorage.getItem(place(tenant))) ?? null));
  useEffect(() => { quietly(() => { sessionStorage.setItem(place(tenant), JSON.stringify(draft)); }); }, [draft, tenant]);
  const set = useCallback((change: Partial<Draft>): void => setDraft(before => choose(before, change)), []);
  // Written at once: after an order the page is gone before it is drawn again.
  const ordered = useCallback((): void => { const next = nextOne(draft); quietly(() => { sessionStorage.setItem(place(tenant), JSON.stringify(next)); }); setDraft(next); }, [draft, tenant]);
  return { draft, set, ordered };
};
