import { z } from 'zod';
import { defineCommand, defineQuery } from '../contract.js';
import { tenantSlug, ulid, written } from '../envelope.js';
import { capabilityDocument, roleName } from './views.js';

export const email = z.email().max(254);
/** Length is what protects; no rules on classes of characters. */
export const password = z.string().min(12, 'at least 12 characters').max(1_024);
export const displayName = z.string().trim().min(1).max(100).regex(/^[^\p{C}]*$/u, 'no control characters');

/** What a log-in and a refresh answer. The gateway puts the refresh token into a cookie and never shows it to a script. */
export const sessionTokens = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_at: z.iso.datetime(),
  refresh_token: z.string(),
  session: ulid,
  user: z.object({ id: ulid, name: z.string(), email: z.string() }),
  tenant: z.object({ id: tenantSlug, name: z.string() }),
});
export type SessionTokens = z.infer<typeof sessionTokens>;

export const device = z.object({ address: z.string().max(64), user_agent: z.string().max(512) });
const DEVICE = { address: '192.0.2.7', user_agent: 'Mozilla/5.0' };

export const issueSetupLink = defineCommand({
  service: 'auth', aggregate: 'installation', verb: 'issue-setup-link', on: 'id', summary: 'Make a one-time set-up link (only the launcher may). Refused once the installation has an owner.',
  input: z.object({}), output: z.object({ token: z.string(), expires_at: z.iso.datetime() }), example: {}, errors: ['SETUP.ALREADY_DONE'],
});
export const completeSetup = defineCommand({
  service: 'auth', aggregate: 'installation', verb: 'complete-setup', on: 'id', deadline: 10_000, summary: 'Make the first tenant and its owner with the token of the set-up link; logs the owner in.',
  input: z.object({ token: z.string().max(128), email, password, name: displayName, tenant: z.object({ slug: tenantSlug, name: displayName }), device }), output: sessionTokens,
  example: { token: 'wZ3…', email: 'ada@example.com', password: 'correct horse battery', name: 'Ada', tenant: { slug: 'acme', name: 'Acme Ltd' }, device: DEVICE },
  errors: ['SETUP.ALREADY_DONE', 'SETUP.LINK_INVALID', 'SETUP.LINK_EXPIRED', 'PASSWORD.TOO_WEAK', 'TENANT.SLUG_TAKEN'],
});
export const setupStatus = defineQuery({
  service: 'auth', question: 'setup-status', on: 'all', summary: 'Does the installation have an owner yet?',
  input: z.object({}), output: z.object({ done: z.boolean() }), example: {},
});

export const openSession = defineCommand({
  service: 'auth', aggregate: 'session', verb: 'open', on: 'new', deadline: 10_000, summary: 'Log in with e-mail and password (only the gateway may ask, before there is a person).',
  input: z.object({ method: z.literal('password'), email, password: z.string().max(1_024), tenant: tenantSlug.optional(), device }), output: sessionTokens,
  example: { method: 'password', email: 'ada@example.com', password: 'correct horse battery', device: DEVICE }, errors: ['LOGIN.REFUSED', 'LOGIN.TOO_MANY', 'LOGIN.NOT_A_MEMBER'],
});
export const refreshSession = defineCommand({
  service: 'auth', aggregate: 'session', verb: 'refresh', on: 'id', summary: 'Swap a refresh token for a fresh pair; a token that comes a second time ends the session.',
  input: z.object({ refresh_token: z.string().max(256), device }), output: sessionTokens, example: { refresh_token: '…', device: DEVICE }, errors: ['SESSION.ENDED', 'SESSION.REFRESH_REUSED'],
});
export const revokeSession = defineCommand({
  service: 'auth', aggregate: 'session', verb: 'revoke', on: 'id', summary: 'End a session of one\'s own; its sockets close.',
  input: z.object({}), output: written, example: {}, errors: ['SESSION.NOT_FOUND'],
});

/** In part 1 members are made directly, with a password to hand over; invitations come with part 3. */
export const addMember = defineCommand({
  service: 'auth', aggregate: 'member', verb: 'add', on: 'new', deadline: 10_000, summary: 'Add a person to the tenant. A new person needs a first password; one who has an account keeps theirs.',
  input: z.object({ email, name: displayName, role: roleName, password: password.optional() }), output: written,
  example: { email: 'bob@example.com', name: 'Bob', role: 'viewer', password: 'correct horse battery' }, errors: ['MEMBER.EXISTS', 'ROLE.NOT_FOUND', 'ROLE.TOO_HIGH', 'PASSWORD.TOO_WEAK', 'PASSWORD.NEEDED', 'PERSON.EMAIL_TAKEN', 'TENANT.NOT_FOUND'],
});
export const assignRole = defineCommand({
  service: 'auth', aggregate: 'member', verb: 'assign', on: 'id', summary: 'Give a member another role; takes effect at once, also on open connections.',
  input: z.object({ role: roleName }), output: written, example: { role: 'viewer' }, errors: ['MEMBER.NOT_FOUND', 'ROLE.NOT_FOUND', 'ROLE.TOO_HIGH', 'MEMBER.LAST_OWNER'],
});
export const removeMember = defineCommand({
  service: 'auth', aggregate: 'member', verb: 'remove', on: 'id', summary: 'Take a person out of the tenant; sessions there end.',
  input: z.object({}), output: written, example: {}, errors: ['MEMBER.NOT_FOUND', 'ROLE.TOO_HIGH', 'MEMBER.LAST_OWNER'],
});
export const memberNames = defineQuery({
  service: 'auth', question: 'member-names', on: 'all', summary: 'Names and e-mail addresses of the tenant\'s members, for those who may see them.',
  input: z.object({}), output: z.object({ members: z.array(z.object({ person: ulid, name: z.string(), email: z.string() })) }), example: {},
});

export const createCredential = defineCommand({
  service: 'auth', aggregate: 'credential', verb: 'create', on: 'new', deadline: 15_000, summary: 'Make a NATS credential for another service. The .creds text is answered once and not kept.',
  input: z.object({ name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, '1–63 small letters, digits and hyphens, not starting with a hyphen'), role: roleName, follow: z.array(z.enum(['AUTH', 'VPS'])).default([]) }),
  output: written.extend({ creds: z.string(), nkey: z.string(), consumers: z.record(z.string(), z.string()) }), example: { name: 'billing', role: 'viewer', follow: ['VPS'] },
  errors: ['CREDENTIAL.NAME_TAKEN', 'CREDENTIAL.CANNOT_FOLLOW', 'ROLE.NOT_FOUND', 'ROLE.TOO_HIGH', 'TENANT.NOT_FOUND', 'CREDENTIAL.UNAVAILABLE'],
});
export const revokeCredential = defineCommand({
  service: 'auth', aggregate: 'credential', verb: 'revoke', on: 'id', deadline: 15_000, summary: 'Refuse the credential from now on and close its connections.',
  input: z.object({}), output: written, example: {}, errors: ['CREDENTIAL.NOT_FOUND'],
});

export const explain = defineQuery({
  service: 'auth', question: 'explain', on: 'id', summary: 'Why may this person or credential do that, or why not?',
  input: z.object({ what: z.enum(['subject', 'command', 'bucket', 'stream']), name: z.string().max(512).optional(), pattern: z.string().max(512) }),
  output: z.object({ allowed: z.boolean(), grant: z.string().nullable(), role: z.string().nullable(), revision: z.int(), document: capabilityDocument.nullable() }),
  example: { what: 'command', pattern: 'cmd.acme.vps.server.new.adopt' },
});

export const authCommands = { issueSetupLink, completeSetup, openSession, refreshSession, revokeSession, addMember, assignRole, removeMember, createCredential, revokeCredential } as const;
export const authQueries = { setupStatus, memberNames, explain } as const;
