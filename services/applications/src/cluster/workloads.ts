/** What is done to workloads of a release. */
import { Refusal } from '@xanthus/kernel';
import { named, tryRun } from './call.js';
import { isNoObject, refusalOf } from './cluster-errors.js';
import type { Cluster, Limits } from './cluster.js';

/** @throws Refusal APPLICATION.WORKLOAD_UNKNOWN */
const workloadArgument = (workload: string): string => {
  const [, kind = '', name = ''] = /^(Deployment|StatefulSet|DaemonSet)\/([a-z0-9][a-z0-9.-]{0,252})$/.exec(workload) ?? [];
  if (kind === '') throw new Refusal('APPLICATION.WORKLOAD_UNKNOWN', `${JSON.stringify(workload)} is no workload; give Deployment/name or StatefulSet/name.`);
  return `${kind.toLowerCase()}/${name}`;
};
const onWorkload = async (cluster: Cluster, argv: readonly string[], workload: string, limits: Limits): Promise<void> => {
  const { code, stderr } = await tryRun(cluster, 'kubectl', argv, limits);
  if (code === 0) return;
  if (isNoObject(stderr)) throw new Refusal('APPLICATION.WORKLOAD_UNKNOWN', `There is no ${workload} any more.`);
  throw refusalOf(`kubectl ${argv[0] ?? ''}`, stderr);
};

/** Does not wait for the pods. @throws Refusal APPLICATION.WORKLOAD_UNKNOWN */
export const scale = (cluster: Cluster, { namespace, workload, replicas }: { readonly namespace: string; readonly workload: string; readonly replicas: number }, limits: Limits): Promise<void> =>
  onWorkload(cluster, ['scale', workloadArgument(workload), '--namespace', named(namespace), `--replicas=${Math.max(0, Math.round(replicas))}`], workload, limits);

/** Pods are made anew one after the other; does not wait for it. @throws Refusal APPLICATION.WORKLOAD_UNKNOWN */
export const rolloutRestart = (cluster: Cluster, { namespace, workload }: { readonly namespace: string; readonly workload: string }, limits: Limits): Promise<void> =>
  onWorkload(cluster, ['rollout', 'restart', workloadArgument(workload), '--namespace', named(namespace)], workload, limits);
