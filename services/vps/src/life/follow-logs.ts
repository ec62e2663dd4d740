/** Logs that somebody follows live: who follows is noted with an end, and one copy of the service reads each log once for all of them. */
import { newId } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { Lease } from '@xanthus/processes';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { FOLLOW_FOR, type followLogs as contract, type stopLogs as stopContract } from '@xanthus/proto/vps';
import type { VpsContext } from '../vps.context.js';
import { checkAllowed, liveServer } from './host.js';

/** Internal, never shown: `_follows.<tenant>.<server>.<source>.<follower>` */
export const FOLLOWS = '_follows';

export const followLogs = async (vps: VpsContext, { source, follower = newId() }: ParsedInputOf<typeof contract>, call: Call): Promise<OutputOf<typeof contract>> => {
  await checkAllowed(vps, call, 'read-logs');
  const lease: Lease = { until: Date.now() + FOLLOW_FOR };
  await vps.views.putSample(`${FOLLOWS}.${call.tenant}.${call.id}.${source}.${follower}`, lease);
  return { follower, renew_within_ms: FOLLOW_FOR };
};

export const stopLogs = async (vps: VpsContext, { source, follower }: ParsedInputOf<typeof stopContract>, call: Call): Promise<OutputOf<typeof stopContract>> => {
  await liveServer(vps, call);
  await vps.views.putSample(`${FOLLOWS}.${call.tenant}.${call.id}.${source}.${follower}`, undefined);
  return {};
};
