/** The draft of a new server, kept for this tab: a reload or a look at another page loses nothing. A key is never in it. */
import { useCallback, useEffect, useState } from 'react';
import { useClient } from '../live/live-context.js';
import { choose, EMPTY_DRAFT, readDraft, type Draft } from './draft.js';

const place = (tenant: string): string => `xanthus.new-server.${tenant}`;
/** A browser that keeps nothing still has a wizard. */
const quietly = <T>(act: () => T): T | undefined => { try { return act(); } catch { return undefined; } };

export interface DraftState { readonly draft: Draft; readonly set: (change: Partial<Draft>) => void; readonly clear: () => void }

export const useDraft = (): DraftState => {
  const { tenant } = useClient();
  const [draft, setDraft] = useState(() => readDraft(quietly(() => sessionStorage.getItem(place(tenant))) ?? null));
  useEffect(() => { quietly(() => { sessionStorage.setItem(place(tenant), JSON.stringify(draft)); }); }, [draft, tenant]);
  const set = useCallback((change: Partial<Draft>): void => setDraft(before => choose(before, change)), []);
  const clear = useCallback((): void => { quietly(() => { sessionStorage.removeItem(place(tenant)); }); setDraft(EMPTY_DRAFT); }, [tenant]);
  return { draft, set, clear };
};
