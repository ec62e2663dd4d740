import { keyedProjection, type Projection, type RecordedEvent } from '@xanthus/kernel';
import type { CreationEvent } from '../server/creation-state.js';
import type { ServerEvent } from '../server/server.js';
import type { ProvisioningEvent } from '../provisioning/provisioning.js';

/** A server with a process that is not at its end. `wish`: sequence of the event by which somebody last wanted something else of it. */
export interface PendingRun { readonly tenant: string; readonly id: string; readonly wish: number; /** Somebody wants it to end. */ readonly ending?: true; /** All of the server is to go. */ readonly removing?: true; /** That failed: nothing is done until somebody wants it again. */ readonly resting?: true }

export const RUNS = '_runs';
/** Internal, never shown: `_runs.<tenant>.<server>` */
const runKey = (tenant: string, id: string): string => `${RUNS}.${tenant}.${id}`;

const fold = (run: PendingRun | undefined, event: RecordedEvent): PendingRun | undefined => {
  const known = event as unknown as ServerEvent | CreationEvent | ProvisioningEvent;
  // What is to go, goes, whatever else is wanted meanwhile.
  const wish: PendingRun = { tenant: event.tenant, id: event.aggregate.id, wish: event.seq, ...(run?.removing ? { ending: true, removing: true } : {}) };
  if (run?.resting && known.type !== 'ServerRemovalRequested' && known.type !== 'ServerDeleted') return run;
  switch (known.type) {
    case 'ServerRequested': case 'ProvisioningRetried': return wish;
    // A creation writes it itself.
    case 'ProvisioningStarted': return run ?? wish;
    case 'ProvisioningCancelRequested': return { ...wish, ending: true };
    // The end of a cancelled creation is its own doing, and no new wish.
    case 'ServerRemovalRequested': return known.data.reason === 'cancelled' && run && !run.resting ? { ...run, removing: true } : { ...wish, ending: true, removing: true };
    // What was wanted in the same moment is still to be done.
    case 'ServerBecameReady': case 'ServerSetUpFailed': return run?.ending ? run : undefined;
    case 'ProvisioningCancelled': return run?.removing ? run : undefined;
    case 'ServerRemovalFailed': return run && { ...run, resting: true };
    case 'ServerDeleted': return undefined;
    default: return run;
  }
};

/** Which servers must the runner of processes work on? */
export const runsProjection: Projection = keyedProjection<PendingRun>({
  name: 'runs',
  version: 1,
  schema: 1,
  keys: event => (event.aggregate.name === 'server' || event.aggregate.name === 'provisioning' ? [runKey(event.tenant, event.aggregate.id)] : []),
  evolve: fold,
});
