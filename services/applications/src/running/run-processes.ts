import type { NatsConnection } from '@nats-io/transport-node';
import { runPending } from '@xanthus/processes';
import { UNDERWAY_DEPLOYMENTS, type UnderwayRef } from '../views/deployments.js';
import type { ProcessPorts } from './ports.js';
import { workOnDeployment } from './work-on-deployment.js';

/** Works on every deployment that the internal view names, until the signal. Run it in one copy only; a second one for a moment does no harm. */
export const runProcesses = (nc: NatsConnection, ports: ProcessPorts, signal: AbortSignal): Promise<void> => runPending<UnderwayRef>(nc, {
  service: 'applications', filters: [`${UNDERWAY_DEPLOYMENTS}.>`], log: ports.log, pause: ports.pause, work: ({ tenant, id }, until) => workOnDeployment(ports, tenant, id, until),
}, signal);
