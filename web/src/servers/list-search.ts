/** The address of the list of servers. Apart from the list, which is loaded when it is opened. Pure. */

/** The most urgent first. */
export const STATE_ORDER = ['removal-failed', 'failed', 'blocked', 'unreachable', 'deleting', 'creating', 'setting-up', 'connecting', 'off', 'reachable'] as const;
export type ServerState = (typeof STATE_ORDER)[number];

export const SORTS = ['name', 'status', 'adopted', 'load', 'cost'] as const;
export type Sort = (typeof SORTS)[number];
export interface ListSearch { readonly q?: string; readonly status?: ServerState; readonly provider?: string; readonly sort?: Sort }

/** Unknown values in an address are left out, not an error. */
export const readListSearch = (search: Record<string, unknown>): ListSearch => {
  const { q, status, provider, sort } = search;
  return {
    ...(typeof q === 'string' && q ? { q } : {}),
    ...(STATE_ORDER.includes(status as ServerState) ? { status: status as ServerState } : {}),
    ...(typeof provider === 'string' && /^[a-z][a-z0-9-]{0,31}$/.test(provider) ? { provider } : {}),
    ...(SORTS.includes(sort as Sort) && sort !== 'name' ? { sort: sort as Sort } : {}),
  };
};
