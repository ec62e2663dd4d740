import type { Projection } from '@xanthus/kernel';
import { operationsProjection, runningProjection } from './operations.js';
import { driftProjection } from './drift.js';
import { accountsProjection, providersProjection } from './providers.js';
import { serversProjection } from './servers.js';
import { sshKeysProjection } from './ssh-keys.js';
import { keyUsersProjection, targetsProjection } from './targets.js';

export const projections: readonly Projection[] = [serversProjection, operationsProjection, runningProjection, sshKeysProjection, providersProjection, accountsProjection, targetsProjection, keyUsersProjection, driftProjection];
