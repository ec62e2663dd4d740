import { mergeSchemas } from '@xanthus/kernel';
import { driftType } from './drift/drift.decide.js';
import { accountType } from './providers/account/account.decide.js';
import { serverType } from './server/server.decide.js';
import { sshKeyType } from './ssh-key/ssh-key.decide.js';

export const aggregates = [serverType, sshKeyType, accountType, driftType] as const;
/** What projections and reactors read is lifted to the current shapes, as the aggregates themselves do. */
export const eventSchemas = mergeSchemas(...aggregates);
