/** Why something does not get ready, out of what its pods and the events around it say. Pure. */
import type { Inventory } from './inventory.js';

export interface Why { readonly code: string; readonly message: string }

const images = (image: string): string => (image === '' ? 'The image' : `The image ${image}`);
const cut = (text: string): string => text.slice(0, 300);

interface Clue { readonly code: string; readonly pattern: RegExp; readonly say: (found: RegExpExecArray) => string }
/** In this order: the cause before what follows of it. */
const OF_EVENTS: readonly Clue[] = [
  { code: 'CHART.NO_MEMORY', pattern: /Insufficient memory/i, say: () => 'The server has too little memory left for it ("Insufficient memory"). Give it a larger server, stop something else there, or ask for less in the values.' },
  { code: 'CHART.NO_CPU', pattern: /Insufficient cpu/i, say: () => 'The server has too little processor left for it ("Insufficient cpu"). Give it a larger server, stop something else there, or ask for less in the values.' },
  { code: 'CHART.NO_DISK', pattern: /Insufficient ephemeral-storage|disk[- ]pressure|no space left on device/i, say: () => 'The server has too little disk left for it. Make room there, or give it a larger disk.' },
  { code: 'CHART.TOO_MANY_PODS', pattern: /Too many pods/i, say: () => 'The server runs as many pods as it may ("Too many pods"). Use another server.' },
  { code: 'CHART.NO_VOLUME', pattern: /unbound immediate PersistentVolumeClaims|FailedMount|FailedAttachVolume|ProvisioningFailed|persistentvolumeclaim "([^"]+)" not found/i, say: () => 'A volume of it cannot be had. Is there room on the server, and a storage class?' },
  { code: 'CHART.QUOTA', pattern: /exceeded quota:?\s*([^\n]{0,200})/i, say: m => `A quota of the namespace does not allow more pods: ${cut(m[1] ?? '')}` },
  { code: 'CHART.NO_NODE', pattern: /(?:0\/\d+ nodes are available[^\n]{0,250})/i, say: m => `No node of the cluster takes it: ${cut(m[0])}` },
];

const PULLING = /ImagePull|ErrImage|InvalidImageName|ImageInspectError/;
/** Undefined: nothing stands out; it may just need longer. */
export const whyNotReady = ({ pods, workloads, events }: Pick<Inventory, 'pods' | 'workloads' | 'events'>): Why | undefined => {
  const waiting = pods.filter(p => !p.ready && p.phase !== 'Terminating');
  const containers = waiting.flatMap(p => p.containers.filter(c => !c.ready).map(c => ({ ...c, pod: p.name, phase: p.phase })));
  const unpulled = containers.find(c => PULLING.test(c.reason) || PULLING.test(c.phase));
  if (unpulled) return { code: 'CHART.IMAGE', message: `${images(unpulled.image)} cannot be pulled (${cut(unpulled.reason || unpulled.phase)}). Choose a version that exists, and check that the server may reach the registry.` };
  const missing = containers.find(c => /CreateContainerConfigError|CreateContainerError/.test(c.reason));
  if (missing) return { code: 'CHART.CONFIG', message: `A container of ${missing.pod} cannot be made: ${cut(missing.reason)}. Something that the chart refers to is not there.` };
  const texts = [...containers.map(c => c.reason), ...events.filter(e => e.kind === 'Warning').map(e => `${e.reason}: ${e.message}`)].join('\n');
  for (const { code, pattern, say } of OF_EVENTS) {
    const found = pattern.exec(texts);
    if (found) return { code, message: say(found) };
  }
  const killed = containers.find(c => /OOMKilled/.test(c.reason));
  if (killed) return { code: 'CHART.OUT_OF_MEMORY', message: `${killed.name} in ${killed.pod} needs more memory than its limit allows and is ended again and again (OOMKilled). Give it more in the values.` };
  const crashing = containers.find(c => /CrashLoopBackOff/.test(c.phase) || /CrashLoopBackOff|^Error \(/.test(c.reason)) ?? containers.find(c => c.restarts > 2);
  if (crashing) return { code: 'CHART.CRASHES', message: `${crashing.name} in ${crashing.pod} ends again and again (${crashing.restarts} restarts${crashing.reason === '' ? '' : `; ${cut(crashing.reason)}`}). Its log tells why.` };
  const probe = events.find(e => e.kind === 'Warning' && e.reason === 'Unhealthy' && waiting.some(p => e.object === `Pod/${p.name}`));
  if (probe) return { code: 'CHART.UNHEALTHY', message: `It runs, but its health check fails: ${cut(probe.message)}` };
  const short = workloads.find(w => w.ready < w.wanted);
  return short && { code: 'CHART.NOT_READY', message: `${short.workload}: ${short.ready} of ${short.wanted} pods ready.` };
};
