import type { authEvents } from '@xanthus/proto/auth';
import type { NoticeThing } from '@xanthus/proto/notifications';
import { ASKED, FACT, STEP, thingOf, type Rules } from './rule.js';

const personal = (person: string): { readonly person: string; readonly thing: NoticeThing; readonly lasting: false } => ({ person, lasting: false, thing: { service: 'auth', aggregate: 'person', id: person } });
const person = (e: { readonly aggregate: { readonly id: string } }) => personal(e.aggregate.id);

/** Names of persons and keys stay out of texts: who may see them finds them behind the link. */
export const authRules: Rules<typeof authEvents> = {
  OidcProviderDefined: { notice: e => ({ raise: { kind: 'sign-on-changed', severity: 'warning', thing: thingOf(e), lasting: false, by: true, text: 'Single sign-on was set up or changed.' } }) },
  OidcProviderRemoved: { notice: e => ({ raise: { kind: 'sign-on-changed', severity: 'warning', thing: thingOf(e), lasting: false, by: true, text: 'Single sign-on by one provider was removed.' } }) },
  OidcLoginRefused: { notice: e => ({ raise: { kind: 'log-in-refused', severity: 'warning', thing: thingOf(e), lasting: false, text: 'Somebody whom the sign-on provider vouches for was not let in.' } }) },
  IdentityLinked: { notice: e => ({ raise: { kind: 'identity-linked', severity: 'warning', ...personal(e.data.person), about: e.aggregate.id, text: 'Another way to log in was linked to your account.' } }) },
  IdentityUnlinked: { none: ASKED },
  ApiKeyCreated: { notice: e => ({ raise: { kind: 'api-key-created', severity: 'info', thing: thingOf(e), lasting: false, by: true, text: 'An API key was made.' } }) },
  ApiKeyUsed: { none: FACT },
  ApiKeyRevoked: { notice: e => (e.data.reason === 'expired' ? { raise: { kind: 'api-key-expired', severity: 'warning', thing: thingOf(e), lasting: false, text: 'An API key has expired; what used it is refused.' } } : {}) },
  CloudflareLinked: { notice: e => ({ resolve: [{ kinds: ['cloudflare-refused'], thing: thingOf(e), text: 'The token was replaced.' }] }), name: d => d.name },
  CloudflareConfigured: { none: ASKED },
  CloudflareChecked: {
    notice: (e, k) => (e.data.status === 'refused'
      ? { raise: { kind: 'cloudflare-refused', severity: 'error', thing: thingOf(e, k), lasting: true, text: `Cloudflare does not take the token of ${k.name ?? 'a linked account'} any more. Link it again with another one.` } }
      : { resolve: [{ kinds: ['cloudflare-refused'], thing: thingOf(e), text: 'Cloudflare takes the token again.' }] }),
  },
  CloudflareHandedOver: { none: FACT },
  CloudflareUnlinked: { notice: e => ({ resolve: [{ kinds: ['cloudflare-refused'], thing: thingOf(e), text: 'The account is no longer linked.' }] }) },
  CertificateRequestKept: { none: STEP },
  CloudflareLogInRefused: { notice: e => ({ raise: { kind: 'log-in-refused', severity: 'warning', thing: thingOf(e), lasting: false, text: 'Somebody with a token of the linked Cloudflare account was not let in.' } }) },
  CloudflareImported: { none: ASKED },
  InvitationCreated: { none: ASKED }, InvitationResent: { none: ASKED }, InvitationAccepted: { none: 'the member is told' }, InvitationRevoked: { none: ASKED }, InvitationRefused: { none: 'it is among the security events' },
  RoleDefined: { notice: e => ({ raise: { kind: 'role-changed', severity: 'info', thing: thingOf(e), lasting: false, by: true, text: `The role ${e.aggregate.id} grants something else from now on.` } }) },
  RoleApplied: { none: STEP },
  RoleRemoved: { notice: e => ({ raise: { kind: 'role-changed', severity: 'info', thing: thingOf(e), lasting: false, by: true, text: `The role ${e.aggregate.id} is no more.` } }) },
  ResourceTagged: { none: STEP }, TagsApplied: { none: STEP }, SetupLinkIssued: { none: ASKED }, SetupCompleted: { none: ASKED },
  PersonRegistered: { none: 'the member is told' }, PersonRenamed: { none: ASKED },
  PasswordChanged: { notice: e => (e.data.reason === 'rehashed' ? {} : { raise: { kind: 'password-changed', severity: 'warning', ...person(e), text: e.data.reason === 'reset' ? 'Your password was set anew with a link.' : 'Your password was changed.' } }) },
  PasswordRefused: { notice: e => (e.data.reason === 'wrong_code' ? { raise: { kind: 'second-factor-refused', severity: 'warning', ...person(e), text: 'Somebody who is logged in as you gave a wrong code of the second factor.' } } : {}) },
  ResetLinkIssued: { none: ASKED },
  LoginRefused: {
    notice: (e) => {
      if (e.data.reason === 'wrong_code') return { raise: { kind: 'second-factor-refused', severity: 'warning', ...person(e), text: 'Somebody gave your password and a wrong code of the second factor. If that was not you, change the password.' } };
      return e.data.until === undefined ? {} : { raise: { kind: 'log-in-locked', severity: 'warning', ...person(e), text: 'After several wrong passwords, log-ins as you were refused for a while.' } };
    },
  },
  TotpStarted: { none: STEP },
  TotpEnabled: { notice: e => ({ raise: { kind: 'second-factor-changed', severity: 'info', ...person(e), text: 'Your second factor is on.' } }) },
  TotpUsed: { none: FACT },
  RecoveryCodeUsed: { notice: e => ({ raise: { kind: 'recovery-code-used', severity: 'warning', ...person(e), text: 'A recovery code was used to log in as you.' } }) },
  RecoveryCodesRenewed: { none: ASKED },
  TotpDisabled: { notice: e => ({ raise: { kind: 'second-factor-changed', severity: 'warning', ...person(e), text: 'Your second factor is off.' } }) },
  PreferencesSet: { none: ASKED }, RefusalsCounted: { none: 'it is about nobody who could be told' },
  TenantCreated: { none: ASKED }, TenantRenamed: { none: ASKED },
  MemberAdded: { notice: e => ({ raise: { kind: 'member-joined', severity: 'info', thing: thingOf(e), lasting: false, by: true, text: `A member joined as ${e.data.role}.` } }) },
  MemberRoleAssigned: { notice: e => ({ raise: { kind: 'member-role-changed', severity: 'info', thing: thingOf(e), lasting: false, by: true, text: `A member has the role ${e.data.role} now.` } }) },
  MemberLeft: { notice: e => ({ raise: { kind: 'member-left', severity: 'info', thing: thingOf(e), lasting: false, text: 'A member left.' } }) },
  MemberRemoved: { notice: e => ({ raise: { kind: 'member-left', severity: 'info', thing: thingOf(e), lasting: false, by: true, text: 'A member was removed.' } }) },
  OwnerDeparting: { none: STEP },
  SessionOpened: { notice: (e, k) => (k.devices === undefined || k.devices.includes(e.data.device) ? {} : { raise: { kind: 'new-device', severity: 'warning', ...personal(e.data.person), about: e.aggregate.id, text: `Somebody logged in as you with a device that is new: ${e.data.device}. If that was not you, end that session and change the password.` } }) },
  SessionRefreshed: { none: FACT }, SessionProved: { none: ASKED },
  SessionEnded: { notice: e => (e.data.reason === 'refresh_reused' && e.actor.kind === 'person' ? { raise: { kind: 'session-stolen', severity: 'error', ...personal(e.actor.id), about: e.aggregate.id, text: 'One of your sessions was ended: its key was used twice, as if somebody had copied it.' } } : {}) },
  CredentialCreated: { notice: e => ({ raise: { kind: 'credential-created', severity: 'info', thing: thingOf(e), lasting: false, by: true, text: 'A NATS credential was made.' } }) },
  CredentialRevoked: { none: ASKED }, SigningKeyMade: { none: STEP }, SigningKeyRetired: { none: STEP }, SecretPut: { none: ASKED }, SecretRotated: { none: ASKED }, SecretUsed: { none: FACT }, SecretRemoved: { none: ASKED }, DataKeyMade: { none: STEP }, DataKeysRetired: { none: STEP }, MasterKeyReplaced: { none: 'the operator did it' },
  TenantForgotten: { none: 'nobody is left to read it' }, TenantErased: { none: 'nobody is left to read it' },
  TenantExported: { notice: () => ({ raise: { kind: 'data-exported', severity: 'warning', thing: null, lasting: false, by: true, text: 'Everything of the organisation was exported.' } }) },
  PersonForgotten: { none: 'nobody is left to read it' },
};
