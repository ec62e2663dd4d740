import { AccessDoors } from '../endpoints/access.doors.js';
import { LifeDoors } from '../endpoints/life.doors.js';
import { FIND_AT_PROVIDER } from '../endpoints/tokens.js';
import { findAtProvider } from '../life/at-provider.js';
import { runFollows } from '../life/run-follows.js';
import { runOperations } from '../life/run-operations.js';
import { setUpWhenServerRebuilt } from '../reactors/set-up-when-server-rebuilt.js';
import type { Part, VpsCore } from './part.js';

/** What is done to a server while it lives, and asked of it. */
export const composeLife = ({ vps }: VpsCore): Part => {
  const find = findAtProvider(vps);
  return {
    controllers: [LifeDoors, AccessDoors],
    reactors: [setUpWhenServerRebuilt(vps)],
    providers: [{ provide: FIND_AT_PROVIDER, useValue: find }],
    standing: [{ name: 'operations', run: signal => runOperations(vps, { find, pace: Math.min(2_000, vps.config.XANTHUS_METRICS_INTERVAL_MS) }, signal) }, { name: 'follows', run: signal => runFollows(vps, signal) }],
  };
};
