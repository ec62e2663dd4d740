import { Refusal } from '@xanthus/kernel';
import { relayLines, runLeased } from '@xanthus/processes';
import { signalSubject, type DataOf } from '@xanthus/proto';
import type { applicationLogSignal } from '@xanthus/proto/applications';
import type { ApplicationsContext } from '../applications.context.js';
import { followPodLogs } from '../cluster/pod-logs.js';
import { FOLLOWS, unpacked } from './logs.js';
import { reach } from './reach.js';

type Said = DataOf<typeof applicationLogSignal>;
interface Followed { readonly tenant: string; readonly id: string; readonly pod: string; readonly container: string | null }

/** Reads every pod's log that somebody follows, once for all of them, and tells its lines as signals, until the signal. Run it in one copy only. */
export const runFollows = (on: ApplicationsContext, signal: AbortSignal): Promise<void> => runLeased(on.nc, {
  service: 'applications', prefix: FOLLOWS, isForgotten: tenant => on.forgotten.has(tenant),
  begin: ([tenant = '', id = '', what = ''], until) => followPod(on, { tenant, id, ...unpacked(what) }, until),
  forget: key => void on.views.putSample(key, undefined).catch((error: unknown) => on.log.debug({ err: error }, 'a lease could not be removed')),
}, signal);

const followPod = async (on: ApplicationsContext, { tenant, id, pod, container }: Followed, signal: AbortSignal): Promise<void> => {
  const subject = signalSubject({ tenant, service: 'applications', aggregate: 'application', id }, 'log');
  const say = (said: Omit<Said, 'pod' | 'container'>): void => on.nc.publish(subject, JSON.stringify({ pod, container, ...said } satisfies Said));
  let ended: Said['ended'];
  try {
    const { cluster, whose, mask } = await reach(on, { tenant, id }, { reason: 'follow logs of an application' });
    await relayLines(({ lines, dropped }) => say({ lines: [...lines], dropped }), async push => followPodLogs(await cluster(), { namespace: whose.namespace, pod, container: container ?? undefined }, { signal, onData: push }), signal, mask);
    ended = { code: 'APPLICATION.LOG_ENDED', message: 'The pod has ended. Its successor has another name.' };
  } catch (error) {
    if (!(error instanceof Refusal)) on.log.warn({ err: error, application: id }, 'a log could not be followed');
    ended = error instanceof Refusal ? { code: error.code, message: error.message } : { code: 'APPLICATION.LOG_ENDED', message: 'It could not be followed any more. Try again.' };
  }
  if (!signal.aborted) say({ lines: [], dropped: 0, ended });
};
