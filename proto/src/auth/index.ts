export { API_KEY, apiKeyView, createApiKey, keyCheckView, noteApiKeyUse, revokeApiKey } from './api-keys.js';
export { cloudflareGrant, handOverCertificateKey, handOverCloudflare, linkedCloudflare, type CloudflareGrant,
  checkCloudflare, CLOUDFLARE_FEATURES, CLOUDFLARE_STEPS, cloudflareAccountView, cloudflareFeature, cloudflareId, cloudflareStep, cloudflareStepSignal, cloudflareTokenHelp, configureCloudflare,
  cloudflareLogIn, linkCloudflare, linkCloudflareIdentity, unlinkCloudflare, validateCloudflareToken, type CloudflareFeature, type CloudflareStep,
} from './cloudflare.js';
export { IMPORT_KINDS, importFromCloudflare, importItem, importOutcome, previewCloudflareImport, type ImportItemShown, type ImportOutcome } from './cloudflare-import.js';
export { device, displayName, email, password, roleName } from './common.js';
export { authCommands, authEvents, authQueries, authSignals, authViews } from './contracts.js';
export { createCredential, credentialView, revokeCredential } from './credentials.js';
export { exportTenant, forgetReceipt, forgetTenant, tenantReceipt, type ForgetReceipt } from './forget.js';
export { identityKind, identityView, linkIdentity, unlinkIdentity } from './identities.js';
export { completeSetup, issueSetupLink, setupStatus } from './installation.js';
export { acceptInvitation, invitationNames, invitationView, inviteMember, joinTenant, resendInvitation, revokeInvitation, showInvitation } from './invitations.js';
export { addMember, assignRole, leaveTenant, memberNames, memberView, removeMember } from './members.js';
export {
  backchannelLogout, defineOidcProvider, groupRole, OIDC_TEST_STAGES, oidcLogin, oidcLoginErrors, oidcLogoutUrl, oidcOptions, oidcProviderName, oidcProviderRef, oidcProviderView, removeOidcProvider, startOidc, startOidcLink, testOidcProvider,
} from './oidc.js';
export { capabilitiesView, capabilityDocument, defineRole, explain, grant, removeRole, resources, ROLES, roleView, tagResource, type Grant } from './roles.js';
export { changePassword, issueResetLink, profileView, renamePerson, resetPassword } from './people.js';
export { PREFERENCE_LIMITS, preferenceKey, preferencesView, setPreferences } from './preferences.js';
export { handOverSecret, keyRings, putSecret, removeSecret, rotateDataKeys, rotateMasterKey, rotateSecret, SECRET_RECEIVERS, secretKind, secretName, secretView } from './secrets.js';
export { providerBudgetView } from './provider-budgets.js';
export { confirmTotp, disableTotp, renewRecoveryCodes, startTotp } from './second-factor.js';
export {
  logInMethod, openSession, passwordLogIn, proveSession, refreshSession, revokeAllSessions, revokeSession, secondFactorCode, sessionAddresses, sessionSource, sessionTokens, sessionView, switchSession, type SessionTokens,
} from './sessions.js';
export { jwksView } from './signing-keys.js';
export { createTenant, directoryView, inviteOwner, invitationLink, myTenants, renameTenant, tenantView } from './tenants.js';
