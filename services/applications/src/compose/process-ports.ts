import { readState } from '@xanthus/kernel';
import { handleAsService, pause } from '@xanthus/processes';
import { signalSubject } from '@xanthus/proto';
import type { ApplicationsContext } from '../applications.context.js';
import type { ProcessPorts } from '../running/ports.js';

const SERVICE = 'applications';

/** How long Helm waits until everything of a release is ready, ms. */
const WAIT = 10 * 60_000;

/** @param ask GET of an address, for its check */
export const processPorts = (on: ApplicationsContext, ask: ProcessPorts['ask']): ProcessPorts => ({
  log: on.log, now: on.now, pause, ask, wait_ms: WAIT,
  async handle(type, tenant, id, command) {
    const { state, events } = await handleAsService(on, type, tenant, id, command);
    return { state, decided: events.length > 0 };
  },
  read: (type, tenant, id) => readState(on, type, tenant, id),
  clusterOf: on.clusterOf, dns: on.dns, vps: on.vps, sealed: on.sealed, charts: on.charts,
  output({ tenant, application, deployment }, step, lines, dropped) {
    if (on.nc.isClosed()) return;
    on.nc.publish(signalSubject({ tenant, service: SERVICE, aggregate: 'application', id: application }, 'output'), JSON.stringify({ deployment, step, lines, dropped }));
  },
});
