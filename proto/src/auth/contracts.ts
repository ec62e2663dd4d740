/** All of auth's contracts by kind, for doors, documents and tests. */
import { createCredential, credentialEvents, credentialView, revokeCredential } from './credentials.js';
import { completeSetup, installationEvents, issueSetupLink, setupStatus } from './installation.js';
import { addMember, assignRole, memberEvents, memberNames, memberView, removeMember } from './members.js';
import { personEvents } from './people.js';
import { capabilitiesView, explain, roleView } from './roles.js';
import { openSession, refreshSession, revokeSession, sessionEvents, sessionView } from './sessions.js';
import { jwksView, signingKeyEvents } from './signing-keys.js';
import { tenantEvents, tenantView } from './tenants.js';

export const authCommands = { issueSetupLink, completeSetup, openSession, refreshSession, revokeSession, addMember, assignRole, removeMember, createCredential, revokeCredential } as const;
export const authQueries = { setupStatus, memberNames, explain } as const;
export const authEvents = { ...installationEvents, ...personEvents, ...tenantEvents, ...memberEvents, ...sessionEvents, ...credentialEvents, ...signingKeyEvents } as const;
export const authViews = { tenants: tenantView, members: memberView, roles: roleView, sessions: sessionView, capabilities: capabilitiesView, credentials: credentialView, jwks: jwksView } as const;
