import type { Projection } from '@xanthus/kernel';
import { eventSubject, INSTALLATION } from '@xanthus/proto';
import { apiKeys, keyChecks } from './api-keys.js';
import { capabilities } from './capabilities.js';
import { cloudflareAccounts, cloudflareIndex } from './cloudflare.js';
import { accounts, credentials } from './credentials.js';
import { identities } from './identities.js';
import { invitations } from './invitations.js';
import { jwks } from './jwks.js';
import { members, memberships } from './members.js';
import { oidcProviders } from './oidc-providers.js';
import { preferencesOf } from './preferences.js';
import { profiles } from './profiles.js';
import { roles } from './roles.js';
import { secrets } from './secrets.js';
import { sessions } from './sessions.js';
import { directory, tenants } from './tenants.js';

export const projections: readonly Projection[] = [tenants, roles, members, memberships, sessions, profiles, preferencesOf, capabilities, credentials, accounts, secrets, jwks, oidcProviders, cloudflareAccounts, cloudflareIndex, identities, apiKeys, keyChecks, invitations, directory];

/** A tenant's name and built-in roles come from an aggregate that is the installation's. */
export const pastOfTenant = (tenant: string): readonly string[] => (tenant === INSTALLATION ? [] : [eventSubject({ tenant: INSTALLATION, service: 'auth', aggregate: 'tenant', id: tenant })]);
