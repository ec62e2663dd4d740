/** What runs in a cluster for a release: pods, workloads, volumes, what happened lately. */
import type { pod as podContract } from '@xanthus/proto/applications';
import { z } from 'zod';
import type { Cluster, Limits } from './cluster.js';
import { LABELS, listObjects, type FoundObject } from './objects.js';

export type Pod = z.output<typeof podContract>;
/** `Deployment/name` or `StatefulSet/name`. */
export interface Workload { readonly workload: string; readonly ready: number; readonly wanted: number; /** The newest description is what runs. */ readonly settled: boolean }
export interface Volume { readonly name: string; readonly size: string; readonly phase: string; /** By the clock of the cluster; null: it does not say. */ readonly created_at: string | null }
export interface ClusterEvent { readonly at: string; readonly kind: 'Normal' | 'Warning'; readonly reason: string; readonly object: string; readonly message: string; readonly count: number }
export interface Whose { readonly namespace: string; readonly release: string; readonly application: string }
export interface Inventory {
  readonly pods: readonly Pod[];
  readonly workloads: readonly Workload[];
  readonly volumes: readonly Volume[];
  readonly events: readonly ClusterEvent[];
  /** Names of pods that never become ready, of a description of their StatefulSet that is not the newest: Kubernetes waits for them for ever, so whoever puts another description right takes them away. */
  readonly stuck: readonly string[];
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
const KINDS = ['pods', 'deployments', 'statefulsets', 'daemonsets', 'persistentvolumeclaims', 'events'] as const;

/** Helm notes on all that it makes of which release it is; what we made ourselves has our label. Charts need no labels of ours for that. */
export const isOf = ({ namespace, release, application }: Whose, { metadata }: Pick<FoundObject, 'metadata'>): boolean =>
  metadata.labels[LABELS.application] === application
  || (metadata.annotations['meta.helm.sh/release-name'] === release && metadata.annotations['meta.helm.sh/release-namespace'] === namespace);

/** Of a pod: `Deployment/name` by way of its ReplicaSet, whose name ends with the hash of the description. */
export const workloadOf = ({ metadata }: Pick<FoundObject, 'metadata'>): string | null => {
  const [owner] = metadata.ownerReferences;
  if (!owner) return null;
  const hash = metadata.labels['pod-template-hash'];
  return owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`) ? `Deployment/${owner.name.slice(0, -hash.length - 1)}` : `${owner.kind}/${owner.name}`;
};

const number = z.number().catch(0);
const workloadParts = z.object({
  metadata: z.object({ generation: number }),
  spec: z.object({ replicas: z.number().optional() }).default({}),
  status: z.object({ readyReplicas: number.default(0), updatedReplicas: number.default(0), observedGeneration: number.default(0), desiredNumberScheduled: z.number().optional(), numberReady: z.number().optional(), updatedNumberScheduled: z.number().optional() }).prefault({}),
});
const toWorkload = (object: FoundObject): Workload => {
  const { metadata, spec, status } = workloadParts.parse({ ...object, metadata: { generation: object.metadata.generation ?? 0 } });
  const wanted = status.desiredNumberScheduled ?? spec.replicas ?? 1;
  const updated = status.updatedNumberScheduled ?? status.updatedReplicas;
  return { workload: `${object.kind}/${object.metadata.name}`, ready: status.numberReady ?? status.readyReplicas, wanted, settled: status.observedGeneration >= metadata.generation && updated >= wanted };
};

const state = z.object({ waiting: z.object({ reason: z.string().default(''), message: z.string().default('') }).optional(), running: z.object({ startedAt: z.string().nullish() }).optional(), terminated: z.object({ reason: z.string().default(''), exitCode: number.default(0), message: z.string().default('') }).optional() });
const containerStatus = z.object({ name: z.string(), image: z.string().default(''), ready: z.boolean().default(false), restartCount: number.default(0), state: state.default({}), lastState: state.default({}) });
const podParts = z.object({
  spec: z.object({ nodeName: z.string().nullish(), containers: z.array(z.object({ name: z.string(), image: z.string().default('') })).default([]) }).prefault({}),
  status: z.object({
    phase: z.string().default('Unknown'), reason: z.string().default(''), startTime: z.string().nullish(), conditions: z.array(z.object({ type: z.string(), status: z.string(), reason: z.string().default(''), message: z.string().default('') })).default([]),
    containerStatuses: z.array(containerStatus).default([]), initContainerStatuses: z.array(containerStatus).default([]),
  }).prefault({}),
});
type ContainerStatus = z.output<typeof containerStatus>;

const stateOf = (c: ContainerStatus): { readonly state: string; readonly reason: string } => {
  if (c.state.waiting) return { state: 'waiting', reason: [c.state.waiting.reason, c.state.waiting.message].filter(t => t !== '').join(': ').slice(0, 300) };
  if (c.state.terminated) return { state: 'terminated', reason: `${c.state.terminated.reason} (${c.state.terminated.exitCode})` };
  // Why it started anew is what one looks for.
  return { state: c.state.running ? 'running' : 'unknown', reason: c.lastState.terminated ? `before: ${c.lastState.terminated.reason} (${c.lastState.terminated.exitCode})` : '' };
};

const iso = (time: string | null | undefined): string | null => (typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? new Date(time).toISOString() : null);

const toPod = (object: FoundObject): Pod => {
  const { spec, status } = podParts.parse(object);
  const statuses = [...status.initContainerStatuses.filter(c => c.state.terminated?.exitCode !== 0), ...status.containerStatuses];
  const waiting = statuses.map(c => c.state.waiting?.reason ?? '').find(r => r !== '' && r !== 'ContainerCreating' && r !== 'PodInitializing');
  const unplaced = status.conditions.find(c => c.type === 'PodScheduled' && c.status === 'False');
  return {
    name: object.metadata.name, phase: object.metadata.deletionTimestamp !== undefined ? 'Terminating' : waiting ?? (status.reason || (unplaced?.reason ?? status.phase)),
    ready: status.conditions.some(c => c.type === 'Ready' && c.status === 'True'), restarts: status.containerStatuses.reduce((n, c) => n + c.restartCount, 0), started_at: iso(status.startTime), node: spec.nodeName ?? null, workload: workloadOf(object),
    containers: spec.containers.map(({ name, image }) => {
      const told = status.containerStatuses.find(c => c.name === name);
      return { name, image, ready: told?.ready ?? false, restarts: told?.restartCount ?? 0, ...(told ? stateOf(told) : { state: 'waiting', reason: unplaced?.message.slice(0, 300) ?? '' }) };
    }),
    cpu: null, memory_bytes: null,
  };
};

const eventParts = z.object({
  type: z.string().default('Normal'), reason: z.string().default(''), message: z.string().default(''), count: z.number().nullish(), lastTimestamp: z.string().nullish(), eventTime: z.string().nullish(), firstTimestamp: z.string().nullish(),
  series: z.object({ count: z.number().default(1), lastObservedTime: z.string().nullish() }).nullish(), involvedObject: z.object({ kind: z.string().default(''), name: z.string().default('') }).prefault({}),
});
const toEvent = (object: FoundObject): ClusterEvent => {
  const e = eventParts.parse(object);
  return {
    at: iso(e.series?.lastObservedTime ?? e.lastTimestamp ?? e.eventTime ?? e.firstTimestamp) ?? object.metadata.creationTimestamp ?? '', kind: e.type === 'Warning' ? 'Warning' : 'Normal', reason: e.reason, object: `${e.involvedObject.kind}/${e.involvedObject.name}`,
    message: e.message.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 500), count: Math.max(1, Math.round(e.series?.count ?? e.count ?? 1)),
  };
};

const pvcParts = z.object({ spec: z.object({ resources: z.object({ requests: z.object({ storage: z.string().default('') }).prefault({}) }).prefault({}) }).prefault({}), status: z.object({ phase: z.string().default('Unknown'), capacity: z.object({ storage: z.string().optional() }).prefault({}) }).prefault({}) });
const toVolume = (object: FoundObject): Volume => {
  const { spec, status } = pvcParts.parse(object);
  return { name: object.metadata.name, size: status.capacity.storage ?? spec.resources.requests.storage, phase: status.phase, created_at: iso(object.metadata.creationTimestamp) };
};
const revisionParts = z.object({ status: z.object({ updateRevision: z.string().default(''), observedGeneration: number }).prefault({ observedGeneration: 0 }) });
/** See {@link Inventory.stuck}. */
const stuckPods = (sets: readonly FoundObject[], pods: readonly FoundObject[]): readonly string[] => pods.filter((object) => {
  const set = sets.find(s => workloadOf(object) === `StatefulSet/${s.metadata.name}`);
  const [revision, pod] = [object.metadata.labels['controller-revision-hash'], toPod(object)];
  if (!set || revision === undefined || pod.ready || pod.phase === 'Terminating') return false;
  const { updateRevision, observedGeneration } = revisionParts.parse(set).status;
  return observedGeneration >= (set.metadata.generation ?? 0) && updateRevision !== '' && revision !== updateRevision;
}).map(o => o.metadata.name);

const templatesOf = z.object({ spec: z.object({ volumeClaimTemplates: z.array(z.object({ metadata: z.object({ name: z.string() }) })).default([]) }).prefault({}) });
/** `data-name-0` is made by a StatefulSet, without Helm's notes. By its whole name: `data-team-notes-0` is not of the set `notes`. */
const isClaimOf = (object: FoundObject, sets: readonly FoundObject[]): boolean => sets.some(set =>
  templatesOf.parse(set).spec.volumeClaimTemplates.some(({ metadata: { name } }) => {
    const start = `${name}-${set.metadata.name}-`;
    return object.metadata.name.startsWith(start) && /^\d+$/.test(object.metadata.name.slice(start.length));
  }));

/** Sorts what lies in a namespace: what of it belongs to a release. Pure. */
export const inventoryOf = (whose: Whose, found: readonly FoundObject[]): Inventory => {
  const here = found.filter(o => o.metadata.namespace === undefined || o.metadata.namespace === whose.namespace);
  const workloads = here.filter(o => WORKLOADS.some(k => k === o.kind) && isOf(whose, o));
  const names = new Set(workloads.map(o => `${o.kind}/${o.metadata.name}`));
  const pods = here.filter(o => o.kind === 'Pod' && (isOf(whose, o) || names.has(workloadOf(o) ?? '')));
  const sets = workloads.filter(o => o.kind === 'StatefulSet');
  const volumes = here.filter(o => o.kind === 'PersistentVolumeClaim' && (isOf(whose, o) || isClaimOf(o, sets)));
  const objects = new Set([...names, ...pods.map(o => `Pod/${o.metadata.name}`), ...volumes.map(o => `PersistentVolumeClaim/${o.metadata.name}`)]);
  const deployments = workloads.filter(o => o.kind === 'Deployment').map(o => o.metadata.name);
  const events = here.filter(o => o.kind === 'Event').map(toEvent).filter(e => objects.has(e.object) || deployments.some(d => e.object.startsWith(`ReplicaSet/${d}-`) || e.object.startsWith(`Pod/${d}-`)));
  return { pods: pods.map(toPod), workloads: workloads.map(toWorkload), volumes: volumes.map(toVolume), events: events.toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, 100), stuck: stuckPods(sets, pods) };
};

/** Everything of a release that runs or lies there, in one call. */
export const inventory = async (cluster: Cluster, whose: Whose, limits: Limits): Promise<Inventory> => inventoryOf(whose, await listObjects(cluster, KINDS, { namespace: whose.namespace }, limits));
