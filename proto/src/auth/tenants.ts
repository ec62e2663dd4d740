/**
 * Tenants: the organisations that use an installation. An operator of the installation (a member of the tenant `xanthus`) makes them and lists
 * their names, and reads nothing of them.
 */
import { z } from 'zod';
import { defineCommand, defineQuery, defineView } from '../contract.js';
import { actor, tenantSlug, ulid, written } from '../envelope.js';
import { displayName, email, eventOf, roleName } from './common.js';

/** Shown once to who made the invitation, to hand over: we send no mail. `token` goes to the page `/invitation#<token>`. */
export const invitationLink = z.object({ id: ulid, token: z.string(), expires_at: z.iso.datetime() });

export const createTenant = defineCommand({
  service: 'auth', aggregate: 'tenant', verb: 'create', on: 'new', deadline: 10_000, summary: 'Make a tenant (only operators of the installation, in the tenant `xanthus`). Its first owner is invited by address; without an address you are it.',
  input: z.object({ slug: tenantSlug, name: displayName, owner: z.object({ email }).optional() }), output: written.extend({ invitation: invitationLink.nullable() }),
  example: { slug: 'globex', name: 'Globex', owner: { email: 'hank@example.com' } }, errors: ['TENANT.SLUG_TAKEN', 'TENANT.NOT_HERE'],
});

export const inviteOwner = defineCommand({
  service: 'auth', aggregate: 'tenant', verb: 'invite-owner', on: 'id', summary: 'Invite the first owner of a tenant that has no owner yet (only operators of the installation); an earlier invitation ends.',
  input: z.object({ email }), output: written.extend({ invitation: invitationLink }), example: { email: 'hank@example.com' }, errors: ['TENANT.NOT_FOUND', 'TENANT.NOT_HERE', 'TENANT.HAS_OWNER'],
});

export const renameTenant = defineCommand({
  service: 'auth', aggregate: 'tenant', verb: 'rename', on: 'id', summary: 'Give the tenant another display name; its slug stays for ever.',
  input: z.object({ name: displayName }), output: written, example: { name: 'Acme Group' }, errors: ['TENANT.NOT_FOUND', 'TENANT.NOT_HERE'],
});

export const myTenants = defineQuery({
  service: 'auth', question: 'my-tenants', on: 'all', summary: 'Which tenants does whoever asks belong to, and as what? `xanthus` is the installation itself.',
  input: z.object({}), output: z.object({ tenants: z.array(z.object({ id: tenantSlug, name: z.string(), role: roleName, current: z.boolean() })) }), example: {},
});

export const tenantView = defineView({
  service: 'auth', view: 'tenants', schema: 1, summary: 'The tenant itself: key `<tenant>.tenants.<tenant>`.',
  data: z.object({ slug: tenantSlug, name: z.string(), created_at: z.iso.datetime() }),
  example: { slug: 'acme', name: 'Acme Ltd', created_at: '2026-11-21T08:00:00.000Z' },
});

/** Key `xanthus.directory.<tenant>`: for operators of the installation. Names only. */
export const directoryView = defineView({
  service: 'auth', view: 'directory', schema: 1, summary: 'Every tenant of the installation by name, for its operators.',
  data: z.object({ slug: tenantSlug, name: z.string(), created_at: z.iso.datetime(), created_by: actor }),
  example: { slug: 'acme', name: 'Acme Ltd', created_at: '2026-11-21T08:00:00.000Z', created_by: { kind: 'system', id: 'setup' } },
});

const tenant = eventOf('tenant');
export const tenantEvents = {
  TenantCreated: tenant('TenantCreated', 'A tenant exists; its slug never changes.', z.object({ name: z.string() }), { name: 'Acme Ltd' }),
  TenantRenamed: tenant('TenantRenamed', 'The display name changed.', z.object({ name: z.string() }), { name: 'Acme Group' }),
} as const;
