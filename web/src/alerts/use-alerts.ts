import { useMemo } from 'react';
import { type Rows } from '../live/live-context.js';
import { useServers } from '../servers/servers.data.js';
import { useNow } from '../ui/ago.js';
import { alertRows, type AlertRow } from './alert-rows.js';
import { useServerAlerts } from './alerts.data.js';

export interface Alerts extends Pick<Rows<unknown>, 'status' | 'problem'> { readonly all: readonly AlertRow[] }

/** Of all servers that may be seen, or of one. */
export const useAlerts = (id?: string): Alerts => {
  const { status, rows, problem } = useServerAlerts();
  const servers = useServers().rows;
  // What is muted comes back by itself, to the minute.
  const now = useNow(60_000);
  const all = useMemo(() => alertRows([...rows.values()].filter(a => id === undefined || a.id === id), servers, now), [rows, servers, now, id]);
  return { status, ...(problem ? { problem } : {}), all };
};
