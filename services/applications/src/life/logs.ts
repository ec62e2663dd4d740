import { newId, Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { createLineCutter, createTail, type Lease } from '@xanthus/processes';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import type { applicationLogs, followApplicationLogs, stopApplicationLogs } from '@xanthus/proto/applications';
import type { ApplicationsContext } from '../applications.context.js';
import { inventory } from '../cluster/inventory.js';
import { podLogs } from '../cluster/pod-logs.js';
import { livingApplication } from '../use-cases/living.js';
import { reach, type Reached } from './reach.js';

/** An answer's lines together, at most. */
const ANSWER_LIMIT = 512 * 1024;
const PATIENCE = 15_000;
/** Followed logs end when nobody asks again within this time, ms; ask at half of it. */
export const FOLLOW_FOR = 45_000;
/** Internal, never shown: `_follows.<tenant>.<application>.<pod and container, packed>.<follower>` */
export const FOLLOWS = '_follows';

/** Names of pods have dots, which keys of views are cut at. */
export const packed = (pod: string, container: string | undefined): string => Buffer.from(JSON.stringify([pod, container ?? null])).toString('base64url');
export const unpacked = (word: string): { readonly pod: string; readonly container: string | null } => {
  const [pod, container] = JSON.parse(Buffer.from(word, 'base64url').toString()) as [string, string | null];
  return { pod, container };
};

/** Only pods of the application itself: others may share its namespace. Preset: the newest that is ready. @throws Refusal APPLICATION.POD_UNKNOWN */
const itsPod = async ({ whose, cluster }: Reached, pod: string | undefined, signal: AbortSignal): Promise<string> => {
  const { pods } = await inventory(await cluster(), whose, { signal, timeout_ms: PATIENCE });
  const newest = pods.toSorted((a, b) => Number(b.ready) - Number(a.ready) || (b.started_at ?? '').localeCompare(a.started_at ?? ''));
  const found = pod === undefined ? newest[0] : pods.find(p => p.name === pod);
  if (found) return found.name;
  if (pod === undefined) throw new Refusal('APPLICATION.POD_UNKNOWN', 'It has no pods now, so there is no log.');
  throw new Refusal('APPLICATION.POD_UNKNOWN', `It has no pod ${pod} (any more). Pods are made anew under other names; look which there are now.`);
};

export const logs = async (on: ApplicationsContext, { pod, container, lines, previous }: ParsedInputOf<typeof applicationLogs>, call: Call): Promise<OutputOf<typeof applicationLogs>> => {
  const reached = await reach(on, call, { reason: 'logs of an application', act: call.actor });
  const name = await itsPod(reached, pod, call.signal);
  const text = await podLogs(await reached.cluster(), { namespace: reached.whose.namespace, pod: name, container }, { lines, previous }, { signal: call.signal, timeout_ms: PATIENCE });
  const cutter = createLineCutter();
  const tail = createTail(lines, ANSWER_LIMIT);
  tail.push([...cutter.push(Buffer.from(text)), ...cutter.end()].map(reached.mask));
  return { lines: [...tail.lines()], truncated: tail.dropped() > 0 || cutter.cut };
};

export const followLogs = async (on: ApplicationsContext, { pod, container, follower }: ParsedInputOf<typeof followApplicationLogs>, call: Call): Promise<OutputOf<typeof followApplicationLogs>> => {
  // Who renews it was let in before; whether it still is there is seen by whoever reads it.
  if (follower === undefined) await itsPod(await reach(on, call, { reason: 'logs of an application', act: call.actor }), pod, call.signal);
  else await livingApplication(on, call.tenant, call.id);
  const who = follower ?? newId();
  await on.views.putSample(`${FOLLOWS}.${call.tenant}.${call.id}.${packed(pod, container)}.${who}`, { until: Date.now() + FOLLOW_FOR } satisfies Lease);
  return { follower: who, renew_within_ms: FOLLOW_FOR };
};

/** Of all containers of the pod that this one follows: it does not say which. */
export const stopLogs = async (on: ApplicationsContext, { pod, container, follower }: ParsedInputOf<typeof stopApplicationLogs>, call: Call): Promise<OutputOf<typeof stopApplicationLogs>> => {
  await livingApplication(on, call.tenant, call.id);
  await on.views.putSample(`${FOLLOWS}.${call.tenant}.${call.id}.${packed(pod, container)}.${follower}`, undefined);
  return {};
};
