import { watchViewBucket } from '@xanthus/jetstream';
import type { ViewValue } from '@xanthus/proto';
import { untilAborted } from '../monitor/pause.js';
import { RUNS, type PendingRun } from '../views/runs.js';
import type { VpsContext } from '../vps.context.js';
import type { ProcessPorts } from './ports.js';
import { createSupervisor } from './supervisor.js';

/** Works on every server that the internal view `_runs` names, until the signal. Run it in one copy only; a second one for a moment does no harm. */
export const runProcesses = async (vps: Pick<VpsContext, 'nc' | 'forgotten'>, ports: ProcessPorts, signal: AbortSignal): Promise<void> => {
  const works = createSupervisor(ports, tenant => vps.forgotten.has(tenant), signal);
  /** Keys told since a reset; those that were not are gone. */
  let told: Set<string> | undefined;
  const watch = await watchViewBucket(vps.nc, 'vps', {
    filters: [`${RUNS}.>`],
    onEntry: ({ key, kind, value }) => {
      told?.add(key);
      if (kind === 'put' && !(value as ViewValue<PendingRun>).data.resting) works.set(key, (value as ViewValue<PendingRun>).data);
      else void works.end(key);
    },
    onReset: () => { told = new Set(); },
    onSync: () => {
      if (told) for (const key of works.keys()) if (!told.has(key)) void works.end(key);
      told = undefined;
    },
  });
  await untilAborted(signal);
  await watch.stop();
  await Promise.all(works.keys().map(works.end));
};
