/** Looks at every application from time to time: one call on each server for all that run there. */
import { Refusal } from '@xanthus/kernel';
import { handleAsService, pause, runRounds, watchKeys } from '@xanthus/processes';
import type { Observation } from '../application/application.js';
import { applicationType } from '../application/application.decide.js';
import type { ApplicationsContext } from '../applications.context.js';
import type { Cluster } from '../cluster/cluster.js';
import { helmList } from '../cluster/helm.js';
import { inventoryOf, type Inventory } from '../cluster/inventory.js';
import { maskOf } from '../cluster/mask.js';
import { listObjects, type FoundObject } from '../cluster/objects.js';
import { addressWord, askAddress, type AddressCheck } from '../life/addresses.js';
import { healthOf, unknownHealth, type HelmSaid } from '../life/health.js';
import type { ProcessPorts } from '../running/ports.js';
import { secretTexts } from '../planning/secret-texts.js';
import type { ApplicationRow } from '../views/applications.js';
import { groupByServer, isNews, isQuiet, type ServerGroup } from './watched.js';

/** Servers at a time, and addresses of one server at a time. */
const SERVERS = 10;
const ADDRESSES = 8;
const PATIENCE = 45_000;
const KINDS = ['pods', 'deployments', 'statefulsets', 'daemonsets'] as const;
/** An address that answers is asked again in so many turns; one that does not, in the next. Helm likewise. */
const SELDOM = 5;
/** Turns in a row that a server is not reached before it is told: a reboot is no news of a hundred applications. */
const MISSED = 2;

interface Looked { readonly row: ApplicationRow; readonly things: Inventory }
interface Kept { readonly revision: number; readonly check: AddressCheck; readonly mask: (text: string) => string }

/** Looks on until the signal. Run it in one copy only. */
export const runWatch = async (on: ApplicationsContext, ask: ProcessPorts['ask'], signal: AbortSignal): Promise<void> => {
  const rows = new Map<string, ApplicationRow>();
  const watch = createWatch(on, ask);
  await Promise.all([
    watchKeys(on.nc, 'applications', { filters: ['*.applications.*'], put: (key, data) => void rows.set(key, data as ApplicationRow), gone: key => { rows.delete(key); watch.forget(key); }, keys: () => rows.keys() }, signal),
    runRounds<ServerGroup>({
      every: on.config.XANTHUS_APPLICATIONS_INTERVAL_MS, pause, atOnce: SERVERS, patience: PATIENCE, log: on.log,
      items: () => groupByServer([...rows].filter(([key, row]) => isQuiet(row) && !on.forgotten.has(tenantOf(key))).map(([key, row]) => [tenantOf(key), row] as const)),
      look: (group, until) => watch.look(group, until),
      failed: ({ server }, error) => on.log.warn({ err: error, server }, 'the applications of a server could not be looked at'),
    }, signal),
  ]);
};
const tenantOf = (key: string): string => key.slice(0, key.indexOf('.'));

/** One turn after the other; what is kept between them is only what saves questions. */
export const createWatch = (on: ApplicationsContext, ask: ProcessPorts['ask']) => {
  const kept = new Map<string, Kept>();
  const turns = new Map<string, number>();
  const missed = new Map<string, number>();

  const ofRelease = async (tenant: string, row: ApplicationRow): Promise<Kept> => {
    const known = kept.get(`${tenant}.applications.${row.id}`);
    if (known?.revision === row.revision) return known;
    const sealed = await on.sealed.ofRevision(tenant, row.id, row.revision).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'APPLICATION.REVISION_UNKNOWN') return undefined;
      throw error;
    });
    const made: Kept = { revision: row.revision, check: sealed?.entry.health_checks.address ?? null, mask: maskOf(sealed ? secretTexts(sealed) : []) };
    kept.set(`${tenant}.applications.${row.id}`, made);
    return made;
  };

  const tell = async (tenant: string, row: ApplicationRow, now: Observation): Promise<void> => {
    if (row.observed_at !== null && !isNews(row, now)) return;
    await handleAsService(on, applicationType, tenant, row.id, { type: 'Observe', ...now });
  };

  /** Nothing of one runs, or it was not well: then Helm is asked too, once for all. */
  const helmSaid = async (cluster: Cluster, seen: readonly Looked[], turn: number, signal: AbortSignal): Promise<(row: ApplicationRow) => HelmSaid> => {
    const asks = turn % (SELDOM * SELDOM) === 0 || seen.some(({ row, things }) => things.workloads.length === 0 || row.health === 'missing' || row.health === 'failed' || row.health === 'pending');
    if (!asks) return () => 'unasked';
    const releases = new Map((await helmList(cluster, { signal, timeout_ms: 30_000 })).map(r => [`${r.namespace}/${r.name}`, r]));
    return row => releases.get(`${row.namespace}/${row.release_name}`) ?? null;
  };

  const lookAt = async ({ tenant }: ServerGroup, { row, things }: Looked, cluster: Cluster, helm: HelmSaid, turn: number, signal: AbortSignal): Promise<void> => {
    const { check, mask } = await ofRelease(tenant, row);
    const { health, sentence, pods } = healthOf(helm, things);
    const hosts = [row.host, ...row.exposures.map(e => e.host)].filter(h => h !== null);
    const due = row.address !== 'answers' || turn % SELDOM === 0;
    const address = check === null || cluster.facts.simulated || hosts.length === 0 ? 'unknown' : due ? addressWord(await Promise.all(hosts.map(host => askAddress(ask, host, check, signal)))) : row.address;
    signal.throwIfAborted();
    await tell(tenant, row, { health, sentence: mask(sentence).slice(0, 500), pods, address });
  };

  return {
    forget: (key: string): void => void kept.delete(key),
    async look(group: ServerGroup, signal: AbortSignal): Promise<void> {
      const { tenant, server, applications } = group;
      const key = `${tenant}.${server}`;
      const turn = turns.get(key) ?? 0;
      turns.set(key, turn + 1);
      let cluster: Cluster;
      let seen: readonly Looked[];
      let helm: (row: ApplicationRow) => HelmSaid;
      try {
        cluster = await on.clusterOf(tenant, server, { reason: 'look how applications are' });
        const byNamespace = grouped(await listObjects(cluster, KINDS, {}, { signal, timeout_ms: 30_000 }));
        seen = applications.map(row => ({ row, things: inventoryOf({ namespace: row.namespace, release: row.release_name, application: row.id }, byNamespace.get(row.namespace) ?? []) }));
        helm = await helmSaid(cluster, seen, turn, signal);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const count = (missed.get(key) ?? 0) + 1;
        missed.set(key, count);
        if (count >= MISSED) for (const row of applications) await tell(tenant, row, { ...unknownHealth(error.message.slice(0, 500)), pods: row.pods, address: row.address });
        return;
      }
      missed.delete(key);
      const waiting = [...seen];
      const next = async (): Promise<void> => {
        for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
          const { row } = one;
          await lookAt(group, one, cluster, helm(row), turn, signal).catch((error: unknown) => { if (!signal.aborted) on.log.warn({ err: error, application: row.id }, 'an application could not be looked at'); });
        }
      };
      await Promise.all(Array.from({ length: ADDRESSES }, next));
    },
  };
};

const grouped = (objects: readonly FoundObject[]): ReadonlyMap<string, readonly FoundObject[]> => {
  const groups = new Map<string, FoundObject[]>();
  for (const o of objects) {
    const namespace = o.metadata.namespace ?? '';
    const group = groups.get(namespace);
    if (group) group.push(o);
    else groups.set(namespace, [o]);
  }
  return groups;
};
