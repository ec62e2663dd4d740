import { pause } from '@xanthus/processes';
import { runDrift } from '../drift/run-drift.js';
import { DriftDoors } from '../endpoints/drift.doors.js';
import { forgetDriftWhenProviderDisconnected } from '../reactors/forget-drift-when-provider-disconnected.js';
import { renameAtProviderWhenServerRenamed } from '../reactors/rename-at-provider-when-server-renamed.js';
import type { Part, VpsCore } from './part.js';

/** What differs at the providers. */
export const composeDrift = ({ vps, config }: VpsCore): Part => ({
  controllers: [DriftDoors],
  reactors: [renameAtProviderWhenServerRenamed(vps), forgetDriftWhenProviderDisconnected(vps)],
  standing: [{ name: 'drift', run: signal => runDrift(vps, { every: config.XANTHUS_DRIFT_SECONDS * 1_000, pause, now: Date.now }, signal) }],
});
