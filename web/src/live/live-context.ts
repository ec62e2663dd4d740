import type { BucketState, Client, ConnectionStatus } from '@xanthus/client';
import type { CapabilityRequest, ViewValue } from '@xanthus/proto';
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore } from 'react';
import { toProblem, type ShownProblem } from '../lib/problem.js';
import type { FeedOptions, FeedState } from './event-feed.js';
import type { Live } from './live.js';

/** `looking`: into the past. Another value there and back, so that whoever asks anything is drawn again, and asks again. */
export interface Around { readonly live: Live; readonly looking: boolean }
export const LiveContext = createContext<Around | null>(null);

const useAround = (): Around => {
  const around = useContext(LiveContext);
  if (!around) throw new Error('no connection around this component');
  return around;
};
export const useLive = (): Live => useAround().live;
/** Whether the past is looked at. What is made for the present is made anew there: it belongs to the dependencies of whatever keeps a view or a feed. */
export const useLooking = (): boolean => useAround().looking;
export const useClient = (): Client => useLive().client;

export const useConnection = (): ConnectionStatus => {
  const { connection } = useClient();
  return useSyncExternalStore(connection.subscribe, connection.get);
};

/** The same rule as the gateway's, and nothing can be done in the past. To show or hide; the gateway decides. */
export const useCan = (request: CapabilityRequest): boolean => {
  const { capabilities, can } = useClient();
  useSyncExternalStore(capabilities.subscribe, capabilities.get);
  return can(request);
};

/** The moment that is looked at; undefined: now. */
export const usePastTime = (): string | undefined => {
  const { past: { time } } = useLive();
  return useSyncExternalStore(time.subscribe, time.get);
};

/** Since when the connection is away, ms since 1970; undefined while it is live. */
export const useBehind = (): number | undefined => {
  const { behind } = useLive();
  return useSyncExternalStore(behind.subscribe, behind.get);
};

export interface Rows<T> {
  /** loading: not in sync yet and nothing to show. denied: no right to read it. */
  readonly status: 'loading' | 'ready' | 'denied' | 'failed';
  readonly rows: ReadonlyMap<string, T>;
  readonly stale_since: number | null;
  /** Some are here, not all yet. */
  readonly partial?: boolean;
  readonly problem?: ShownProblem;
}

/** Entries of a bucket by id: the part of the key behind `<tenant>.<view>.`. `known`: it was complete once, so that empty means empty. Pure. */
export const toRows = <T>(state: BucketState<T>, prefix: string, known = false): Rows<T> => {
  if (state.error) {
    const problem = toProblem(state.error);
    return { status: problem.code === 'DENIED' || problem.code === 'REVOKED' ? 'denied' : 'failed', rows: new Map(), stale_since: null, problem };
  }
  const rows = new Map<string, T>();
  for (const [key, value] of state.entries as ReadonlyMap<string, ViewValue<T>>) if (key.startsWith(prefix)) rows.set(key.slice(prefix.length), value.data);
  const whole = state.in_sync || known;
  return { status: whole || rows.size > 0 ? 'ready' : 'loading', rows, stale_since: state.stale_since, ...(whole || rows.size === 0 ? {} : { partial: true }) };
};

/** Views that were complete once: a lost connection does not turn what is known to be empty into something that loads. */
const complete = new WeakSet<object>();

/** A view of a service, live or as of the moment that is looked at: `useRows<ServerRow>('vps', 'acme', 'servers')`. */
export const useRows = <T>(bucket: string, tenant: string, view: string, id = '*'): Rows<T> => {
  const { live, looking } = useAround();
  const held = useMemo(() => live.view<T>(bucket, `${tenant}.${view}.${id}`, looking), [live, looking, bucket, tenant, view, id]);
  return useHeldRows(held, tenant, view);
};

/** The same as it is now, wherever one looks: to compare with. */
export const usePresentRows = <T>(bucket: string, tenant: string, view: string, id = '*'): Rows<T> => {
  const live = useLive();
  const held = useMemo(() => live.present<T>(bucket, `${tenant}.${view}.${id}`), [live, bucket, tenant, view, id]);
  return useHeldRows(held, tenant, view);
};

const useHeldRows = <T>(held: ReturnType<typeof Live.prototype.view<T>>, tenant: string, view: string): Rows<T> => {
  useEffect(() => held.use(), [held]);
  const state = useSyncExternalStore(held.view.subscribe, held.view.get);
  return useMemo(() => {
    if (state.error) complete.delete(held.view);
    else if (state.in_sync) complete.add(held.view);
    return toRows(state, `${tenant}.${view}.`, complete.has(held.view));
  }, [state, tenant, view, held]);
};

/** A stream as a list, live. Options must be the same values from render to render, not the same object. */
export const useFeed = (options: FeedOptions): FeedState & { older(): void } => {
  const { live, looking } = useAround();
  const key = JSON.stringify(options);
  const held = useMemo(() => live.feed(JSON.parse(key) as FeedOptions, looking), [live, looking, key]);
  useEffect(() => held.use(), [held]);
  const state = useSyncExternalStore(held.feed.subscribe, held.feed.get);
  return useMemo(() => ({ ...state, older: () => void held.feed.older() }), [state, held]);
};
