/** Who belongs to a tenant, and as what. */
import { z } from 'zod';
import { defineCommand, defineQuery, defineView } from '../contract.js';
import { actor, ulid, written } from '../envelope.js';
import { displayName, email, eventOf, password, roleName } from './common.js';

/** Of another system, for an import by the installation itself; replaced by one of ours at the first log-in. Costs are bounded: they are paid at each log-in. */
const passwordHash = z.string().max(256).regex(/^(?:\$2[aby]\$(?:0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}|\$argon2id\$v=19\$m=\d{1,6},t=\d,p=\d\$[+/A-Za-z0-9]+\$[+/A-Za-z0-9]+)$/, 'a hash of bcrypt (cost 4–14) or argon2id');

/** Made directly, with a password to hand over; the usual way is an invitation. */
export const addMember = defineCommand({
  service: 'auth', aggregate: 'member', verb: 'add', on: 'new', deadline: 10_000, summary: 'Add a person to the tenant. A new person needs a first password to hand over; one who has an account elsewhere is invited instead. Who was a member before comes back with theirs.',
  input: z.object({ email, name: displayName, role: roleName, password: password.optional(), password_hash: passwordHash.optional() }), output: written,
  example: { email: 'bob@example.com', name: 'Bob', role: 'viewer', password: 'correct horse battery' }, errors: ['MEMBER.EXISTS', 'ROLE.NOT_FOUND', 'ROLE.TOO_HIGH', 'PASSWORD.TOO_WEAK', 'PASSWORD.NEEDED', 'PERSON.EMAIL_TAKEN', 'TENANT.NOT_FOUND'],
});

export const assignRole = defineCommand({
  service: 'auth', aggregate: 'member', verb: 'assign', on: 'id', summary: 'Give a member another role; takes effect at once, also on open connections.',
  input: z.object({ role: roleName }), output: written, example: { role: 'viewer' }, errors: ['MEMBER.NOT_FOUND', 'ROLE.NOT_FOUND', 'ROLE.TOO_HIGH', 'MEMBER.LAST_OWNER', 'MEMBER.CHANGED'],
});

export const removeMember = defineCommand({
  service: 'auth', aggregate: 'member', verb: 'remove', on: 'id', summary: 'Take a person out of the tenant; sessions there end.',
  input: z.object({}), output: written, example: {}, errors: ['MEMBER.NOT_FOUND', 'ROLE.TOO_HIGH', 'MEMBER.LAST_OWNER', 'MEMBER.CHANGED'],
});

export const leaveTenant = defineCommand({
  service: 'auth', aggregate: 'member', verb: 'leave', on: 'id', summary: 'Leave the tenant oneself; sessions there end. The last owner stays.',
  input: z.object({}), output: written, example: {}, errors: ['MEMBER.NOT_FOUND', 'MEMBER.LAST_OWNER', 'MEMBER.CHANGED'],
});

export const memberNames = defineQuery({
  service: 'auth', question: 'member-names', on: 'all', summary: 'Names and e-mail addresses of the tenant\'s members, for those who may see them.',
  input: z.object({}), output: z.object({ members: z.array(z.object({ person: ulid, name: z.string(), email: z.string() })) }), example: {},
});

/** Names come from the vault when they are shown; the view carries the id and, for the console, the display name that the person chose. */
export const memberView = defineView({
  service: 'auth', view: 'members', schema: 1, summary: 'Persons of the tenant and their roles.',
  data: z.object({ person: ulid, role: roleName, joined_at: z.iso.datetime(), added_by: actor }),
  example: { person: '01jd3x8e2v5y9w4z7q6r1s0tcd', role: 'owner', joined_at: '2026-11-21T08:00:00.000Z', added_by: { kind: 'system', id: 'setup' } },
});

const member = eventOf('member');
export const memberEvents = {
  MemberAdded: member('MemberAdded', 'A person belongs to the tenant.', z.object({ role: roleName }), { role: 'owner' }),
  MemberRoleAssigned: member('MemberRoleAssigned', 'A member has another role.', z.object({ role: roleName }), { role: 'viewer' }),
  MemberLeft: member('MemberLeft', 'A person left the tenant.', z.object({}), {}),
  MemberRemoved: member('MemberRemoved', 'A person no longer belongs to the tenant.', z.object({}), {}),
  /** Of the aggregate `ownership`, one per tenant: owners go one after the other, so that one always stays. `as_of`: the sequence that made this person owner. */
  OwnerDeparting: eventOf('ownership')('OwnerDeparting', 'An owner is about to lose the role or to leave; another one stays.', z.object({ person: ulid, as_of: z.int() }), { person: '01jd3x8e2v5y9w4z7q6r1s0tcd', as_of: 12 }),
} as const;
