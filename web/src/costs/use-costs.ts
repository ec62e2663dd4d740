import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { CostReport } from '../contracts.js';
import { mayAsk } from '../app/nav.js';
import { toProblem, type ShownProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { useServerCosts } from '../servers/servers.data.js';
import { useNow } from '../ui/ago.js';
import { costReport } from './costs.data.js';

export interface Costs { readonly report: CostReport | undefined; readonly denied: boolean; readonly problem: ShownProblem | undefined; readonly loading: boolean; retry(): void }

/** A month, `YYYY-MM`; without one this month. Asked again when a price changes and when the next hour counts. */
export const useCosts = (month?: string): Costs => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, costReport));
  const { rows } = useServerCosts();
  const changed = useMemo(() => [...rows.values()].reduce((newest, r) => (r.changed_at > newest ? r.changed_at : newest), ''), [rows]);
  const hour = useNow(3_600_000);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['cost-report', client.tenant, month, changed, rows.size, hour], queryFn: () => costReport(client, month ? { month } : {}), enabled: may, placeholderData: previous => (previous && (!month || previous.month === month) ? previous : undefined),
  });
  return { report: data, denied: !may, problem: error ? toProblem(error) : undefined, loading: may && isPending, retry: () => void refetch() };
};
