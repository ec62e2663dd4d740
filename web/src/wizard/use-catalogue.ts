/** What a provider sells, asked live: again every minute while it is looked at, and not before the moment that a refusal names. */
import { useQuery, type Query, type UseQueryResult } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Catalogue, ProviderImage, ProviderLocation } from '../contracts.js';
import { useClient } from '../live/live-context.js';
import { providerImages, providerLocations, serverTypes } from '../providers/providers.data.js';
import { retryAt } from '../providers/retry-at.js';
import { useServers, useSetUps } from '../servers/servers.data.js';
import { catalogueChanges, refusedSince, withoutRefused } from './offers.js';

/** The service shares an answer for as long, ms. */
const FRESH = 60_000;
const again = ({ state }: Pick<Query, 'state'>): number => {
  const at = retryAt((state.error as { details?: unknown } | null)?.details);
  return at === undefined ? FRESH : Math.max(1_000, at - Date.now());
};
const LIVE = { refetchInterval: again as (query: { state: Query['state'] }) => number, refetchOnWindowFocus: true, staleTime: FRESH / 2 } as const;

export interface Types { readonly data: Catalogue | undefined; readonly error: Error | null; readonly refetch: () => Promise<unknown> }

/** Without what was refused as sold out since. */
export const useTypes = (provider: string): Types => {
  const client = useClient();
  const { data, error, refetch } = useQuery({ queryKey: ['server-types', client.tenant, provider], queryFn: () => serverTypes(client, { provider }), enabled: provider !== '', ...LIVE });
  const setUps = useSetUps().rows;
  const servers = useServers().rows;
  const shown = useMemo(() => data && withoutRefused(data, refusedSince(data, setUps.values(), servers)), [data, setUps, servers]);
  return { data: shown, error, refetch };
};
export const useLocations = (provider: string): UseQueryResult<readonly ProviderLocation[]> => {
  const client = useClient();
  return useQuery({ queryKey: ['locations', client.tenant, provider], queryFn: () => providerLocations(client, { provider }), select: a => a.locations, enabled: provider !== '', ...LIVE });
};
export const useImages = (provider: string): UseQueryResult<readonly ProviderImage[]> => {
  const client = useClient();
  return useQuery({ queryKey: ['images', client.tenant, provider], queryFn: () => providerImages(client, { provider }), select: a => a.images, enabled: provider !== '', staleTime: FRESH });
};

/** What changed at a location since the wizard is open, newest first; few, so that they are read. */
export const useChanges = (catalogue: Catalogue | undefined, location: string): { readonly changes: readonly string[]; readonly dismiss: () => void } => {
  const before = useRef<Catalogue>(undefined);
  const [changes, setChanges] = useState<readonly string[]>([]);
  useEffect(() => {
    const was = before.current;
    before.current = catalogue;
    if (!was || !catalogue || was === catalogue) return;
    const found = catalogueChanges(was, catalogue, location);
    if (found.length > 0) setChanges(old => [...new Set([...found, ...old])].slice(0, 4));
  }, [catalogue, location]);
  return { changes, dismiss: () => setChanges([]) };
};
