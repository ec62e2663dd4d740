import type { Permissions } from '@nats-io/jwt';
import { inboxPrefixOf, type NatsUser } from './users.js';

/** Least privilege of one program. */
export const permissionsOf = (user: NatsUser): Permissions => ({ sub: { allow: [`${inboxPrefixOf(user)}.>`] } });
