export { authViews, capabilitiesView, capabilityDocument, credentialView, jwksView, memberView, roleName, ROLES, roleView, sessionView, tenantView } from './views.js';
export { authEvents } from './events.js';
export {
  addMember, assignRole, authCommands, authQueries, completeSetup, createCredential, device, displayName, email, explain, issueSetupLink, memberNames, openSession, password,
  refreshSession, removeMember, revokeCredential, revokeSession, sessionTokens, setupStatus, type SessionTokens,
} from './commands.js';
