/** The HTTP API as rows: a route is a method, a path and the contract behind it. The gateway holds no business rule. */
import {
  addMember, assignRole, changePassword, confirmTotp, createCredential, credentialView, disableTotp, explain, issueResetLink, memberNames, memberView, profileView, removeMember, renamePerson,
  renewRecoveryCodes, revokeAllSessions, revokeCredential, revokeSession, roleView, sessionAddresses, sessionView, startTotp,
} from './auth/index.js';
import { apiKeyView, createApiKey, defineOidcProvider, identityView, oidcProviderView, removeOidcProvider, revokeApiKey, testOidcProvider, unlinkIdentity } from './auth/index.js';
import {
  createTenant, defineRole, directoryView, invitationNames, invitationView, inviteMember, inviteOwner, joinTenant, leaveTenant, myTenants, removeRole, renameTenant, resendInvitation, revokeInvitation,
} from './auth/index.js';
import { checkCloudflare, cloudflareAccountView, configureCloudflare, importFromCloudflare, linkCloudflare, linkCloudflareIdentity, previewCloudflareImport, providerBudgetView, unlinkCloudflare } from './auth/index.js';
import { forgetTenant, keyRings, putSecret, removeSecret, rotateDataKeys, rotateSecret, secretView } from './auth/index.js';
import type { CommandContract, QueryContract, ViewContract } from './contract.js';
import { costReport, costsView } from './vps/costs.js';
import { acceptDrift, checkDrift, driftView, ignoreDrift, revertDrift } from './vps/drift.js';
import { acceptHostKey, adoptSandbox, adoptServer, deleteServer, generateSshKey, importSshKey, removeSshKey, renameServer, sandboxInfo, tagServer, testConnection } from './vps/commands.js';
import { accountBudgetView, checkProvider, connectProvider, disconnectProvider, providerImages, providerKinds, providerLocations, providerView, renameProvider, replaceProviderKey, serverTypes, validateName } from './vps/providers.js';
import {
  addServerKey, applyManifest, createSnapshot, deleteSnapshot, followLogs, powerOffServer, powerOnServer, readKubeconfig, rebootServer, rebuildServer, removeServerKey, resetServer, resizeServer, serverInfo, serverKeys, serverLogs,
  serverSnapshots, serverStatus, setTimeZone, shutdownServer, stopLogs, timeZones,
} from './vps/life.js';
import { operationsView } from './vps/operations.js';
import { cancelSetUp, cloudInitPreview, createServer, installK3s, removalPlan, retrySetUp, setUpView } from './vps/provisioning.js';
import { sshHosts } from './vps/ssh-hosts.js';
import { acknowledgeAlert, alertsView, muteAlert, setAlertLimits } from './vps/alerts.js';
import { metricsSeries, metricsView } from './vps/metrics.js';
import { serverView, sshKeyView } from './vps/views.js';

export interface HttpRow {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `:id` is the aggregate's or view's id. */
  readonly path: string;
  readonly target: CommandContract | QueryContract | ViewContract;
  /** A field of the body says which of these commands it is; `target` is one of them. */
  readonly by?: { readonly field: string; readonly targets: Readonly<Record<string, CommandContract>> };
  /** Views only: one value instead of a list. */
  readonly one?: true;
  /** What belongs to the person, not to the tenant (sessions, profile): under the installation's tenant and the person. Without `:id` a command's `id` is the person's. */
  readonly own?: true;
}

export const HTTP_ROWS: readonly HttpRow[] = [
  { method: 'GET', path: '/api/vps', target: serverView },
  { method: 'POST', path: '/api/vps', target: createServer },
  { method: 'POST', path: '/api/vps/cloud-init', target: cloudInitPreview },
  { method: 'GET', path: '/api/vps/sandbox', target: sandboxInfo },
  { method: 'GET', path: '/api/vps/alerts', target: alertsView },
  { method: 'GET', path: '/api/vps/time-zones', target: timeZones },
  { method: 'GET', path: '/api/vps/ssh-hosts', target: sshHosts },
  { method: 'POST', path: '/api/vps/adopt', target: adoptServer },
  { method: 'POST', path: '/api/vps/adopt-sandbox', target: adoptSandbox },
  { method: 'POST', path: '/api/vps/test-connection', target: testConnection },
  { method: 'GET', path: '/api/vps/server-types', target: serverTypes },
  { method: 'GET', path: '/api/vps/locations', target: providerLocations },
  { method: 'GET', path: '/api/vps/images', target: providerImages },
  { method: 'POST', path: '/api/vps/validate-name', target: validateName },
  { method: 'GET', path: '/api/vps/costs', target: costsView },
  { method: 'GET', path: '/api/vps/costs/report', target: costReport },
  { method: 'GET', path: '/api/vps/drift', target: driftView },
  { method: 'POST', path: '/api/vps/drift/check', target: checkDrift },
  { method: 'POST', path: '/api/vps/drift/:id/accept', target: acceptDrift },
  { method: 'POST', path: '/api/vps/drift/:id/revert', target: revertDrift },
  { method: 'POST', path: '/api/vps/drift/:id/ignore', target: ignoreDrift },
  { method: 'GET', path: '/api/vps/provider-kinds', target: providerKinds },
  { method: 'GET', path: '/api/vps/providers', target: providerView },
  { method: 'POST', path: '/api/vps/providers', target: connectProvider },
  { method: 'GET', path: '/api/vps/account-budgets', target: accountBudgetView },
  { method: 'GET', path: '/api/vps/providers/:id', target: providerView, one: true },
  { method: 'POST', path: '/api/vps/providers/:id/key', target: replaceProviderKey },
  { method: 'POST', path: '/api/vps/providers/:id/rename', target: renameProvider },
  { method: 'POST', path: '/api/vps/providers/:id/check', target: checkProvider },
  { method: 'DELETE', path: '/api/vps/providers/:id', target: disconnectProvider },
  { method: 'GET', path: '/api/vps/:id', target: serverView, one: true },
  { method: 'DELETE', path: '/api/vps/:id', target: deleteServer },
  { method: 'GET', path: '/api/vps/:id/setup', target: setUpView, one: true },
  { method: 'GET', path: '/api/vps/:id/removal-plan', target: removalPlan },
  { method: 'POST', path: '/api/vps/:id/install-k3s', target: installK3s },
  { method: 'POST', path: '/api/vps/:id/cancel', target: cancelSetUp },
  { method: 'POST', path: '/api/vps/:id/retry', target: retrySetUp },
  { method: 'POST', path: '/api/vps/:id/rename', target: renameServer },
  { method: 'POST', path: '/api/vps/:id/tags', target: tagServer },
  { method: 'POST', path: '/api/vps/:id/accept-host-key', target: acceptHostKey },
  { method: 'GET', path: '/api/vps/:id/metrics', target: metricsView, one: true },
  { method: 'GET', path: '/api/vps/:id/metrics/series', target: metricsSeries },
  { method: 'GET', path: '/api/vps/:id/alerts', target: alertsView, one: true },
  { method: 'POST', path: '/api/vps/:id/alerts/acknowledge', target: acknowledgeAlert },
  { method: 'POST', path: '/api/vps/:id/alerts/mute', target: muteAlert },
  { method: 'POST', path: '/api/vps/:id/alerts/limits', target: setAlertLimits },
  { method: 'GET', path: '/api/vps/:id/operations', target: operationsView, one: true },
  {
    method: 'POST', path: '/api/vps/:id/power', target: rebootServer,
    by: { field: 'action', targets: { 'power-on': powerOnServer, 'power-off': powerOffServer, reboot: rebootServer, reset: resetServer, shutdown: shutdownServer } },
  },
  { method: 'POST', path: '/api/vps/:id/resize', target: resizeServer },
  { method: 'POST', path: '/api/vps/:id/rebuild', target: rebuildServer },
  { method: 'GET', path: '/api/vps/:id/snapshots', target: serverSnapshots },
  { method: 'POST', path: '/api/vps/:id/snapshots', target: createSnapshot },
  { method: 'POST', path: '/api/vps/:id/snapshots/delete', target: deleteSnapshot },
  { method: 'GET', path: '/api/vps/:id/status', target: serverStatus },
  { method: 'GET', path: '/api/vps/:id/info', target: serverInfo },
  { method: 'GET', path: '/api/vps/:id/logs', target: serverLogs },
  { method: 'POST', path: '/api/vps/:id/logs/follow', target: followLogs },
  { method: 'POST', path: '/api/vps/:id/logs/stop', target: stopLogs },
  { method: 'POST', path: '/api/vps/:id/time-zone', target: setTimeZone },
  { method: 'POST', path: '/api/vps/:id/manifest', target: applyManifest },
  { method: 'POST', path: '/api/vps/:id/kubeconfig', target: readKubeconfig },
  { method: 'GET', path: '/api/vps/:id/ssh-keys', target: serverKeys },
  { method: 'POST', path: '/api/vps/:id/ssh-keys', target: addServerKey },
  { method: 'POST', path: '/api/vps/:id/ssh-keys/remove', target: removeServerKey },
  { method: 'GET', path: '/api/ssh-keys', target: sshKeyView },
  { method: 'POST', path: '/api/ssh-keys', target: generateSshKey },
  { method: 'POST', path: '/api/ssh-keys/import', target: importSshKey },
  { method: 'DELETE', path: '/api/ssh-keys/:id', target: removeSshKey },
  { method: 'GET', path: '/api/members', target: memberView },
  { method: 'GET', path: '/api/members/names', target: memberNames },
  { method: 'POST', path: '/api/members', target: addMember },
  { method: 'POST', path: '/api/members/:id/role', target: assignRole },
  { method: 'DELETE', path: '/api/members/:id', target: removeMember },
  { method: 'POST', path: '/api/members/:id/reset-link', target: issueResetLink },
  { method: 'POST', path: '/api/members/:id/leave', target: leaveTenant },
  { method: 'GET', path: '/api/invitations', target: invitationView },
  { method: 'GET', path: '/api/invitations/names', target: invitationNames },
  { method: 'POST', path: '/api/invitations', target: inviteMember },
  { method: 'POST', path: '/api/invitations/join', target: joinTenant, own: true },
  { method: 'POST', path: '/api/invitations/:id/resend', target: resendInvitation },
  { method: 'DELETE', path: '/api/invitations/:id', target: revokeInvitation },
  { method: 'GET', path: '/api/roles', target: roleView },
  { method: 'POST', path: '/api/roles/:id', target: defineRole },
  { method: 'DELETE', path: '/api/roles/:id', target: removeRole },
  { method: 'GET', path: '/api/tenants', target: directoryView },
  { method: 'POST', path: '/api/tenants', target: createTenant },
  { method: 'POST', path: '/api/tenants/:id/rename', target: renameTenant },
  { method: 'POST', path: '/api/tenants/:id/invite-owner', target: inviteOwner },
  { method: 'GET', path: '/api/auth/tenants', target: myTenants, own: true },
  { method: 'GET', path: '/api/sessions', target: sessionView, own: true },
  { method: 'GET', path: '/api/sessions/addresses', target: sessionAddresses, own: true },
  { method: 'POST', path: '/api/sessions/revoke-all', target: revokeAllSessions, own: true },
  { method: 'DELETE', path: '/api/sessions/:id', target: revokeSession, own: true },
  { method: 'GET', path: '/api/profile', target: profileView, one: true, own: true },
  { method: 'POST', path: '/api/profile/name', target: renamePerson, own: true },
  { method: 'POST', path: '/api/profile/password', target: changePassword, own: true },
  { method: 'POST', path: '/api/profile/totp', target: startTotp, own: true },
  { method: 'POST', path: '/api/profile/totp/confirm', target: confirmTotp, own: true },
  { method: 'DELETE', path: '/api/profile/totp', target: disableTotp, own: true },
  { method: 'POST', path: '/api/profile/recovery-codes', target: renewRecoveryCodes, own: true },
  { method: 'GET', path: '/api/credentials', target: credentialView },
  { method: 'POST', path: '/api/credentials', target: createCredential },
  { method: 'DELETE', path: '/api/credentials/:id', target: revokeCredential },
  { method: 'GET', path: '/api/secrets', target: secretView },
  { method: 'POST', path: '/api/secrets', target: putSecret },
  { method: 'POST', path: '/api/secrets/:id/rotate', target: rotateSecret },
  { method: 'DELETE', path: '/api/secrets/:id', target: removeSecret },
  { method: 'GET', path: '/api/data-keys', target: keyRings },
  { method: 'POST', path: '/api/data-keys/:id/rotate', target: rotateDataKeys },
  { method: 'POST', path: '/api/tenants/:id/forget', target: forgetTenant },
  { method: 'POST', path: '/api/explain/:id', target: explain },
  { method: 'GET', path: '/api/oidc-providers', target: oidcProviderView },
  { method: 'POST', path: '/api/oidc-providers/:id', target: defineOidcProvider },
  { method: 'DELETE', path: '/api/oidc-providers/:id', target: removeOidcProvider },
  { method: 'POST', path: '/api/oidc-test', target: testOidcProvider },
  { method: 'GET', path: '/api/identities', target: identityView, own: true },
  { method: 'DELETE', path: '/api/identities/:id', target: unlinkIdentity, own: true },
  { method: 'GET', path: '/api/provider-budgets', target: providerBudgetView },
  { method: 'GET', path: '/api/cloudflare-accounts', target: cloudflareAccountView },
  { method: 'POST', path: '/api/cloudflare-accounts', target: linkCloudflare },
  { method: 'POST', path: '/api/identities/cloudflare', target: linkCloudflareIdentity },
  { method: 'POST', path: '/api/cloudflare-accounts/:id/configure', target: configureCloudflare },
  { method: 'POST', path: '/api/cloudflare-accounts/:id/check', target: checkCloudflare },
  { method: 'POST', path: '/api/cloudflare-accounts/:id/import-preview', target: previewCloudflareImport },
  { method: 'POST', path: '/api/cloudflare-accounts/:id/import', target: importFromCloudflare },
  { method: 'DELETE', path: '/api/cloudflare-accounts/:id', target: unlinkCloudflare },
  { method: 'GET', path: '/api/api-keys', target: apiKeyView },
  { method: 'POST', path: '/api/api-keys', target: createApiKey },
  { method: 'DELETE', path: '/api/api-keys/:id', target: revokeApiKey },
];

/** Routes of the gateway itself: log-in (cookies) and operations. Documented in OpenAPI beside the rows. */
export const GATEWAY_ROUTES = [
  { method: 'GET', path: '/health', summary: 'Alive.' },
  { method: 'GET', path: '/ready', summary: 'Each dependency by name.' },
  { method: 'GET', path: '/metrics', summary: 'Prometheus; loopback or XANTHUS_METRICS_TOKEN.' },
  { method: 'GET', path: '/version', summary: 'Version and build.' },
  { method: 'GET', path: '/.well-known/jwks.json', summary: 'Public keys of access tokens.' },
  { method: 'GET', path: '/api/openapi.json', summary: 'This API.' },
  { method: 'GET', path: '/api/asyncapi.json', summary: 'Subjects, streams and frames.' },
  { method: 'GET', path: '/api/docs', summary: 'The API as a page.' },
  { method: 'GET', path: '/api/auth/setup', summary: 'Does the installation have an owner yet?' },
  { method: 'POST', path: '/api/auth/setup', summary: 'Make the first tenant and its owner.' },
  { method: 'POST', path: '/api/auth/login', summary: 'Log in; sets the refresh cookie.' },
  { method: 'GET', path: '/api/auth/cloudflare', summary: 'Which permissions does a Cloudflare token need, and where is one made?' },
  { method: 'POST', path: '/api/auth/validate', summary: 'Show a Cloudflare token before a log-in: account, permissions, steps.' },
  { method: 'POST', path: '/api/auth/cloudflare/validate', summary: 'The same, a line of JSON for each step as it runs, the envelope last.' },
  { method: 'POST', path: '/api/auth/refresh', summary: 'A fresh access token for the refresh cookie.' },
  { method: 'POST', path: '/api/auth/logout', summary: 'End this session.' },
  { method: 'GET', path: '/api/auth/session', summary: 'Who is logged in, and until when what asks for a fresh proof is allowed.' },
  { method: 'POST', path: '/api/auth/prove', summary: 'Prove again who one is; takes what session.prove takes.' },
  { method: 'POST', path: '/api/auth/switch', summary: 'Go on in another tenant; sets the cookies.' },
  { method: 'POST', path: '/api/auth/reset', summary: 'Set a new password with a reset link.' },
  { method: 'GET', path: '/api/auth/oidc', summary: 'OpenID providers of `?tenant=`, for the log-in page.' },
  { method: 'GET', path: '/api/auth/oidc/:provider/start', summary: 'Send the browser to a provider (`<tenant>.<name>`); `?return_to=` is a path of the console, `?invitation=` a token.' },
  { method: 'GET', path: '/api/auth/oidc/:provider/callback', summary: 'Where the provider sends the browser back to; logs in or links, then leads to `return_to`.' },
  { method: 'POST', path: '/api/auth/oidc/:provider/link', summary: 'Begin to link an identity to oneself: answers `url`, where the browser goes.' },
  { method: 'POST', path: '/api/auth/oidc/:provider/backchannel-logout', summary: 'OpenID Connect Back-Channel Logout: the provider ends sessions (form `logout_token`).' },
  { method: 'POST', path: '/api/auth/invitations/show', summary: 'What does this invitation token lead to? Takes {token}.' },
  { method: 'POST', path: '/api/auth/invitations/accept', summary: 'Accept an invitation with its token and log in; sets the cookies. Whoever is logged in uses /api/invitations/join.' },
  { method: 'POST', path: '/api/tenants/:id/export', summary: 'Everything of the tenant as JSON Lines: events, views, members, and a manifest with hashes (owners only).' },
  { method: 'GET', path: '/api/durables', summary: 'Your durable subscriptions.' },
  { method: 'DELETE', path: '/api/durables/:stream/:name', summary: 'Delete one; whoever holds it is told.' },
] as const;
