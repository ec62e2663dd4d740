import { mergeSchemas } from '@xanthus/kernel';
import { apiKey } from './api-key.js';
import { cloudflareAccount } from './cloudflare-account.js';
import { credential } from './credential.js';
import { identity } from './identity.js';
import { installation } from './installation.js';
import { keyRing, masterKey } from './keys.js';
import { invitation } from './invitation.js';
import { member } from './member.js';
import { ownership } from './ownership.js';
import { resource } from './resource.js';
import { role } from './role.js';
import { oidcProvider } from './oidc-provider.js';
import { person } from './person.js';
import { preferences } from './preferences.js';
import { secret } from './secret.js';
import { refusals } from './refusals.js';
import { session } from './session.js';
import { signingKey } from './signing-key.js';
import { tenant } from './tenant.js';

export const aggregates = [installation, tenant, person, preferences, refusals, member, session, credential, secret, keyRing, masterKey, signingKey, oidcProvider, identity, cloudflareAccount, apiKey, invitation, ownership, role, resource] as const;
/** What projections and reactors read is lifted to the current shapes, as the aggregates themselves do. */
export const eventSchemas = mergeSchemas(...aggregates);
