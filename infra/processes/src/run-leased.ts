import type { NatsConnection } from '@nats-io/transport-node';
import { watchViewBucket } from '@xanthus/jetstream';
import type { ViewValue } from '@xanthus/proto';
import { untilAborted } from './pause.js';

/** Of a key `<prefix>.<what is followed>.<who>`: ms since 1970. */
export interface Lease { readonly until: number }

export interface RunLeased {
  readonly service: string;
  /** Internal, never shown. */
  readonly prefix: string;
  /** The words between prefix and who. Undefined: there is no such thing; the lease is left alone. Its end tells that nothing more comes. */
  begin(words: readonly string[], signal: AbortSignal): Promise<void> | undefined;
  /** Takes a key out of the bucket; failures are its own. */
  forget(key: string): void;
  isForgotten(tenant: string): boolean;
}

interface Led { readonly leases: Map<string, NodeJS.Timeout>; readonly stop: AbortController; readonly done: Promise<void> }

/**
 * Work that lasts as long as somebody wants it: each lease has an end and is renewed by writing it again; whatever is wanted by several is done once for all
 * of them. Until the signal; run it in one copy only (`startLocked`).
 */
export const runLeased = async (nc: NatsConnection, { service, prefix, begin, forget, isForgotten }: RunLeased, signal: AbortSignal): Promise<void> => {
  const led = new Map<string, Led>();

  const endLease = (what: string, who: string): void => {
    const entry = led.get(what);
    clearTimeout(entry?.leases.get(who));
    entry?.leases.delete(who);
    if (!entry || entry.leases.size > 0) return;
    led.delete(what);
    entry.stop.abort();
  };
  const start = (what: string): Led | undefined => {
    const stop = new AbortController();
    const work = begin(what.slice(prefix.length + 1).split('.'), AbortSignal.any([signal, stop.signal]));
    const done = work?.then(() => {
      // It ended by itself: whoever still wanted it was told, and asks again if they like.
      const entry = led.get(what);
      if (entry?.stop !== stop) return undefined;
      for (const who of entry.leases.keys()) forget(`${what}.${who}`);
      return undefined;
    });
    if (!done) return undefined;
    const entry: Led = { leases: new Map(), stop, done };
    led.set(what, entry);
    return entry;
  };

  const watch = await watchViewBucket(nc, service, {
    filters: [`${prefix}.>`],
    onEntry: ({ key, kind, value }) => {
      const cut = key.lastIndexOf('.');
      const [what, who] = [key.slice(0, cut), key.slice(cut + 1)];
      if (kind !== 'put') return endLease(what, who);
      const left = (value as ViewValue<Lease>).data.until - Date.now();
      if (left <= 0 || isForgotten(what.split('.')[1] ?? '')) return forget(key);
      const entry = led.get(what) ?? start(what);
      if (!entry) return;
      clearTimeout(entry.leases.get(who));
      entry.leases.set(who, setTimeout(() => forget(key), left));
    },
    onReset: () => { for (const [what, { leases }] of led) for (const who of leases.keys()) endLease(what, who); },
    onSync: () => undefined,
  });
  await untilAborted(signal);
  await watch.stop();
  for (const { leases } of led.values()) for (const timer of leases.values()) clearTimeout(timer);
  await Promise.all([...led.values()].map(l => l.done));
};
