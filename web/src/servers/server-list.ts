/** What the list of servers shows: filter and order. Pure. */
import type { Server, ServerCosts } from '../contracts.js';
import { addAmounts, compareAmounts } from '../lib/money.js';
import { STATE_ORDER, type ListSearch, type ServerState, type Sort } from './list-search.js';
import { stateOf } from './server-state.js';
import type { ServerStatus } from './server-status.js';

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare;

/** What orders a list beside the servers themselves. */
export interface Figures { readonly load: (id: string) => number | undefined; readonly cost: (id: string) => string | undefined }
const NONE: Figures = { load: () => undefined, cost: () => undefined };

/** What is not known comes last. */
const known = <T>(a: T | undefined, b: T | undefined, compare: (a: T, b: T) => number): number => (a === undefined || b === undefined ? Number(a === undefined) - Number(b === undefined) : compare(a, b));

const ORDERS: Readonly<Record<Exclude<Sort, 'name'>, (a: Server, b: Server, f: Figures) => number>> = {
  status: (a, b) => STATE_ORDER.indexOf(stateOf(a).state) - STATE_ORDER.indexOf(stateOf(b).state),
  adopted: (a, b) => b.adopted_at.localeCompare(a.adopted_at),
  load: (a, b, f) => known(f.load(a.id), f.load(b.id), (x, y) => y - x),
  cost: (a, b, f) => known(f.cost(a.id), f.cost(b.id), (x, y) => compareAmounts(y, x)),
};

const texts = (s: Server): readonly (string | undefined)[] => [s.name, s.host, s.user, s.facts?.os, s.facts?.hostname, s.type, s.location, ...s.tags ?? []];

export const listServers = (servers: Iterable<Server>, { q = '', status, provider, sort = 'name' }: ListSearch, figures: Figures = NONE): readonly Server[] => {
  const wanted = q.trim().toLowerCase();
  const order = sort === 'name' ? undefined : ORDERS[sort];
  return [...servers]
    .filter(s => (status === undefined || stateOf(s).state === status) && (provider === undefined || s.provider === provider) && (!wanted || texts(s).some(t => t?.toLowerCase().includes(wanted))))
    .sort((a, b) => order?.(a, b, figures) || byName(a.name, b.name));
};

/** By whether they answer. */
export const countByStatus = (servers: Iterable<Server>): Readonly<Record<ServerStatus, number>> => {
  const counts = { connecting: 0, reachable: 0, unreachable: 0, blocked: 0 };
  for (const { status } of servers) counts[status]++;
  return counts;
};

export const countByState = (servers: Iterable<Server>): ReadonlyMap<ServerState, number> => {
  const counts = new Map<ServerState, number>();
  for (const s of servers) { const { state } = stateOf(s); counts.set(state, (counts.get(state) ?? 0) + 1); }
  return counts;
};

export interface Monthly { readonly amount: string; readonly currency: string }

/** What a server costs a month at most, as priced now, with VAT and its address; undefined: nothing is known, or it is over. */
export const monthlyNow = (costs: Pick<ServerCosts, 'periods' | 'until'> | undefined): Monthly | undefined => {
  const now = costs?.until === null ? costs.periods.findLast(p => p.to === null) : undefined;
  return now && { amount: addAmounts(now.monthly.gross, now.ipv4?.monthly.gross ?? '0'), currency: now.currency };
};

/** `Hetzner · cx22 · fsn1`; what an adopted machine is comes from itself. */
export const describeServer = (s: Server, title: (kind: string) => string): string =>
  [title(s.provider), s.type, s.location, s.provider_id ? undefined : s.facts?.os].filter(Boolean).join(' · ');
