import { mergeSchemas } from '@xanthus/kernel';
import { alertType } from './alerts/alert.decide.js';
import { driftType } from './drift/drift.decide.js';
import { accountType } from './providers/account/account.decide.js';
import { provisioningType } from './provisioning/provisioning.decide.js';
import { removalType } from './removal/removal.decide.js';
import { serverType } from './server/server.decide.js';
import { sshKeyType } from './ssh-key/ssh-key.decide.js';

export const aggregates = [serverType, provisioningType, removalType, sshKeyType, alertType, accountType, driftType] as const;
/** What projections and reactors read is lifted to the current shapes, as the aggregates themselves do. */
export const eventSchemas = mergeSchemas(...aggregates);
