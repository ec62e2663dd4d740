import { cannot, command, each, NOT_BEFORE, OBSERVED, page, pick, text, type Undo, type UndoneEvent, type UndoTable } from './undo.js';

const DESTROYED = cannot('The former value was destroyed; nobody can read it any more.');
const BY_THE_PERSON = cannot('Only the person can change it, and what was before is not kept.');
const ENDED = cannot('An end of access stays: what was withdrawn is given anew, not brought back.');
const OWN = cannot('It belongs to the installation, and is kept by Xanthus itself.');
const PROVIDER = ['label', 'issuer', 'client_id', 'scopes', 'group_claim', 'group_roles', 'default_role', 'auto_join', 'email_domains'] as const;

const defined = (event: UndoneEvent): Undo => command({
  aggregate: 'oidc-provider', verbs: ['define', 'remove'], row: { view: 'oidc-providers', fields: ['label', 'issuer', 'client_id', 'group_roles', 'default_role', 'auto_join', 'email_domains'] },
  note: 'Who is logged in by it now stays logged in. A secret that was replaced is not brought back.',
  make: ({ before }) => {
    if (!before) return { verb: 'remove', input: {} };
    return before['issuer'] === event.data['issuer'] ? { verb: 'define', input: pick(before, PROVIDER) } : 'The issuer was another: its secret must be given again. Do it in the settings.';
  },
});

export const authUndo: UndoTable = {
  'member.MemberRoleAssigned': command({ aggregate: 'member', verbs: ['assign'], row: { view: 'members', fields: ['role'] }, make: ({ before }) => (before ? { verb: 'assign', input: { role: before['role'] } } : NOT_BEFORE) }),
  'member.MemberAdded': command({ aggregate: 'member', verbs: ['remove'], row: { view: 'members', fields: ['role'] }, note: 'Their sessions here end at once.', make: ({ before }) => (before ? 'They were a member before.' : { verb: 'remove', input: {} }) }),
  'member.MemberRemoved': cannot('Rights that were withdrawn don’t come back by themselves. Invite the person again on the page of members.'),
  'member.MemberLeft': cannot('They left by their own will. Invite them again on the page of members.'),
  'role.RoleDefined': command({
    aggregate: 'role', verbs: ['define', 'remove'], row: { view: 'roles', fields: ['description', 'grants'] }, note: 'It holds at once for everybody who has the role.',
    make: ({ before }) => (before ? { verb: 'define', input: pick(before, ['description', 'grants']) } : { verb: 'remove', input: {} }),
  }),
  'role.RoleRemoved': command({ aggregate: 'role', verbs: ['define'], row: { view: 'roles', fields: ['description', 'grants'] }, note: 'Nobody has it then: give it to them again.', make: ({ before }) => (before ? { verb: 'define', input: pick(before, ['description', 'grants']) } : NOT_BEFORE) }),
  ...each('role', ['RoleApplied'], OWN),
  ...each('resource', ['ResourceTagged', 'TagsApplied'], cannot('It follows the tags of the thing itself: take those back.')),
  'tenant.TenantRenamed': command({ aggregate: 'tenant', verbs: ['rename'], row: { view: 'tenants', fields: ['name'] }, make: ({ before }) => (before ? { verb: 'rename', input: { name: before['name'] } } : NOT_BEFORE) }),
  'tenant.TenantCreated': cannot('An organisation ends in the danger zone of its settings, for good.'),
  'tenant.TenantExported': cannot('What somebody has taken along can’t be taken from them.'),
  ...each('tenant', ['TenantForgotten', 'TenantErased'], cannot('Its keys were destroyed: nobody can read its data any more.')),
  'api-key.ApiKeyCreated': command({ aggregate: 'api-key', verbs: ['revoke'], row: { view: 'api-keys', fields: ['name', 'role'] }, note: 'What uses the key stops at once; it can’t be brought back.', make: () => ({ verb: 'revoke', input: {} }) }),
  'api-key.ApiKeyRevoked': ENDED,
  'api-key.ApiKeyUsed': OBSERVED,
  'credential.CredentialCreated': command({ aggregate: 'credential', verbs: ['revoke'], row: { view: 'credentials', fields: ['name', 'role'] }, note: 'What uses it stops at once; it can’t be brought back.', make: () => ({ verb: 'revoke', input: {} }) }),
  'credential.CredentialRevoked': ENDED,
  'invitation.InvitationCreated': command({ aggregate: 'invitation', verbs: ['revoke'], row: { view: 'invitations', fields: ['role'] }, note: 'Its link ends at once.', make: () => ({ verb: 'revoke', input: {} }) }),
  'invitation.InvitationResent': command({ aggregate: 'invitation', verbs: ['revoke'], row: { view: 'invitations', fields: ['role', 'expires_at'] }, note: 'The newest link ends too: nobody keeps the one before.', make: () => ({ verb: 'revoke', input: {} }) }),
  'invitation.InvitationRevoked': cannot('Its link was destroyed. Invite the person anew.'),
  'invitation.InvitationAccepted': page('Remove the member on the page of members if they should not be here.'),
  'invitation.InvitationRefused': OBSERVED,
  'secret.SecretPut': page('Remove the secret on the page of secrets: its value is destroyed then.'),
  ...each('secret', ['SecretRotated', 'SecretRemoved'], DESTROYED),
  'secret.SecretUsed': OBSERVED,
  'cloudflare-account.CloudflareConfigured': command({ aggregate: 'cloudflare-account', verbs: ['configure'], row: { view: 'cloudflare-accounts', fields: ['join_role'] }, make: ({ before }) => (before ? { verb: 'configure', input: { join_role: before['join_role'] ?? null } } : NOT_BEFORE) }),
  'cloudflare-account.CloudflareLinked': page('Unlink the account in the settings: its token is destroyed then.'),
  'cloudflare-account.CloudflareUnlinked': cannot('Its token was destroyed. Link the account again with a token.'),
  'cloudflare-account.CloudflareImported': cannot('What was taken over lies in the secrets. Remove there what you don’t want.'),
  ...each('cloudflare-account', ['CloudflareChecked', 'CloudflareHandedOver', 'CloudflareLogInRefused', 'CertificateRequestKept'], OBSERVED),
  'oidc-provider.OidcProviderDefined': defined,
  'oidc-provider.OidcProviderRemoved': cannot('Its secret was destroyed. Define it again in the settings.'),
  'oidc-provider.OidcLoginRefused': OBSERVED,
  'identity.IdentityLinked': command({ aggregate: 'identity', verbs: ['unlink'], says: e => [{ name: `Account at ${text(e.data['provider'])}`, is: 'may log in', will: 'may not log in' }], note: 'Only the person themself may do it.', make: () => ({ verb: 'unlink', input: {} }) }),
  'identity.IdentityUnlinked': cannot('Only the person can link their account again, by logging in there.'),
  'person.PersonRenamed': cannot('Names of persons are not kept in the log, so the former one is not known.'),
  ...each('person', ['PasswordChanged', 'TotpEnabled', 'TotpDisabled', 'TotpStarted', 'RecoveryCodesRenewed'], BY_THE_PERSON),
  ...each('person', ['LoginRefused', 'PasswordRefused', 'RecoveryCodeUsed', 'TotpUsed'], OBSERVED),
  'person.PersonRegistered': cannot('A person stays known to the installation until they are forgotten.'),
  'person.PersonForgotten': cannot('Their key was destroyed: nobody can read their data any more.'),
  'person.ResetLinkIssued': cannot('It ends within the hour; a newer link ends it at once.'),
  'session.SessionOpened': page('End the session on the page of sessions.'),
  'session.SessionEnded': cannot('A session that was ended does not come back. Log in again.'),
  ...each('session', ['SessionRefreshed', 'SessionProved'], OBSERVED),
  'preferences.PreferencesSet': command({
    aggregate: 'preferences', verbs: ['set'], row: { view: 'preferences', fields: ['values'] }, note: 'Only the person themself may do it.',
    make: ({ event, before }) => {
      const were = (before?.['values'] ?? {}) as Readonly<Record<string, unknown>>;
      const changed = Object.keys((event.data['changes'] ?? {}) as object);
      return { verb: 'set', input: { changes: Object.fromEntries(changed.map(key => [key, were[key] ?? null])) } };
    },
  }),
  ...each('refusals', ['RefusalsCounted'], OBSERVED),
  ...each('ownership', ['OwnerDeparting'], OWN),
  ...each('installation', ['SetupLinkIssued', 'SetupCompleted'], OWN),
  ...each('key-ring', ['DataKeyMade', 'DataKeysRetired'], OWN),
  ...each('master-key', ['MasterKeyReplaced'], OWN),
  ...each('signing-key', ['SigningKeyMade', 'SigningKeyRetired'], OWN),
};
