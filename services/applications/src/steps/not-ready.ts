/** Why pods did not become ready, in words that say what to do. Pure. */
import type { Inventory, Pod } from '../cluster/inventory.js';

export const podsText = ({ pods, workloads }: Pick<Inventory, 'pods' | 'workloads'>): string => {
  const [ready, wanted] = workloads.reduce(([r, w], o) => [r + o.ready, w + o.wanted], [0, 0]);
  const trouble = pods.find(p => !p.ready && TROUBLE.some(t => t.phase.test(p.phase)));
  return workloads.length === 0 ? 'no pods' : `${ready} of ${wanted} pods ready${trouble ? ` (${trouble.name}: ${trouble.phase})` : ''}`;
};

interface Trouble { readonly phase: RegExp; readonly code: string; readonly say: (pod: Pod, told: string) => string }
const image = (pod: Pod): string => pod.containers.find(c => !c.ready)?.image ?? 'its image';
const TROUBLE: readonly Trouble[] = [
  { phase: /^(?:ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull)$/, code: 'CHART.IMAGE', say: pod => `The image ${image(pod)} cannot be pulled. Choose a version that exists, or check that the server reaches the registry.` },
  { phase: /^(?:Unschedulable|Pending|OutOf\w+|SchedulingGated)$/, code: 'CLUSTER.NO_ROOM', say: (pod, told) => `${pod.name} finds no room on the server: ${told || 'not enough is free'}. Stop something, or give the server a larger type.` },
  { phase: /^(?:OOMKilled|Evicted)$/, code: 'CLUSTER.NO_ROOM', say: pod => `${pod.name} was ended for want of memory. Raise its memory limit in the values, or give the server a larger type.` },
  { phase: /^(?:CreateContainerConfigError|CreateContainerError|RunContainerError)$/, code: 'CHART.CONTAINER', say: (pod, told) => `A container of ${pod.name} cannot be made: ${told || pod.phase}. Look at its variables and volumes.` },
  { phase: /^(?:CrashLoopBackOff|Error|Failed)$/, code: 'CHART.CRASHES', say: pod => `${pod.name} starts and ends again, ${pod.restarts} times so far. Its log tells why.` },
];

/** Null: nothing is known but that it took too long. */
export const whyNotReady = ({ pods, events, workloads }: Inventory): { readonly code: string; readonly message: string } | null => {
  const waiting = pods.filter(p => !p.ready);
  for (const { phase, code, say } of TROUBLE) {
    const pod = waiting.find(p => phase.test(p.phase) || p.containers.some(c => phase.test(c.reason)));
    if (!pod) continue;
    const told = pod.containers.map(c => c.reason).find(r => r.includes(' ')) ?? events.find(e => e.kind === 'Warning' && e.object === `Pod/${pod.name}`)?.message ?? '';
    return { code, message: say(pod, told.slice(0, 300)) };
  }
  const [warning] = events.filter(e => e.kind === 'Warning');
  const quota = events.find(e => /exceeded quota/.test(e.message));
  if (quota && workloads.some(w => w.ready < w.wanted)) return { code: 'CLUSTER.QUOTA', message: `A quota of the namespace does not allow more: ${/exceeded quota:?\s*(.{0,250})/.exec(quota.message)?.[1] ?? ''}. Raise it, or let the application ask for less.` };
  if (waiting.length > 0) return { code: 'CHART.NOT_READY', message: `${waiting[0]?.name ?? 'A pod'} did not become ready in time.${warning ? ` The cluster says: ${warning.message.slice(0, 300)}` : ' Its log tells why.'}` };
  const short = workloads.find(w => w.ready < w.wanted);
  return short ? { code: 'CHART.NOT_READY', message: `${short.workload} has ${short.ready} of ${short.wanted} pods.${warning ? ` The cluster says: ${warning.message.slice(0, 300)}` : ''}` } : null;
};
