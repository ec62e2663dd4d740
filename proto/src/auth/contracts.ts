/** All of auth's contracts by kind, for doors, documents and tests. */
import { healthQuery } from '../health.js';
import { apiKeyEvents, apiKeyView, createApiKey, keyCheckView, noteApiKeyUse, revokeApiKey } from './api-keys.js';
import {
  checkCloudflare, cloudflareAccountView, cloudflareEvents, handOverCertificateKey, handOverCloudflare, linkedCloudflare, cloudflareStepSignal, cloudflareTokenHelp, configureCloudflare, linkCloudflare, linkCloudflareIdentity, unlinkCloudflare, validateCloudflareToken,
} from './cloudflare.js';
import { cloudflareImportEvents, importFromCloudflare, previewCloudflareImport } from './cloudflare-import.js';
import { createCredential, credentialEvents, credentialView, revokeCredential } from './credentials.js';
import { identityEvents, identityView, linkIdentity, unlinkIdentity } from './identities.js';
import { exportTenant, forgetEvents, forgetTenant, tenantReceipt } from './forget.js';
import { completeSetup, installationEvents, issueSetupLink, setupStatus } from './installation.js';
import { backchannelLogout, defineOidcProvider, oidcLogoutUrl, oidcOptions, oidcProviderEvents, oidcProviderView, removeOidcProvider, startOidc, startOidcLink, testOidcProvider } from './oidc.js';
import { acceptInvitation, invitationEvents, invitationNames, invitationView, inviteMember, joinTenant, resendInvitation, revokeInvitation, showInvitation } from './invitations.js';
import { addMember, assignRole, leaveTenant, memberEvents, memberNames, memberView, removeMember } from './members.js';
import { changePassword, issueResetLink, personEvents, profileView, refusalEvents, renamePerson, resetPassword } from './people.js';
import { preferencesEvents, preferencesView, setPreferences } from './preferences.js';
import { capabilitiesView, defineRole, explain, removeRole, roleEvents, roleView, tagResource } from './roles.js';
import { providerBudgetView } from './provider-budgets.js';
import { confirmTotp, disableTotp, renewRecoveryCodes, secondFactorEvents, startTotp } from './second-factor.js';
import { handOverSecret, keyEvents, keyRings, putSecret, removeSecret, rotateDataKeys, rotateMasterKey, rotateSecret, secretEvents, secretView } from './secrets.js';
import { openSession, proveSession, refreshSession, revokeAllSessions, revokeSession, sessionAddresses, sessionEvents, sessionView, switchSession } from './sessions.js';
import { jwksView, signingKeyEvents } from './signing-keys.js';
import { createTenant, directoryView, inviteOwner, myTenants, renameTenant, tenantEvents, tenantView } from './tenants.js';

/** Ways in: identities elsewhere, and keys of programs. */
const accessCommands = { defineOidcProvider, removeOidcProvider, backchannelLogout, linkIdentity, unlinkIdentity, createApiKey, revokeApiKey, noteApiKeyUse, validateCloudflareToken, linkCloudflare, linkCloudflareIdentity, configureCloudflare, checkCloudflare, unlinkCloudflare, handOverCloudflare, handOverCertificateKey, importFromCloudflare } as const;
const accessQueries = { oidcLogoutUrl, oidcOptions, startOidc, startOidcLink, testOidcProvider, cloudflareTokenHelp, linkedCloudflare, previewCloudflareImport } as const;
const accessEvents = { ...oidcProviderEvents, ...identityEvents, ...apiKeyEvents, ...cloudflareEvents, ...cloudflareImportEvents } as const;
const accessViews = { 'oidc-providers': oidcProviderView, identities: identityView, 'api-keys': apiKeyView, 'key-checks': keyCheckView, 'cloudflare-accounts': cloudflareAccountView, 'provider-budgets': providerBudgetView } as const;

/** Who belongs where, as what. */
const tenancyCommands = { leaveTenant, createTenant, inviteOwner, renameTenant, inviteMember, resendInvitation, revokeInvitation, acceptInvitation, joinTenant, defineRole, removeRole, tagResource } as const;
const tenancyQueries = { myTenants, showInvitation, invitationNames } as const;
const tenancyEvents = { ...invitationEvents, ...roleEvents } as const;
const tenancyViews = { invitations: invitationView, directory: directoryView } as const;

export const authCommands = {
  ...accessCommands,
  ...tenancyCommands,
  issueSetupLink, completeSetup,
  openSession, refreshSession, revokeSession, revokeAllSessions, proveSession, switchSession,
  changePassword, renamePerson, issueResetLink, resetPassword, startTotp, confirmTotp, disableTotp, renewRecoveryCodes, setPreferences,
  addMember, assignRole, removeMember,
  createCredential, revokeCredential,
  putSecret, rotateSecret, removeSecret, handOverSecret, rotateDataKeys, rotateMasterKey, forgetTenant, exportTenant,
} as const;
export const authQueries = {
  health: healthQuery('auth'),
  ...accessQueries, ...tenancyQueries, keyRings, tenantReceipt, setupStatus, memberNames, explain, sessionAddresses } as const;
export const authEvents = {
  ...accessEvents,
  ...tenancyEvents,
  ...installationEvents, ...personEvents, ...secondFactorEvents, ...preferencesEvents, ...refusalEvents, ...tenantEvents, ...memberEvents, ...sessionEvents, ...credentialEvents, ...signingKeyEvents, ...secretEvents, ...keyEvents, ...forgetEvents,
} as const;
export const authViews = {
  ...accessViews,
  ...tenancyViews,
  tenants: tenantView, members: memberView, roles: roleView, sessions: sessionView, profiles: profileView, preferences: preferencesView, capabilities: capabilitiesView, credentials: credentialView, secrets: secretView, jwks: jwksView,
} as const;
export const authSignals = { step: cloudflareStepSignal } as const;
