/** Roles and what they compile to. */
import { z } from 'zod';
import { defineCommand, defineQuery, defineView } from '../contract.js';
import { subjectToken, tag, ulid, written } from '../envelope.js';
import { eventOf, roleName } from './common.js';

/** Built in. A `guest` belongs to the tenant and may do nothing: the start for somebody whose rights come later. */
export const ROLES = ['owner', 'admin', 'operator', 'viewer', 'guest'] as const;

/** `all`, what carries a tag, or one thing by its id. */
export const resources = z.union([z.literal('all'), z.string().regex(/^tag:[a-z0-9][a-z0-9-]{0,31}$/), z.string().regex(/^id:[a-z0-9-]{1,64}$/)], { error: 'all, tag:<tag> or id:<id>' });
/** `permission` is a name of the catalog `PERMISSIONS`: `vps.server.rename`, `vps.server.*`, `vps.read`. */
export const grant = z.object({ permission: z.string().max(100).regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:[a-z0-9-]+|\*)$/, 'a permission such as vps.server.rename'), resources });
export type Grant = z.infer<typeof grant>;
const description = z.string().trim().max(200).regex(/^[^\p{C}]*$/u, 'no control characters');

export const defineRole = defineCommand({
  service: 'auth', aggregate: 'role', verb: 'define', on: 'id', sudo: true, deadline: 10_000, summary: 'Make a role of the tenant\'s own or replace what it grants; takes effect for all its holders at once, also on open connections.',
  input: z.object({ description, grants: z.array(grant).max(200) }), output: written,
  example: { description: 'Restarts what is staging.', grants: [{ permission: 'vps.read', resources: 'all' }, { permission: 'vps.server.rename', resources: 'tag:staging' }] },
  errors: ['ROLE.NAME_INVALID', 'ROLE.BUILT_IN', 'ROLE.TOO_HIGH', 'ROLE.UNKNOWN_PERMISSION', 'ROLE.LIMIT_REACHED'],
});

export const removeRole = defineCommand({
  service: 'auth', aggregate: 'role', verb: 'remove', on: 'id', sudo: true, summary: 'Remove a role of the tenant\'s own. Refused while a member, an invitation or a credential has it.',
  input: z.object({}), output: written, example: {}, errors: ['ROLE.NOT_FOUND', 'ROLE.BUILT_IN', 'ROLE.IN_USE', 'ROLE.TOO_HIGH'],
});

/** Services tell auth what carries which tags; nobody else may. `seq`: the sequence of the service's own event, so that an older word does not undo a newer one. */
export const tagResource = defineCommand({
  service: 'auth', aggregate: 'resource', verb: 'tag', on: 'id', deadline: 10_000, summary: 'A thing of a service carries these tags (only services may say so); roles narrowed to a tag follow.',
  input: z.object({ aggregate: subjectToken, tags: z.array(tag).max(32), seq: z.int().min(1) }), output: written, example: { aggregate: 'server', tags: ['staging'], seq: 17 },
});

export const roleView = defineView({
  service: 'auth', view: 'roles', schema: 1, summary: 'Roles of the tenant and what they grant; key is the name of the role.',
  data: z.object({ name: roleName, description: z.string(), built_in: z.boolean(), grants: z.array(grant).default([]) }),
  example: { name: 'viewer', description: 'Sees everything of the tenant, changes nothing.', built_in: true, grants: [{ permission: 'vps.read', resources: 'all' }] },
});

export const capabilityDocument = z.object({
  subjects: z.array(z.string()),
  buckets: z.record(z.string(), z.array(z.string())),
  commands: z.array(z.string()),
  streams: z.record(z.string(), z.array(z.string())),
});

/** Key `<tenant>.capabilities.<person or credential id>`. */
export const capabilitiesView = defineView({
  service: 'auth', view: 'capabilities', schema: 1, summary: 'What a person or credential may do in the tenant, compiled from its role.',
  data: capabilityDocument.extend({
    principal: z.object({
      kind: z.enum(['person', 'credential']), id: ulid, role: roleName,
      /** Of a credential: its NATS user key, compared with what nats-server says of the caller. */
      nkey: z.string().optional(),
    }),
  }),
  example: {
    principal: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd', role: 'viewer' },
    subjects: ['sig.acme.>'], buckets: { vps: ['acme.>'] }, commands: ['qry.acme.>'], streams: { VPS: ['evt.acme.>'], VPS_METRICS: ['met.acme.>'] },
  },
});

/** What would allow it: another role for this principal, or one permission more in a role. `resources` is the narrowest that does. */
const change = z.discriminatedUnion('action', [
  z.object({ action: z.literal('assign-role'), role: roleName }),
  z.object({ action: z.literal('add-permission'), role: roleName, permission: z.string(), resources: z.string() }),
]);

export const explain = defineQuery({
  service: 'auth', question: 'explain', on: 'id', summary: 'Why may this person or credential do that, or why not, and what would change it?',
  input: z.object({ what: z.enum(['subject', 'command', 'bucket', 'stream']), name: z.string().max(512).optional(), pattern: z.string().max(512) }),
  output: z.object({
    allowed: z.boolean(), grant: z.string().nullable(), role: z.string().nullable(), revision: z.int(), document: capabilityDocument.nullable(),
    /** The permission of the catalog that covers it; null where none does (installation, somebody else's). */
    permission: z.string().nullable(),
    /** The grant of an own role that it follows from. */
    role_grant: grant.nullable(),
    /** A sentence for the person who asks. */
    because: z.string(),
    /** Nothing if it is allowed, or if no role of the tenant can allow it. */
    changes: z.array(change),
  }),
  example: { what: 'command', pattern: 'cmd.acme.vps.server.new.adopt' },
});

const role = eventOf('role');
const resource = eventOf('resource');
/** A slice of those who hold a role: ids after `after` up to and including `until` (null: no end). Their capability documents are made anew. */
const slice = z.object({ after: z.string(), until: z.string().nullable() });
export const roleEvents = {
  RoleDefined: role('RoleDefined', 'A role of the tenant\'s own grants this from now on.', z.object({ description: z.string(), grants: z.array(grant) }), { description: 'Restarts what is staging.', grants: [{ permission: 'vps.server.rename', resources: 'tag:staging' }] }),
  RoleApplied: role('RoleApplied', 'The documents of these holders of the role were compiled again; stored together with the change that made it necessary.', slice, { after: '', until: null }),
  RoleRemoved: role('RoleRemoved', 'The role is no more.', z.object({}), {}),
  ResourceTagged: resource('ResourceTagged', 'A thing of a service carries these tags.', z.object({ service: subjectToken, aggregate: subjectToken, tags: z.array(tag), seq: z.int() }), { service: 'vps', aggregate: 'server', tags: ['staging'], seq: 17 }),
  TagsApplied: resource('TagsApplied', 'The documents of these holders of a role that is narrowed to a tag were compiled again.', slice.extend({ role: roleName }), { role: 'stager', after: '', until: null }),
} as const;
