/** Everything that servers asks of Xanthus and has done there. */
import type { Client, Subscription } from '@xanthus/client';
import * as contracts from '../contracts.js';
import type { Metrics, Server, ServerCosts, SetUp } from '../contracts.js';
import { asking, onNew } from '../lib/act.js';
import type { FeedOptions } from '../live/event-feed.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';
import type { Live } from '../live/live.js';

export const useServerCosts = (): Rows<ServerCosts> => useRows<ServerCosts>('vps', useClient().tenant, 'costs');
export const useServers = (): Rows<Server> => useRows<Server>('vps', useClient().tenant, 'servers');
export const useSetUp = (id: string): Rows<SetUp> => useRows<SetUp>('vps', useClient().tenant, 'setup', id);
export const useSetUps = (): Rows<SetUp> => useRows<SetUp>('vps', useClient().tenant, 'setup');

export const adoptServer = onNew(contracts.adoptServer);
export const testConnection = onNew(contracts.testConnection);
export const adoptSandbox = onNew(contracts.adoptSandbox);
export const sandboxInfo = asking(contracts.sandboxInfo);

/** What a connection test says while it runs; undefined for who may not hear it. `id`: of the test. */
export const testSignals = (client: Client, id: string, onSignal: (payload: unknown) => void): Subscription | undefined => {
  const subject = `sig.${client.tenant}.vps.server.${id}.test-connection`;
  return client.can({ what: 'subject', subject }) ? client.subject(subject, ({ payload }) => onSignal(payload)) : undefined;
};

/** The last samples of all servers, and by id what is behind a key of them. */
export const lastSamples = (live: Live, looking: boolean): { readonly held: ReturnType<typeof live.view<Metrics>>; readonly keyOf: (id: string) => string } => {
  const prefix = `${live.client.tenant}.metrics.`;
  return { held: live.view<Metrics>('vps', `${prefix}*`, looking), keyOf: id => prefix + id };
};
/** Samples of all servers as they come, from `back_ms` ago on; at most `keep`. */
export const samplesSince = (live: Live, looking: boolean, back_ms: number, keep: number): ReturnType<Live['feed']> => live.feed({ stream: 'VPS_METRICS', filter: `met.${live.client.tenant}.vps.>`, from: { back_ms }, keep } satisfies FeedOptions, looking);
