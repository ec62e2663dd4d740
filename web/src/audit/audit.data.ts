/** Everything that the audit asks: streams by themselves, the index from the service audit, files over HTTP. */
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { Client } from '@xanthus/client';
import { mayAsk } from '../app/nav.js';
import { auditBlocks, auditFind, auditVerify, type AuditBlock, type AuditChain } from '../contracts.js';
import { asking } from '../lib/act.js';
import { requestStream } from '../lib/http.js';
import { useCan, useClient, useRows, type Rows } from '../live/live-context.js';
import { AuditDesk, type AuditPorts } from './audit-desk.js';
import { exportQuery, findOf, type AuditFilter } from './filter.js';
import { Scan } from './scan.js';
import { aside, readable, type Readable } from './streams.js';
import type { AuditEvent, Block } from './timeline.js';

const askBlocks = asking(auditBlocks);
const askFind = asking(auditFind);
const askVerify = asking(auditVerify);

/** Enough for a block without waiting for more of it. */
const CREDIT = 1_200;

const toBlock = (b: AuditBlock): Block => ({ ...b, from_time: Date.parse(b.from_time), time: Date.parse(b.time) });
const toEvent = (stream: string, { seq, time, payload }: { readonly seq: number; readonly time: string; readonly payload: unknown }): AuditEvent => ({ stream, seq, at: Date.parse(time), payload });
/** After all that lies in queues now. */
const nextTask = (fn: () => void): void => void setTimeout(fn, 0);

const readPart = async (client: Client, stream: string, filter: string, from: number, to: number | null, signal: AbortSignal): Promise<AuditEvent[]> => {
  const subscription = client.stream(stream, { filter: aside(filter), from, credit: CREDIT });
  const close = (): void => subscription.close();
  signal.addEventListener('abort', close, { once: true });
  // At the head: what is there has been handed out by then.
  const stop = subscription.state.subscribe(state => { if (state === 'live') nextTask(close); });
  const events: AuditEvent[] = [];
  try {
    for await (const item of subscription) {
      if (to !== null && item.seq > to) break;
      events.push(toEvent(stream, item));
      if (item.seq === to) break;
    }
  } finally {
    stop();
    signal.removeEventListener('abort', close);
    subscription.close();
  }
  return events;
};

const portsOf = (client: Client): AuditPorts => ({
  blocks: async (stream, before, limit) => (await askBlocks(client, { streams: [stream], limit, ...(before === undefined ? {} : { before: { stream, seq: before } }) })).blocks.map(toBlock),
  read: async ({ stream, filters }, from, to, signal) => {
    const parts: AuditEvent[] = [];
    for (const filter of filters) parts.push(...await readPart(client, stream, filter, from, to, signal));
    return filters.length === 1 ? parts : [...new Map(parts.map(e => [e.seq, e])).values()].sort((a, b) => a.seq - b.seq);
  },
  follow: ({ stream, filters }, from, told) => {
    const subscriptions = filters.map(filter => client.stream(stream, { filter, from }));
    const stops = subscriptions.map(subscription => subscription.state.subscribe(() => { if (subscriptions.every(s => s.state.get() === 'live')) nextTask(told.live); }));
    for (const subscription of subscriptions) {
      void (async () => {
        let came: AuditEvent[] = [];
        try {
          for await (const item of subscription) {
            came.push(toEvent(stream, item));
            if (came.length === 1) queueMicrotask(() => nextTask(() => { const all = came; came = []; told.items(all); }));
          }
        } catch (error) { told.failed(error); }
      })();
    }
    return () => {
      for (const stop of stops) stop();
      for (const subscription of subscriptions) subscription.close();
    };
  },
});

/** How far each stream is chained and signed. */
export const useChains = (): Rows<AuditChain> => useRows<AuditChain>('audit', useClient().tenant, 'chains');

export const useReadable = (): readonly Readable[] => {
  const client = useClient();
  const document = useSyncExternalStore(client.capabilities.subscribe, client.capabilities.get);
  return useMemo(() => readable(document, client.tenant, request => client.can(request)), [document, client]);
};
export const useMayVerify = (): boolean => useCan(mayAsk(useClient().tenant, askVerify, 'vps'));

/** The log, for as long as the page is shown; anew when other streams may be read. */
export const useAuditDesk = (streams: readonly Readable[]): AuditDesk | undefined => {
  const client = useClient();
  const chains = useChains();
  const key = JSON.stringify(streams.filter(s => s.filters.length > 0));
  const [desk, setDesk] = useState<AuditDesk>();
  useEffect(() => {
    const made = new AuditDesk(portsOf(client), JSON.parse(key) as Readable[], new Map());
    queueMicrotask(() => setDesk(made));
    return () => made.close();
  }, [client, key]);
  useEffect(() => { for (const chain of chains.rows.values()) { desk?.timeline.addBlocks(chain.stream, [], Date.parse(chain.first_time)); desk?.sealed(chain.stream, chain.seq); } }, [desk, chains.rows]);
  useSyncExternalStore(desk?.subscribe ?? never, desk?.get ?? zero);
  return desk;
};
const never = () => (): void => undefined;
const zero = (): number => 0;

/** What fits a filter; undefined as long as none is needed. @param fits the same function as long as it is the same filter */
export const useScan = (desk: AuditDesk | undefined, filter: AuditFilter, fits: (event: AuditEvent) => boolean, on: boolean): Scan | undefined => {
  const client = useClient();
  const key = JSON.stringify(findOf(filter));
  const [scan, setScan] = useState<Scan>();
  const ready = desk?.status === 'ready';
  useEffect(() => {
    if (!desk || !on || !ready) return;
    const made = new Scan(desk, fits, async (before, limit) => askFind(client, { ...JSON.parse(key) as object, limit, ...(before ? { before } : {}) }));
    queueMicrotask(() => setScan(made));
    return () => { made.close(); setScan(undefined); };
  }, [client, desk, key, fits, on, ready]);
  useSyncExternalStore(scan?.subscribe ?? never, scan?.get ?? zero);
  return scan;
};

/** Some blocks of a stream, compared with the chain again. */
export const verifyStream = (client: Client, stream: string, after: number) => askVerify(client, { after, blocks: 50 }, stream.toLowerCase());

/** The log as a file, piece by piece; ends when `signal` does. */
export const downloadAudit = (filter: AuditFilter, format: 'jsonl' | 'csv' | 'chain', signal: AbortSignal): Promise<{ readonly pieces: AsyncGenerator<string>; readonly leftOut: string }> =>
  requestStream(`/api/audit?${exportQuery(filter, format)}`, signal);
