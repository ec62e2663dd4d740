/** Everything that server asks of Xanthus and has done there. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { OutputOf } from '@xanthus/proto';
import * as contracts from '../contracts.js';
import type { Metrics, Operations } from '../contracts.js';
import { asking, onThing } from '../lib/act.js';
import { useCan, useClient, useFeed, useRows, type Rows } from '../live/live-context.js';
import { useSignal } from '../live/use-signal.js';

export const useLastSamples = (): Rows<Metrics> => useRows<Metrics>('vps', useClient().tenant, 'metrics');
export const useOperationRows = (id: string): Rows<Operations> => useRows<Operations>('vps', useClient().tenant, 'operations', id);

/** What happened to a server: the newest thousand events, and what came before in pages. */
export const useServerFeed = (id: string): ReturnType<typeof useFeed> => useFeed({ stream: 'VPS', filter: `evt.${useClient().tenant}.vps.server.${id}`, from: 0, keep: 1_000 });

/** The same with the steps of its making and removal, its alerts and what was changed at its provider: all have its id. For who may read that much. */
export const useWholeFeed = (id: string): ReturnType<typeof useFeed> => {
  const { tenant } = useClient();
  const all = `evt.${tenant}.vps.*.${id}`;
  const may = useCan({ what: 'stream', stream: 'VPS', filter: all });
  return useFeed({ stream: 'VPS', filter: may ? all : `evt.${tenant}.vps.server.${id}`, from: 0, keep: 1_000 });
};

/** Each sample of a server as it is measured. */
export const useSamples = (id: string, onSample: (payload: unknown) => void): { readonly round: number } => useSignal(`sig.${useClient().tenant}.vps.server.${id}.metrics`, onSample);

/** What goes with a server, and what stays. Asked anew each time: it may have changed. */
export const useRemovalPlan = (id: string): UseQueryResult<OutputOf<typeof contracts.removalPlan>> => {
  const client = useClient();
  return useQuery({ queryKey: ['removal-plan', client.tenant, id], queryFn: () => removalPlan(client, {}, id), staleTime: 0, gcTime: 0 });
};

const removalPlan = asking(contracts.removalPlan);
export const deleteServer = onThing(contracts.deleteServer);
export const acceptHostKey = onThing(contracts.acceptHostKey);
export const serverInfo = asking(contracts.serverInfo);
export const serverStatus = asking(contracts.serverStatus);
export const metricsSeries = asking(contracts.metricsSeries);
export const renameServer = onThing(contracts.renameServer);
export const tagServer = onThing(contracts.tagServer);
export const removeServerKey = onThing(contracts.removeServerKey);
export const addServerKey = onThing(contracts.addServerKey);
export const serverKeys = asking(contracts.serverKeys);
export const readKubeconfig = onThing(contracts.readKubeconfig);
export const setAlertLimits = onThing(contracts.setAlertLimits);
export const applyManifest = onThing(contracts.applyManifest);
export const rebuildServer = onThing(contracts.rebuildServer);
export const installK3s = onThing(contracts.installK3s);
export const resizeServer = onThing(contracts.resizeServer);
export const deleteSnapshot = onThing(contracts.deleteSnapshot);
export const createSnapshot = onThing(contracts.createSnapshot);
export const serverSnapshots = asking(contracts.serverSnapshots);
export const cancelSetUp = onThing(contracts.cancelSetUp);
export const retrySetUp = onThing(contracts.retrySetUp);
export const setTimeZone = onThing(contracts.setTimeZone);
export const timeZones = asking(contracts.timeZones);

export const POWER = {
  'power-on': onThing(contracts.powerOnServer), 'power-off': onThing(contracts.powerOffServer), reboot: onThing(contracts.rebootServer), reset: onThing(contracts.resetServer), shutdown: onThing(contracts.shutdownServer),
} as const;
