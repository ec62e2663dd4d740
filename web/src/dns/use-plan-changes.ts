import { useQuery } from '@tanstack/react-query';
import type { RecordChange } from '../contracts.js';
import { compareNames } from '../lib/format.js';
import { useClient } from '../live/live-context.js';
import { planDetails } from './dns.data.js';
import { changedName } from './plan-model.js';

/** The most that may be asked for; the service ends a page of large records earlier. */
const PAGE = 1_000;

/** Changes of a plan by name, all pages: what they are never changes, so that they are asked for once. */
export const usePlanChanges = (id: string) => {
  const client = useClient();
  return useQuery({
    queryKey: ['dns-plan', client.tenant, id],
    queryFn: async (): Promise<readonly RecordChange[]> => {
      const changes: RecordChange[] = [];
      for (let offset: number | null = 0; offset !== null;) {
        const page: { readonly changes: readonly RecordChange[]; readonly next_offset: number | null } = await planDetails(client, { offset, limit: PAGE }, id);
        changes.push(...page.changes);
        offset = page.next_offset;
      }
      return changes.sort((a, b) => compareNames(changedName(a), changedName(b)));
    },
  });
};
