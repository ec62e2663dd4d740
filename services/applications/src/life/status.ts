import type { Call } from '@xanthus/nest';
import type { OutputOf } from '@xanthus/proto';
import type { applicationStatus } from '@xanthus/proto/applications';
import { currentRelease } from '../application/application.js';
import type { ApplicationsContext } from '../applications.context.js';
import { podUsage } from '../cluster/capacity.js';
import { helmStatus } from '../cluster/helm.js';
import { inventory } from '../cluster/inventory.js';
import type { ProcessPorts } from '../running/ports.js';
import { askAddress, type AddressAnswer } from './addresses.js';
import { healthOf, unknownHealth } from './health.js';
import { problemOf, reach, type Reached } from './reach.js';

type Status = OutputOf<typeof applicationStatus>;
/** Below the question's own deadline, so that what cannot be asked is an answer. ms */
const PATIENCE = 18_000;

const clusterPart = async ({ whose, cluster: open }: Reached, signal: AbortSignal): Promise<Omit<Status, 'at' | 'addresses'>> => {
  const nothing = { helm: null, pods: [], workloads: [], volumes: [], events: [] };
  try {
    const cluster = await open();
    const limits = { signal, timeout_ms: PATIENCE };
    const [helm, found, usage] = await Promise.all([helmStatus(cluster, whose, limits), inventory(cluster, whose, limits), podUsage(cluster, whose.namespace, limits)]);
    const { health, sentence } = healthOf(helm, found);
    return {
      reachable: true, problem: null, simulated: cluster.facts.simulated, health, sentence,
      helm: helm && { status: helm.status, revision: helm.revision, chart: helm.chart, app_version: helm.app_version, updated_at: helm.updated },
      pods: found.pods.map(p => ({ ...p, ...usage.get(p.name) })), workloads: found.workloads.map(({ workload, ready, wanted }) => ({ workload, ready, wanted })), volumes: found.volumes.map(({ name, size, phase }) => ({ name, size, phase })), events: [...found.events],
    };
  } catch (error) {
    const problem = problemOf(error);
    return { reachable: false, problem, simulated: false, ...unknownHealth(problem.message), ...nothing };
  }
};

const addressPart = async (ask: ProcessPorts['ask'], { state, sealed }: Reached, signal: AbortSignal): Promise<AddressAnswer[]> => {
  const check = sealed?.entry.health_checks.address ?? null;
  const release = currentRelease(state);
  const hosts = [...release?.host == null ? [] : [release.host], ...(release?.exposures ?? []).map(e => e.host)];
  return check === null ? [] : Promise.all(hosts.map(host => askAddress(ask, host, check, signal)));
};

/** Secrets are taken out of everything that the cluster says. */
export const applicationStatusOf = async (on: ApplicationsContext, ask: ProcessPorts['ask'], call: Call): Promise<Status> => {
  const reached = await reach(on, call, { reason: 'status of an application', act: call.actor });
  const [cluster, addresses] = await Promise.all([clusterPart(reached, call.signal), addressPart(ask, reached, call.signal)]);
  const { mask } = reached;
  return {
    at: call.now, ...cluster, sentence: mask(cluster.sentence), addresses,
    pods: cluster.pods.map(p => ({ ...p, containers: p.containers.map(c => ({ ...c, reason: mask(c.reason) })) })), events: cluster.events.map(e => ({ ...e, message: mask(e.message) })),
  };
};
