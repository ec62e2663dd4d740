import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { mayAsk } from '../app/nav.js';
import { useCan, useClient, usePresentRows } from '../live/live-context.js';
import { blocksAddress, newestBlocks, type Block } from './past.data.js';
import { ticks } from './past-time.js';

/** Of an organisation whose beginning is not known, ms. */
const MONTH = 30 * 86_400_000;
const PARTS = 120;

/** Since when there is an organisation, and when much happened in it. `now` is the server's. */
export const useLife = (now: number): { readonly first: number; readonly dense: readonly number[] } => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, blocksAddress));
  const { rows } = usePresentRows<{ readonly created_at: string }>('auth', client.tenant, 'tenants');
  const created = rows.values().next().value?.created_at;
  const { data } = useQuery({ queryKey: ['past', 'blocks', client.tenant], queryFn: () => newestBlocks(client), enabled: may, staleTime: 60_000, retry: false });
  return useMemo(() => {
    const blocks = data ?? [];
    const begun = [created, ...blocks.map(b => b.from_time)].map(time => Date.parse(time ?? '')).filter(Number.isFinite);
    const first = begun.length === 0 ? now - MONTH : Math.min(...begun);
    return { first, dense: ticks(blocks.map(({ from_time, time, events }: Block) => ({ from: Date.parse(from_time), to: Date.parse(time), events })), first, now, PARTS) };
  }, [created, data, now]);
};
