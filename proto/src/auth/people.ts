/** Persons: one per human being, in the tenant `xanthus`. */
import { z } from 'zod';
import { defineCommand, defineView } from '../contract.js';
import { tenantSlug, ulid, written } from '../envelope.js';
import { device, displayName, eventOf, EXAMPLE, password, sha256 } from './common.js';

export const changePassword = defineCommand({
  service: 'auth', aggregate: 'person', verb: 'change-password', on: 'id', deadline: 10_000, summary: 'Change one\'s own password; all other sessions of the person end.',
  input: z.object({ current: z.string().max(1_024), new: password }), output: written, example: { current: 'correct horse battery', new: 'vlinder-kaas-fiets' },
  errors: ['PASSWORD.WRONG', 'PASSWORD.TOO_WEAK', 'PASSWORD.TOO_MANY', 'PASSWORD.NONE'],
});

export const renamePerson = defineCommand({
  service: 'auth', aggregate: 'person', verb: 'rename', on: 'id', summary: 'Change one\'s own display name.',
  input: z.object({ name: displayName }), output: written, example: { name: 'Ada Lovelace' },
});

export const issueResetLink = defineCommand({
  service: 'auth', aggregate: 'person', verb: 'issue-reset-link', on: 'id', sudo: true,
  summary: 'Make a one-time link with which a member sets a new password. Shown once, good for an hour; older links of the person end. Nothing is mailed: hand it over.',
  input: z.object({ /** The link also takes the second factor away: for somebody who lost theirs. */ second_factor_too: z.boolean().default(false) }),
  output: written.extend({ token: z.string(), expires_at: z.iso.datetime() }), example: {}, errors: ['MEMBER.NOT_FOUND', 'RESET.ROLE_TOO_HIGH', 'RESET.OTHER_TENANTS'],
});

export const resetPassword = defineCommand({
  service: 'auth', aggregate: 'person', verb: 'reset-password', on: 'new', deadline: 10_000, summary: 'Set a new password with a reset link (only the gateway may ask); all sessions of the person end.',
  input: z.object({ token: z.string().max(128), password, device }), output: z.object({ done: z.literal(true) }), example: { token: 'wZ3…', password: 'vlinder-kaas-fiets', device: EXAMPLE.device },
  errors: ['RESET.LINK_INVALID', 'RESET.LINK_EXPIRED', 'PASSWORD.TOO_WEAK'],
});

/** Key `xanthus.profiles.<person>`: for the person only. Name and address are personal and not here. */
export const profileView = defineView({
  service: 'auth', view: 'profiles', schema: 1, summary: 'How a person may log in: password, second factor. For the person only.',
  data: z.object({
    person: ulid, registered_at: z.iso.datetime(), has_password: z.boolean(), password_changed_at: z.iso.datetime().nullable(),
    totp_since: z.iso.datetime().nullable(), recovery_codes_left: z.int().min(0),
  }),
  example: { person: EXAMPLE.id, registered_at: '2026-11-21T08:00:00.000Z', has_password: true, password_changed_at: null, totp_since: '2026-11-21T08:30:00.000Z', recovery_codes_left: 9 },
});

const person = eventOf('person');
export const personEvents = {
  PersonRegistered: person('PersonRegistered', 'A person exists. Address, name and password hash lie in the vault under `secret`.', z.object({ secret: z.string(), /** Absent: yes. */ has_password: z.boolean().optional() }), { secret: `person-${EXAMPLE.id}` }),
  PersonRenamed: person('PersonRenamed', 'The display name in the vault was replaced.', z.object({}), {}),
  PasswordChanged: person('PasswordChanged', 'The password hash in the vault was replaced: by the person, with a reset link, or by a stronger hash of the same password.', z.object({ /** Absent: changed. */ reason: z.enum(['changed', 'reset', 'rehashed']).optional() }), {}),
  PasswordRefused: person('PasswordRefused', 'A wrong password or code was given to change the password or to prove who one is.', z.object({ reason: z.enum(['wrong_password', 'wrong_code']), during: z.enum(['change', 'proof']) }), { reason: 'wrong_password', during: 'change' }),
  ResetLinkIssued: person('ResetLinkIssued', 'A one-time link to set a new password was made; older ones end.', z.object({ token_sha256: sha256, expires_at: z.iso.datetime(), second_factor_too: z.boolean(), /** Where its maker may do this; looked at again when it is used. */ tenant: tenantSlug.optional() }), { token_sha256: EXAMPLE.sha256, expires_at: '2026-11-21T09:00:00.000Z', second_factor_too: false }),
  LoginRefused: person('LoginRefused', 'A log-in was refused. With `until`: further tries are refused until then.', z.object({ reason: z.enum(['wrong_password', 'not_a_member', 'wrong_code', 'no_password']), until: z.iso.datetime().optional() }), { reason: 'wrong_password' }),
} as const;

const refusals = eventOf('refusals');
/** Refusals that belong to no person, or would be too many to note one by one; one aggregate per day. */
export const refusalEvents = {
  RefusalsCounted: refusals('RefusalsCounted', 'So many log-ins were refused within a minute: of unknown accounts, and while further tries had to wait.', z.object({ unknown_account: z.int().min(0), too_many: z.int().min(0), since: z.iso.datetime() }), { unknown_account: 12, too_many: 3, since: '2026-11-21T08:00:00.000Z' }),
} as const;
