/** Everything that the dashboard asks of Xanthus and has done there. */
import { useMemo } from 'react';
import type { StreamItem } from '@xanthus/client';
import * as contracts from '../contracts.js';
import type { Deployment, Domain, Operations, Plan, Zone } from '../contracts.js';
import { onThing } from '../lib/act.js';
import { useClient, useFeed, useRows, type Rows } from '../live/live-context.js';
import { usePreference } from '../preferences/use-preference.js';
import { readLayout, type Layout } from './layout.js';

export const useOperations = (): Rows<Operations> => useRows<Operations>('vps', useClient().tenant, 'operations');
export const usePlans = (): Rows<Plan> => useRows<Plan>('dns', useClient().tenant, 'plans');
export const useDomainRows = (): Rows<Domain> => useRows<Domain>('dns', useClient().tenant, 'domains');
export const useZones = (): Rows<Zone> => useRows<Zone>('dns', useClient().tenant, 'zones');
/** @param id `<application>.<deployment>` */
export const useDeployment = (id: string): Deployment | undefined => useRows<Deployment>('applications', useClient().tenant, 'deployments', id).rows.get(id);

export const cancelPlan = onThing(contracts.cancelPlan);
export const cancelDeployment = onThing(contracts.cancelDeployment);

/** How far back the newest events go, ms, and how many of each service are kept. */
const DAY = 86_400_000;
const KEEP = 40;
const STREAMS = { vps: 'VPS', applications: 'APPLICATIONS', dns: 'DNS', terminals: 'TERMINALS', auth: 'AUTH' } as const;
export type EventSource = keyof typeof STREAMS;

const useSource = (service: EventSource): ReturnType<typeof useFeed> => {
  const { tenant } = useClient();
  // Only what persons ask for and what follows from it: samples and the like are no events.
  return useFeed({ stream: STREAMS[service], filter: `evt.${tenant}.>`, from: { back_ms: DAY }, keep: KEEP });
};

export interface Latest { readonly items: readonly (StreamItem & { readonly stream: string })[]; readonly ready: boolean; /** No service's events may be read. */ readonly denied: boolean; readonly stale: boolean }

/** The newest events of all services that one may follow, newest first. */
export const useLatest = (): Latest => {
  const [vps, applications, dns, terminals, auth] = [useSource('vps'), useSource('applications'), useSource('dns'), useSource('terminals'), useSource('auth')];
  return useMemo(() => {
    const feeds = [['vps', vps], ['applications', applications], ['dns', dns], ['terminals', terminals], ['auth', auth]] as const;
    const open = feeds.filter(([, feed]) => feed.problem?.code !== 'DENIED' && feed.problem?.code !== 'REVOKED');
    const items = open.flatMap(([service, feed]) => feed.items.map(item => ({ ...item, stream: STREAMS[service] }))).sort((a, b) => b.time.localeCompare(a.time));
    return { items, ready: open.every(([, feed]) => feed.live_after !== undefined || feed.state === 'live' || feed.problem !== undefined), denied: open.length === 0, stale: open.some(([, feed]) => feed.state !== 'live') };
  }, [vps, applications, dns, terminals, auth]);
};

/** Which tiles, in which order, of this person in this organisation; null goes back to the default. */
export const useLayout = (): readonly [Layout, (layout: Layout | null) => void] => {
  const { tenant } = useClient();
  const [stored, set] = usePreference<unknown>(`dashboard.${tenant}`, undefined);
  return [useMemo(() => readLayout(stored), [stored]), set];
};
