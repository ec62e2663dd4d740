import { runPending } from '@xanthus/processes';
import { RUNS, type PendingRun } from '../views/runs.js';
import type { VpsContext } from '../vps.context.js';
import type { ProcessPorts } from './ports.js';
import { workOn } from './work-on.js';

/** Works on every server that the internal view `_runs` names, until the signal. Run it in one copy only; a second one for a moment does no harm. */
export const runProcesses = (vps: Pick<VpsContext, 'nc' | 'forgotten'>, ports: ProcessPorts, signal: AbortSignal): Promise<void> => runPending<PendingRun>(vps.nc, {
  service: 'vps', filters: [`${RUNS}.>`], log: ports.log, pause: ports.pause, isForgotten: tenant => vps.forgotten.has(tenant), work: ({ tenant, id }, until) => workOn(ports, tenant, id, until),
}, signal);
