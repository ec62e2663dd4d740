import type { Operations } from '../contracts.js';
import { useClient, useRows } from '../live/live-context.js';

/** Which work on a server ended last: what it changed is asked again. */
export const useLastOperation = (id: string): string => {
  const { tenant } = useClient();
  const items = useRows<Operations>('vps', tenant, 'operations', id).rows.get(id)?.items ?? [];
  return items.find(o => o.state !== 'running')?.id ?? '';
};
