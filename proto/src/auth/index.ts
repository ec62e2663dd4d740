export { device, displayName, email, password, roleName } from './common.js';
export { authCommands, authEvents, authQueries, authViews } from './contracts.js';
export { createCredential, credentialView, revokeCredential } from './credentials.js';
export { completeSetup, issueSetupLink, setupStatus } from './installation.js';
export { addMember, assignRole, memberNames, memberView, removeMember } from './members.js';
export { capabilitiesView, capabilityDocument, explain, ROLES, roleView } from './roles.js';
export { openSession, refreshSession, revokeSession, sessionTokens, sessionView, type SessionTokens } from './sessions.js';
export { jwksView } from './signing-keys.js';
export { tenantView } from './tenants.js';
