import { useQueryClient } from '@tanstack/react-query';
import type { Client } from '@xanthus/client';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient } from '../live/live-context.js';
import { useSession } from '../session/session-context.js';
import { browserPorts } from './browser-ports.js';
import { parentOf } from './paths.js';
import { Transfers } from './transfers.js';

/** They go on while one looks at another page. */
const kept = new WeakMap<Client, Map<string, Transfers>>();

export const useTransfers = (server: string): Transfers => {
  const client = useClient();
  const session = useSession();
  const queries = useQueryClient();
  const transfers = useMemo(() => {
    const mine = kept.get(client) ?? new Map<string, Transfers>();
    kept.set(client, mine);
    const found = mine.get(server) ?? new Transfers(browserPorts(client, session, server), path => void queries.invalidateQueries({ queryKey: ['files', client.tenant, server, parentOf(path)] }));
    mine.set(server, found);
    return found;
  }, [client, session, server, queries]);
  const busy = useSyncExternalStore(transfers.subscribe, () => transfers.busy);
  useEffect(() => {
    if (!busy) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [busy]);
  return transfers;
};
