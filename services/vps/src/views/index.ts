import type { Projection } from '@xanthus/kernel';
import { alertsProjection } from './alerts.js';
import { operationsProjection, runningProjection } from './operations.js';
import { costsProjection } from './costs.js';
import { driftProjection } from './drift.js';
import { accountsProjection, providersProjection } from './providers.js';
import { runsProjection } from './runs.js';
import { serversProjection } from './servers.js';
import { setUpProjection } from './setup.js';
import { sshKeysProjection } from './ssh-keys.js';
import { keyUsersProjection, targetsProjection } from './targets.js';

export const projections: readonly Projection[] = [alertsProjection, serversProjection, setUpProjection, runsProjection, operationsProjection, runningProjection, sshKeysProjection, providersProjection, accountsProjection, targetsProjection, keyUsersProjection, driftProjection, costsProjection];
