/** What a zone's page holds beside what is live: changes that are not planned yet, and what a plan's making said. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import { mayAsk, maySend } from '../app/nav.js';
import type { MadePlan, PlanSource, RecordInput, RecordIssue, Zone } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { checkRecords, makePlan } from './dns.data.js';
import { useDelayed } from './use-delayed.js';
import type { PendingSet } from './pending.js';

const NOTHING: PendingSet = new Map();
/** By tenant and zone: going to another page and back loses nothing. */
const sets = new Map<string, PendingSet>();
const listeners = new Set<() => void>();
const subscribe = (listener: () => void): (() => void) => { listeners.add(listener); return () => listeners.delete(listener); };

export interface Collected { readonly all: PendingSet; change(to: (all: PendingSet) => PendingSet): void }

/** Changes of a zone that nobody has planned yet. Closing the browser asks first. */
export const usePending = (zone: string): Collected => {
  const { tenant } = useClient();
  const key = `${tenant} ${zone}`;
  const all = useSyncExternalStore(subscribe, () => sets.get(key) ?? NOTHING);
  const change = useCallback((to: (all: PendingSet) => PendingSet): void => {
    const next = to(sets.get(key) ?? NOTHING);
    if (next.size > 0) sets.set(key, next); else sets.delete(key);
    for (const listener of listeners) listener();
  }, [key]);
  const some = all.size > 0;
  useEffect(() => {
    if (!some) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [some]);
  return useMemo(() => ({ all, change }), [all, change]);
};

/** What the making of a plan said and its view does not keep: what stood in the way, remarks on a file, and what it was made of. */
export interface Said extends Pick<MadePlan, 'obstacles' | 'notes'> { readonly wish: PlanWish; /** Collected changes that became this plan: given back when somebody wants to edit again. */ readonly pending: PendingSet | undefined }
const said = new Map<string, Said>();
export const saidOf = (plan: string): Said | undefined => said.get(plan);

export interface PlanWish { readonly source: PlanSource; readonly reason?: string; readonly pending?: PendingSet | undefined }
/** Makes a plan and shows it. */
export const useMakePlan = (zone: string, onMade?: (wish: PlanWish) => void) => {
  const client = useClient();
  const navigate = useNavigate();
  const may = useCan(maySend(client.tenant, makePlan));
  const make = useMutation({
    mutationFn: ({ source, reason = '' }: PlanWish) => makePlan(client, { zone, source, reason }),
    onSuccess: (made, wish) => {
      said.set(made.id, { obstacles: made.obstacles, notes: made.notes, wish, pending: wish.pending });
      onMade?.(wish);
      void navigate({ to: '/domains/$id', params: { id: zone }, search: { tab: 'plans', plan: made.id } });
    },
  });
  return { may, make };
};

const NO_ISSUES: readonly RecordIssue[] = [];
/** What is wrong with a record while it is typed. Without the right to ask nothing is said here, and the plan says it. */
export const useCheck = (zone: Pick<Zone, 'id'>, input: RecordInput): { readonly issues: readonly RecordIssue[]; readonly mayCheck: boolean } => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, checkRecords, zone.id));
  const typed = JSON.stringify(input);
  const settled = useDelayed(typed, 250);
  const { data } = useQuery({
    queryKey: ['check-record', client.tenant, zone.id, settled], enabled: may, gcTime: 10_000, placeholderData: previous => previous,
    queryFn: () => checkRecords(client, { records: [JSON.parse(settled) as RecordInput] }, zone.id),
  });
  return { issues: data?.issues ?? NO_ISSUES, mayCheck: may };
};
