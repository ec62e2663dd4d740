import type { NatsConnection } from '@nats-io/transport-node';
import { runPending } from '@xanthus/processes';
import { UNDERWAY_DOMAINS } from '../views/domains.js';
import { UNDERWAY_PLANS, type UnderwayRef } from '../views/plans.js';
import type { ProcessPorts } from './ports.js';
import { workOnDomain } from './work-on-domain.js';
import { workOnPlan } from './work-on-plan.js';

/** Works on every plan and domain that the internal views name, until the signal. Run it in one copy only; a second one for a moment does no harm. */
export const runProcesses = (nc: NatsConnection, ports: ProcessPorts, signal: AbortSignal): Promise<void> => runPending<UnderwayRef>(nc, {
  service: 'dns', filters: [`${UNDERWAY_PLANS}.>`, `${UNDERWAY_DOMAINS}.>`], log: ports.log, pause: ports.pause,
  work: ({ tenant, id }, until, key) => (key.startsWith(`${UNDERWAY_PLANS}.`) ? workOnPlan : workOnDomain)(ports, tenant, id, until),
}, signal);
