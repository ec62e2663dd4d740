/** What the list of servers shows: the search part of its address, filter and order. Pure. */
import type { Server } from '../contracts.js';
import { STATUSES, type ServerStatus } from './server-status.js';

export const SORTS = ['name', 'status', 'adopted'] as const;
export type Sort = (typeof SORTS)[number];
export interface ListSearch { readonly q?: string; readonly status?: ServerStatus; readonly sort?: Sort }

/** Unknown values in an address are left out, not an error. */
export const readListSearch = (search: Record<string, unknown>): ListSearch => {
  const { q, status, sort } = search;
  return {
    ...(typeof q === 'string' && q ? { q } : {}),
    ...(STATUSES.includes(status as ServerStatus) ? { status: status as ServerStatus } : {}),
    ...(SORTS.includes(sort as Sort) && sort !== 'name' ? { sort: sort as Sort } : {}),
  };
};

/** Troubled first. */
const URGENCY: Readonly<Record<ServerStatus, number>> = { blocked: 0, unreachable: 1, connecting: 2, reachable: 3 };
const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare;

export const listServers = (servers: Iterable<Server>, { q = '', status, sort = 'name' }: ListSearch): readonly Server[] => {
  const wanted = q.trim().toLowerCase();
  return [...servers]
    .filter(s => (status === undefined || s.status === status) && (!wanted || [s.name, s.host, s.user, s.facts?.os ?? '', s.facts?.hostname ?? ''].some(t => t.toLowerCase().includes(wanted))))
    .sort((a, b) => (sort === 'status' ? URGENCY[a.status] - URGENCY[b.status] : sort === 'adopted' ? b.adopted_at.localeCompare(a.adopted_at) : 0) || byName(a.name, b.name));
};

export const countByStatus = (servers: Iterable<Server>): Readonly<Record<ServerStatus, number>> => {
  const counts = { connecting: 0, reachable: 0, unreachable: 0, blocked: 0 };
  for (const { status } of servers) counts[status]++;
  return counts;
};
