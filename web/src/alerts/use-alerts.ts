import { useMemo } from 'react';
import type { Server, ServerAlerts } from '../contracts.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';
import { useNow } from '../ui/ago.js';
import { alertRows, type AlertRow } from './alert-rows.js';

export interface Alerts extends Pick<Rows<unknown>, 'status' | 'problem'> { readonly all: readonly AlertRow[] }

/** Of all servers that may be seen, or of one. */
export const useAlerts = (id?: string): Alerts => {
  const { tenant } = useClient();
  const { status, rows, problem } = useRows<ServerAlerts>('vps', tenant, 'alerts');
  const servers = useRows<Server>('vps', tenant, 'servers').rows;
  // What is muted comes back by itself, to the minute.
  const now = useNow(60_000);
  const all = useMemo(() => alertRows([...rows.values()].filter(a => id === undefined || a.id === id), servers, now), [rows, servers, now, id]);
  return { status, ...(problem ? { problem } : {}), all };
};
