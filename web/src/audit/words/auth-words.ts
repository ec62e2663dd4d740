import { t } from '../../texts/text.js';
import { count, list, spelled, text, type Words } from './words.js';

const people: Words = {
  'person.PersonRegistered': p => t('{thing} got an account', { ...p }),
  'person.PersonRenamed': p => t('{who} changed the name of {thing}', { ...p }),
  'person.PasswordChanged': p => t('{who} changed the password of {thing}', { ...p }),
  'person.PasswordRefused': p => t('A wrong password was given for {thing}', { ...p }),
  'person.ResetLinkIssued': p => t('{who} made a link with which {thing} chooses a new password', { ...p }),
  'person.LoginRefused': (p, d) => t('{thing} was not let in: {reason}', { ...p, reason: spelled(d, 'reason') }),
  'person.TotpStarted': p => t('{thing} began to set up a second factor', { ...p }),
  'person.TotpEnabled': p => t('{thing} has a second factor now', { ...p }),
  'person.TotpUsed': p => t('{thing} gave the code of the second factor', { ...p }),
  'person.RecoveryCodeUsed': p => t('{thing} used a recovery code', { ...p }),
  'person.RecoveryCodesRenewed': p => t('{thing} got new recovery codes', { ...p }),
  'person.TotpDisabled': p => t('{thing} has no second factor any more', { ...p }),
  'person.PersonForgotten': p => t('{thing} was forgotten', { ...p }),
  'identity.IdentityLinked': p => t('{who} linked an account of a provider', { ...p }),
  'identity.IdentityUnlinked': p => t('{who} unlinked an account of a provider', { ...p }),
  'session.SessionOpened': p => t('{who} logged in', { ...p }),
  'session.SessionRefreshed': p => t('{thing} of {who} goes on', { ...p }),
  'session.SessionProved': p => t('{who} proved who they are', { ...p }),
  'session.SessionEnded': (p, d) => t('{thing} of {who} ended: {reason}', { ...p, reason: spelled(d, 'reason') }),
  'refusals.RefusalsCounted': (p, d) => t('Log-ins were refused: {unknown} of unknown accounts, {many} too many', { ...p, unknown: text(d, 'unknown_account'), many: text(d, 'too_many') }),
  'preferences.PreferencesSet': p => t('{who} changed what they like', { ...p }),
};

const organisation: Words = {
  'tenant.TenantCreated': (p, d) => t('{who} made the organisation {name}', { ...p, name: text(d, 'name') }),
  'tenant.TenantRenamed': (p, d) => t('{who} renamed the organisation to {name}', { ...p, name: text(d, 'name') }),
  'tenant.TenantForgotten': p => t('{who} had the organisation forgotten', { ...p }),
  'tenant.TenantErased': p => t('The keys of the organisation are destroyed', { ...p }),
  'tenant.TenantExported': p => t('{who} exported everything', { ...p }),
  'member.MemberAdded': (p, d) => t('{thing} became a member as {role}', { ...p, role: text(d, 'role') }),
  'member.MemberRoleAssigned': (p, d) => t('{who} made {thing} {role}', { ...p, role: text(d, 'role') }),
  'member.MemberLeft': p => t('{thing} left', { ...p }),
  'member.MemberRemoved': p => t('{who} removed {thing}', { ...p }),
  'ownership.OwnerDeparting': p => t('{who} gives up being an owner', { ...p }),
  'invitation.InvitationCreated': (p, d) => t('{who} invited somebody as {role}', { ...p, role: text(d, 'role') }),
  'invitation.InvitationResent': p => t('{who} sent an invitation again', { ...p }),
  'invitation.InvitationAccepted': p => t('{who} accepted an invitation', { ...p }),
  'invitation.InvitationRevoked': p => t('{who} withdrew an invitation', { ...p }),
  'invitation.InvitationRefused': (p, d) => t('An invitation was refused: {reason}', { ...p, reason: spelled(d, 'reason') }),
  'role.RoleDefined': (p, d) => t('{who} defined {thing} with {n, plural, one {# permission} other {# permissions}}', { ...p, n: count(d, 'grants') }),
  'role.RoleApplied': p => t('{thing} was applied to its members', { ...p }),
  'role.RoleRemoved': p => t('{who} removed {thing}', { ...p }),
  'resource.ResourceTagged': (p, d) => t('A thing of {service} carries other tags: {tags}', { ...p, service: text(d, 'service'), tags: list(d, 'tags') || '–' }),
  'resource.TagsApplied': (p, d) => t('The role {role} follows the tags', { ...p, role: text(d, 'role') }),
  'installation.SetupLinkIssued': p => t('{who} made a link for the set-up', { ...p }),
  'installation.SetupCompleted': p => t('{who} completed the set-up', { ...p }),
};

const keys: Words = {
  'api-key.ApiKeyCreated': (p, d) => t('{who} made the API key {name} as {role}', { ...p, name: text(d, 'name'), role: text(d, 'role') }),
  'api-key.ApiKeyUsed': p => t('{thing} was used', { ...p }),
  'api-key.ApiKeyRevoked': p => t('{who} revoked {thing}', { ...p }),
  'credential.CredentialCreated': (p, d) => t('{who} made the credential {name} as {role}', { ...p, name: text(d, 'name'), role: text(d, 'role') }),
  'credential.CredentialRevoked': p => t('{who} revoked {thing}', { ...p }),
  'secret.SecretPut': (p, d) => t('{who} kept the secret {name}', { ...p, name: text(d, 'name') }),
  'secret.SecretRotated': p => t('{who} replaced {thing}', { ...p }),
  'secret.SecretUsed': (p, d) => t('{thing} was handed to the service {service}: {reason}', { ...p, service: text(d, 'service'), reason: text(d, 'reason') }),
  'secret.SecretRemoved': p => t('{who} destroyed {thing}', { ...p }),
  'key-ring.DataKeyMade': (p, d) => t('The data key number {n} was made', { ...p, n: text(d, 'number') }),
  'key-ring.DataKeysRetired': p => t('Old data keys were destroyed', { ...p }),
  'master-key.MasterKeyReplaced': p => t('{who} replaced the master key', { ...p }),
  'signing-key.SigningKeyMade': p => t('A signing key was made', { ...p }),
  'signing-key.SigningKeyRetired': p => t('A signing key is no longer used', { ...p }),
};

const providers: Words = {
  'oidc-provider.OidcProviderDefined': (p, d, id) => t('{who} defined the single sign-on {label}', { ...p, label: text(d, 'label') || id }),
  'oidc-provider.OidcProviderRemoved': (p, _, id) => t('{who} removed the single sign-on {id}', { ...p, id }),
  'oidc-provider.OidcLoginRefused': (p, d, id) => t('Somebody from {id} was not let in: {reason}', { ...p, id, reason: spelled(d, 'reason') }),
  'cloudflare-account.CloudflareLinked': (p, d) => t('{who} linked the Cloudflare account {name}', { ...p, name: text(d, 'name') }),
  'cloudflare-account.CloudflareConfigured': p => t('{who} changed who may come in with a Cloudflare token', { ...p }),
  'cloudflare-account.CloudflareChecked': (p, d) => (d['status'] === 'refused' ? t('Cloudflare refuses the token', { ...p }) : t('What the Cloudflare token may do was looked at', { ...p })),
  'cloudflare-account.CloudflareHandedOver': (p, d) => t('The service {service} was handed the Cloudflare token: {reason}', { ...p, service: text(d, 'service'), reason: text(d, 'reason') }),
  'cloudflare-account.CloudflareUnlinked': p => t('{who} unlinked {thing}', { ...p }),
  'cloudflare-account.CertificateRequestKept': p => t('A certificate request is kept', { ...p }),
  'cloudflare-account.CloudflareLogInRefused': (p, d) => t('Somebody with a Cloudflare token was not let in: {reason}', { ...p, reason: spelled(d, 'reason') }),
  'cloudflare-account.CloudflareImported': (p, d) => t('{who} took {n, plural, one {# secret} other {# secrets}} of an older Xanthus', { ...p, n: count(d, 'taken') }),
};

export const AUTH: Words = { ...people, ...organisation, ...keys, ...providers };
