import { useOperationRows } from './server.data.js';

/** Which work on a server ended last: what it changed is asked again. */
export const useLastOperation = (id: string): string => {
  const items = useOperationRows(id).rows.get(id)?.items ?? [];
  return items.find(o => o.state !== 'running')?.id ?? '';
};
