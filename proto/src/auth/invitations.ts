/** Invitations: one-time, bound to an address, good for seven days. The address lies encrypted in the vault, never in an event or a view. */
import { z } from 'zod';
import { defineCommand, defineQuery, defineView } from '../contract.js';
import { actor, tenantSlug, ulid, written } from '../envelope.js';
import { device, displayName, email, eventOf, EXAMPLE, password, roleName, sha256 } from './common.js';
import { sessionTokens } from './sessions.js';

const token = z.string().min(1).max(256);
/** The token is answered once, for a link to hand over (`/invitation#<token>`): we send no mail, and keep only its hash. */
const link = written.extend({ token: z.string(), expires_at: z.iso.datetime() });

export const inviteMember = defineCommand({
  service: 'auth', aggregate: 'invitation', verb: 'create', on: 'new', summary: 'Invite somebody by address. The answer has the token once; hand the link over yourself, no mail is sent.',
  input: z.object({ email, role: roleName }), output: link, example: { email: 'bob@example.com', role: 'viewer' },
  errors: ['INVITATION.EXISTS', 'INVITATION.LIMIT_REACHED', 'MEMBER.EXISTS', 'ROLE.NOT_FOUND', 'ROLE.TOO_HIGH', 'TENANT.NOT_FOUND'],
});

export const resendInvitation = defineCommand({
  service: 'auth', aggregate: 'invitation', verb: 'resend', on: 'id', summary: 'A fresh token and seven more days; the old link ends.',
  input: z.object({}), output: link, example: {}, errors: ['INVITATION.NOT_FOUND', 'INVITATION.OVER', 'ROLE.NOT_FOUND', 'ROLE.TOO_HIGH'],
});

export const revokeInvitation = defineCommand({
  service: 'auth', aggregate: 'invitation', verb: 'revoke', on: 'id', summary: 'The link ends; nobody can accept it any more.',
  input: z.object({}), output: written, example: {}, errors: ['INVITATION.NOT_FOUND', 'INVITATION.OVER'],
});

export const showInvitation = defineQuery({
  service: 'auth', question: 'invitation', on: 'all', summary: 'What does this token invite to? Only the gateway asks, for who shows the token.',
  input: z.object({ token }), output: z.object({ tenant: z.object({ id: tenantSlug, name: z.string() }), role: roleName, email: z.string(), expires_at: z.iso.datetime(), has_account: z.boolean() }),
  example: { token: 'xi.acme.…' }, errors: ['INVITATION.INVALID', 'INVITATION.EXPIRED'],
});

/**
 * A new person gives name and password; one who has an account gives the password of the account (and, with a second factor, `code`).
 * Who is logged in already uses `join` instead.
 */
export const acceptInvitation = defineCommand({
  service: 'auth', aggregate: 'invitation', verb: 'accept', on: 'new', deadline: 10_000, summary: 'Accept an invitation with its token and log in (only the gateway may ask, before there is a person).',
  input: z.object({ token, name: displayName.optional(), password: password.optional(), code: z.string().max(64).optional(), device }), output: sessionTokens,
  example: { token: 'xi.acme.…', name: 'Bob', password: 'correct horse battery', device: EXAMPLE.device },
  errors: ['INVITATION.INVALID', 'INVITATION.EXPIRED', 'INVITATION.NAME_NEEDED', 'PASSWORD.NEEDED', 'PASSWORD.TOO_WEAK', 'LOGIN.REFUSED', 'LOGIN.TOO_MANY', 'LOGIN.SECOND_FACTOR_NEEDED', 'MEMBER.EXISTS', 'ROLE.NOT_FOUND'],
});

export const joinTenant = defineCommand({
  service: 'auth', aggregate: 'invitation', verb: 'join', on: 'new', summary: 'Accept an invitation as the person who is logged in; its address must be theirs. Switch to the tenant afterwards.',
  input: z.object({ token }), output: written.extend({ tenant: tenantSlug }), example: { token: 'xi.acme.…' },
  errors: ['INVITATION.INVALID', 'INVITATION.EXPIRED', 'INVITATION.OTHER_ADDRESS', 'MEMBER.EXISTS', 'ROLE.NOT_FOUND'],
});

export const invitationNames = defineQuery({
  service: 'auth', question: 'invitation-names', on: 'all', summary: 'Addresses that the open invitations went to, for those who may invite.',
  input: z.object({}), output: z.object({ invitations: z.array(z.object({ id: ulid, email: z.string() })) }), example: {},
});

/** Open ones only; past `expires_at` one is still shown, and can be resent. */
export const invitationView = defineView({
  service: 'auth', view: 'invitations', schema: 1, summary: 'Open invitations of the tenant.',
  data: z.object({ id: ulid, role: roleName, invited_at: z.iso.datetime(), invited_by: actor, expires_at: z.iso.datetime(), sent: z.int().min(1) }),
  example: { id: '01jd3x8e2v5y9w4z7q6r1s0tnv', role: 'viewer', invited_at: '2026-11-21T08:00:00.000Z', invited_by: { kind: 'person', id: EXAMPLE.id }, expires_at: '2026-11-28T08:00:00.000Z', sent: 1 },
});

const invitation = eventOf('invitation');
export const invitationEvents = {
  InvitationCreated: invitation('InvitationCreated', 'Somebody was invited. The address lies in the vault under `secret`.', z.object({ role: roleName, secret: z.string(), token_sha256: sha256, expires_at: z.iso.datetime() }), {
    role: 'viewer', secret: `invitation-${EXAMPLE.id}`, token_sha256: EXAMPLE.sha256, expires_at: '2026-11-28T08:00:00.000Z',
  }),
  InvitationResent: invitation('InvitationResent', 'A fresh link replaced the old one.', z.object({ token_sha256: sha256, expires_at: z.iso.datetime() }), { token_sha256: EXAMPLE.sha256, expires_at: '2026-11-28T08:00:00.000Z' }),
  InvitationAccepted: invitation('InvitationAccepted', 'The invitation was used; nobody can use it again.', z.object({ person: ulid }), { person: EXAMPLE.id }),
  InvitationRevoked: invitation('InvitationRevoked', 'The invitation was withdrawn.', z.object({}), {}),
  InvitationRefused: invitation('InvitationRefused', 'Somebody showed a token that no longer counts, or that is another person\'s.', z.object({ reason: z.enum(['wrong_token', 'expired', 'other_address']) }), { reason: 'expired' }),
} as const;
