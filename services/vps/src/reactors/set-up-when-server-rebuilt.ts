import { readState, Refusal, type Reactor } from '@xanthus/kernel';
import { installOn } from '../provisioning/requests.js';
import { serverType } from '../server/server.decide.js';
import { isLive } from '../server/server.js';
import type { VpsContext } from '../vps.context.js';

/** An empty disk is set up again, and one from a snapshot looked after: what is right already stays. Of servers that were made here; nobody else is asked for a set-up by a rebuild. */
export const setUpWhenServerRebuilt = (vps: VpsContext): Reactor => ({
  name: 'set-up-when-server-rebuilt',
  types: ['ServerRebuilt'],
  async react({ tenant, aggregate: { id }, id: event, correlation_id }) {
    const server = await readState(vps, serverType, tenant, id);
    if (!isLive(server) || !server.machine.order) return;
    try {
      await installOn(vps, { tenant, id, actor: { kind: 'service', id: 'vps' }, now: new Date().toISOString(), command_id: `set-up-${event}`, correlation_id });
    } catch (error) {
      // Deleted or blocked since, or still being made: then nobody waits for this set-up.
      if (!(error instanceof Refusal) || error.retryable) throw error;
      vps.log.info({ err: error, server: id }, 'a rebuilt server is not set up again');
    }
  },
});
