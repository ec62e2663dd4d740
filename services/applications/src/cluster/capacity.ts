/** What a cluster has left, and what its pods use. */
import { z } from 'zod';
import { mustRun, named, readJson, tryRun } from './call.js';
import type { Cluster, Limits } from './cluster.js';

const FACTORS: Readonly<Record<string, number>> = { n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3, Ti: 1024 ** 4, Pi: 1024 ** 5 };
/** `250m`, `1Gi`, `1e3` as a number; 0 for anything else. */
export const quantity = (text: string): number => {
  const [, digits = '', suffix = ''] = /^(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)([a-zA-Z]{0,2})$/.exec(text.trim()) ?? [];
  return digits === '' ? 0 : Number(digits) * (FACTORS[suffix] ?? 0);
};

const usage = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }), containers: z.array(z.object({ usage: z.object({ cpu: z.string().default('0'), memory: z.string().default('0') }) })).default([]) })) });
/** What pods use now: cores and bytes. Empty where the cluster measures nothing (no metrics-server). */
export const podUsage = async (cluster: Cluster, namespace: string, limits: Limits): Promise<ReadonlyMap<string, { readonly cpu: number; readonly memory_bytes: number }>> => {
  const result = await tryRun(cluster, 'kubectl', ['get', '--raw', `/apis/metrics.k8s.io/v1beta1/namespaces/${named(namespace)}/pods`], limits);
  if (result.code !== 0) return new Map();
  return new Map(readJson('kubectl get --raw', usage, result).items.map(({ metadata, containers }) => [metadata.name, { cpu: sum(containers.map(c => quantity(c.usage.cpu))), memory_bytes: Math.round(sum(containers.map(c => quantity(c.usage.memory)))) }]));
};
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

const nodes = z.object({ items: z.array(z.looseObject({ kind: z.string().default(''), spec: z.looseObject({}).default({}), status: z.looseObject({}).default({}), metadata: z.looseObject({ name: z.string() }) })) });
const nodeStatus = z.object({ allocatable: z.record(z.string(), z.string()).default({}) });
const requestsOf = z.object({ nodeName: z.string().nullish(), containers: z.array(z.object({ resources: z.object({ requests: z.record(z.string(), z.string()).default({}) }).prefault({}) })).default([]) });
const claimSpec = z.object({ resources: z.object({ requests: z.object({ storage: z.string().default('0') }).prefault({}) }).prefault({}) });
const podPhase = z.object({ phase: z.string().default('') });
/** What a deploy may still ask for: what the nodes give minus what pods and volumes have asked for. Cores, GiB, GiB. */
export interface Capacity { readonly cpu: number; readonly memory: number; readonly disk: number; readonly pods: number }
const GIB = 1024 ** 3;
const LASTING = new Set(['Succeeded', 'Failed']);
const round = (n: number): number => Math.round(n * 100) / 100;
export const nodeCapacity = async (cluster: Cluster, limits: Limits): Promise<Capacity> => {
  const { items } = readJson('kubectl get nodes', nodes, await mustRun(cluster, 'kubectl', ['get', 'nodes,pods,persistentvolumeclaims', '--all-namespaces', '--output=json'], limits));
  const total = { cpu: 0, memory: 0, disk: 0, pods: 0 };
  for (const { kind, spec, status } of items) {
    if (kind === 'Node') {
      if ((spec as { unschedulable?: boolean }).unschedulable === true) continue;
      const { allocatable } = nodeStatus.parse(status);
      total.cpu += quantity(allocatable['cpu'] ?? '0');
      total.memory += quantity(allocatable['memory'] ?? '0');
      total.disk += quantity(allocatable['ephemeral-storage'] ?? '0');
      total.pods += quantity(allocatable['pods'] ?? '0');
    } else if (kind === 'PersistentVolumeClaim') {
      total.disk -= quantity(claimSpec.parse(spec).resources.requests.storage);
    } else if (!LASTING.has(podPhase.parse(status).phase)) {
      const { containers } = requestsOf.parse(spec);
      total.cpu -= sum(containers.map(c => quantity(c.resources.requests['cpu'] ?? '0')));
      total.memory -= sum(containers.map(c => quantity(c.resources.requests['memory'] ?? '0')));
      total.pods -= 1;
    }
  }
  return { cpu: round(total.cpu), memory: round(total.memory / GIB), disk: round(total.disk / GIB), pods: total.pods };
};
