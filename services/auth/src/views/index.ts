import type { Projection } from '@xanthus/kernel';
import { capabilities } from './capabilities.js';
import { accounts, credentials } from './credentials.js';
import { jwks } from './jwks.js';
import { members, memberships } from './members.js';
import { roles } from './roles.js';
import { sessions } from './sessions.js';
import { tenants } from './tenants.js';

export const projections: readonly Projection[] = [tenants, roles, members, memberships, sessions, capabilities, credentials, accounts, jwks];
