/** Everything that the status page asks of Xanthus. */
import type { Client } from '@xanthus/client';
import type { healthQuery } from '@xanthus/proto';
import { useQuery } from '@tanstack/react-query';
import { request } from '../lib/http.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { useAccountBudgets, useAccounts } from '../providers/providers.data.js';
import { useProviderBudgets } from '../tenancy/tenancy.data.js';
import type { Measured, ProviderState, ServiceAnswer } from './status-model.js';
import { SERVICE_WORDS } from './status-model.js';

/** How often all are asked again while the page is open and seen, ms; and how long one is waited for. */
export const EVERY = 10_000;
const PATIENCE = 6_000;

/** Of every service; its schemas stay out of the bundle. */
const healthOf = (service: string): ReturnType<typeof healthQuery> => ({ kind: 'query', service, question: 'health', on: 'all', deadline: PATIENCE }) as unknown as ReturnType<typeof healthQuery>;

const askService = async (client: Client, service: string): Promise<ServiceAnswer> => {
  const from = performance.now();
  const took = (): number => performance.now() - from;
  try {
    const health = await client.query(healthOf(service), {}, { expiry: PATIENCE, timeout: PATIENCE });
    return { service, ms: took(), health };
  } catch (error) {
    return { service, ms: took(), code: toProblem(error).code };
  }
};

/** The way to the gateway and back. */
const askGateway = async (): Promise<Pick<Measured, 'gateway_ms' | 'version'>> => {
  const from = performance.now();
  try {
    const { version } = await request<{ version: string }>('GET', '/version', undefined, AbortSignal.timeout(PATIENCE));
    return { gateway_ms: performance.now() - from, version };
  } catch {
    return {};
  }
};

const measure = async (client: Client): Promise<Measured> => {
  // First alone, so that nothing else of ours is on the way.
  const gateway = await askGateway();
  const services = await Promise.all(Object.keys(SERVICE_WORDS).map(service => askService(client, service)));
  return { ...gateway, services, at: Date.now() };
};

/** Asked again every ten seconds, and not while nobody sees it. */
export const useMeasured = (): { readonly measured: Measured | undefined; readonly asking: boolean; again(): void } => {
  const client = useClient();
  const query = useQuery({ queryKey: ['status', client.tenant], queryFn: () => measure(client), refetchInterval: EVERY, refetchIntervalInBackground: false, refetchOnWindowFocus: true, staleTime: 0, gcTime: 0, networkMode: 'always' });
  return { measured: query.data, asking: query.isFetching, again: () => void query.refetch() };
};

const NAMES: Readonly<Record<string, string>> = { cloudflare: 'Cloudflare' };

/** What the providers take, as far as one may see it. */
export const useProviderStates = (): readonly (ProviderState & { readonly key: string; readonly window_s: number; readonly resets_at: string; readonly retry_at?: string | undefined })[] => {
  const { rows: linked } = useProviderBudgets();
  const { rows: budgets } = useAccountBudgets();
  const { accounts } = useAccounts();
  return [
    ...[...linked.values()].map(b => ({ ...b, key: b.provider, name: NAMES[b.provider] ?? b.provider })),
    ...accounts.flatMap(a => { const budget = budgets.get(a.id); return budget ? [{ ...budget, key: a.id, name: a.name }] : []; }),
  ];
};
