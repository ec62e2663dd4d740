import type { Entry, Namespace, State } from './state.js';

/** What readers see of a key: the value, or what was there before while a write has not reached them. A read counts towards that. */
export const read = (state: State, entry: Entry | undefined): { readonly value: Uint8Array; readonly metadata?: unknown; readonly expiration?: number } | undefined => {
  if (entry === undefined) return undefined;
  const seen = isStale(state, entry) ? entry.before : entry;
  if (entry.staleReads > 0) entry.staleReads -= 1;
  if (seen?.value === undefined || (seen.expiration ?? Infinity) * 1000 <= state.now()) return undefined;
  return { value: seen.value, metadata: seen.metadata, ...(seen.expiration !== undefined && { expiration: seen.expiration }) };
};

const isStale = (state: State, entry: Entry): boolean => entry.staleReads > 0 || state.now() < entry.staleUntil;

/** `value` undefined deletes. */
export const write = (state: State, namespace: Namespace, key: string, next: { readonly value: Uint8Array | undefined; readonly metadata?: unknown; readonly expiration?: number }): void => {
  const old = namespace.entries.get(key);
  const before = old && !isStale(state, old) ? { value: old.value, metadata: old.metadata, ...(old.expiration !== undefined && { expiration: old.expiration }) } : old?.before;
  const { reads, ms } = state.consistency;
  namespace.entries.set(key, { ...next, ...(before && { before }), staleReads: reads, staleUntil: ms > 0 ? state.now() + ms : 0 });
};

/** Everything written so far is seen by everybody. */
export const settle = (state: State): void => {
  for (const namespaces of state.namespaces.values()) {
    for (const { entries } of namespaces.values()) for (const entry of entries.values()) { entry.staleReads = 0; entry.staleUntil = 0; }
  }
};
