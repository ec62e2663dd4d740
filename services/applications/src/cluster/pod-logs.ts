/** Logs of a pod: the last lines, or as they come. */
import { Refusal } from '@xanthus/kernel';
import { named, tryRun } from './call.js';
import { isNoObject, refusalOf } from './cluster-errors.js';
import type { Cluster, FollowOptions, Limits } from './cluster.js';

export interface LogsOf { readonly namespace: string; readonly pod: string; /** Preset: the first. */ readonly container?: string | undefined }

const argvOf = ({ namespace, pod, container }: LogsOf): string[] => ['logs', named(pod), '--namespace', named(namespace), ...(container === undefined ? [] : ['--container', named(container)])];
/** Bytes: a line may be of any length, an answer not. */
const LIMIT = 4 * 1024 * 1024;

const unknownPod = (pod: string): Refusal => new Refusal('APPLICATION.POD_UNKNOWN', `There is no pod ${pod} any more, or not with this container. Pods are made anew under other names; look which there are now.`);
const failed = (pod: string, said: string): Refusal => {
  if (isNoObject(said) || /container \S+ is not valid for pod|previous terminated container/i.test(said)) return unknownPod(pod);
  if (/is waiting to start|ContainerCreating|PodInitializing/i.test(said)) return new Refusal('CLUSTER.REFUSED', `${pod} has not started yet, so there is no log of it.`, undefined, true);
  return refusalOf('kubectl logs', said);
};

/** Oldest first, as text. `previous`: of the one before the last restart. @throws Refusal APPLICATION.POD_UNKNOWN */
export const podLogs = async (cluster: Cluster, of: LogsOf, how: { readonly lines: number; readonly previous: boolean }, limits: Limits): Promise<string> => {
  const { code, stdout, stderr } = await tryRun(cluster, 'kubectl', [...argvOf(of), `--tail=${how.lines}`, `--limit-bytes=${LIMIT}`, ...(how.previous ? ['--previous'] : [])], limits);
  if (code !== 0) throw failed(of.pod, stderr);
  return stdout;
};

/** Until the pod ends or the signal does. @throws Refusal APPLICATION.POD_UNKNOWN */
export const followPodLogs = async (cluster: Cluster, of: LogsOf, o: FollowOptions): Promise<void> => {
  const { code, stderr } = await cluster.follow('kubectl', [...argvOf(of), '--follow', '--tail=0'], o);
  if (code !== null && code !== 0) throw failed(of.pod, stderr);
};
