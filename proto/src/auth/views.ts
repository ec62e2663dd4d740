import { z } from 'zod';
import { defineView } from '../contract.js';
import { actor, tenantSlug, ulid } from '../envelope.js';

/** Built in. A `guest` belongs to the tenant and may do nothing: the start for somebody whose rights come later. */
export const ROLES = ['owner', 'admin', 'operator', 'viewer', 'guest'] as const;
export const roleName = z.string().regex(/^[a-z][a-z0-9-]{1,30}$/);

export const tenantView = defineView({
  service: 'auth', view: 'tenants', schema: 1, summary: 'The tenant itself: key `<tenant>.tenants.<tenant>`.',
  data: z.object({ slug: tenantSlug, name: z.string(), created_at: z.iso.datetime() }),
  example: { slug: 'acme', name: 'Acme Ltd', created_at: '2026-11-21T08:00:00.000Z' },
});

/** Names come from the vault when they are shown; the view carries the id and, for the console, the display name that the person chose. */
export const memberView = defineView({
  service: 'auth', view: 'members', schema: 1, summary: 'Persons of the tenant and their roles.',
  data: z.object({ person: ulid, role: roleName, joined_at: z.iso.datetime(), added_by: actor }),
  example: { person: '01jd3x8e2v5y9w4z7q6r1s0tcd', role: 'owner', joined_at: '2026-11-21T08:00:00.000Z', added_by: { kind: 'system', id: 'setup' } },
});

export const roleView = defineView({
  service: 'auth', view: 'roles', schema: 1, summary: 'Roles of the tenant; key is the name of the role.',
  data: z.object({ name: roleName, description: z.string(), built_in: z.boolean() }),
  example: { name: 'viewer', description: 'Sees everything of the tenant, changes nothing.', built_in: true },
});

/** Key `xanthus.sessions.<person>.<session>`. No address here: it is personal and lies encrypted in the vault. */
export const sessionView = defineView({
  service: 'auth', view: 'sessions', schema: 1, summary: 'Open sessions of a person, in the tenant `xanthus`.',
  data: z.object({ id: ulid, person: ulid, tenant: tenantSlug, device: z.string(), opened_at: z.iso.datetime(), refreshed_at: z.iso.datetime(), expires_at: z.iso.datetime() }),
  example: { id: '01jd3x8e2v5y9w4z7q6r1s0tss', person: '01jd3x8e2v5y9w4z7q6r1s0tcd', tenant: 'acme', device: 'Chromium on Linux', opened_at: '2026-11-21T08:00:00.000Z', refreshed_at: '2026-11-21T08:09:00.000Z', expires_at: '2026-12-21T08:00:00.000Z' },
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

export const credentialView = defineView({
  service: 'auth', view: 'credentials', schema: 1, summary: 'NATS credentials of the tenant for other services.',
  data: z.object({ id: ulid, name: z.string(), role: roleName, nkey: z.string(), follow: z.array(z.string()), created_at: z.iso.datetime(), created_by: actor }),
  example: { id: '01jd3x8e2v5y9w4z7q6r1s0tcr', name: 'billing', role: 'viewer', nkey: 'UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4', follow: ['VPS'], created_at: '2026-11-21T08:00:00.000Z', created_by: { kind: 'system', id: 'operator' } },
});

/** Key `xanthus.jwks.<kid>`: public keys of access tokens. */
export const jwksView = defineView({
  service: 'auth', view: 'jwks', schema: 1, summary: 'Public keys that verify access tokens.',
  data: z.object({ kid: z.string(), kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), created_at: z.iso.datetime() }),
  example: { kid: '01jd3x8e2v5y9w4z7q6r1s0tjk', kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', created_at: '2026-11-21T08:00:00.000Z' },
});

export const authViews = { tenants: tenantView, members: memberView, roles: roleView, sessions: sessionView, capabilities: capabilitiesView, credentials: credentialView, jwks: jwksView } as const;
