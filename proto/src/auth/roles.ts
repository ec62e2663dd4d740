/** Roles and what they compile to. */
import { z } from 'zod';
import { defineQuery, defineView } from '../contract.js';
import { ulid } from '../envelope.js';
import { roleName } from './common.js';

/** Built in. A `guest` belongs to the tenant and may do nothing: the start for somebody whose rights come later. */
export const ROLES = ['owner', 'admin', 'operator', 'viewer', 'guest'] as const;

export const roleView = defineView({
  service: 'auth', view: 'roles', schema: 1, summary: 'Roles of the tenant; key is the name of the role.',
  data: z.object({ name: roleName, description: z.string(), built_in: z.boolean() }),
  example: { name: 'viewer', description: 'Sees everything of the tenant, changes nothing.', built_in: true },
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

export const explain = defineQuery({
  service: 'auth', question: 'explain', on: 'id', summary: 'Why may this person or credential do that, or why not?',
  input: z.object({ what: z.enum(['subject', 'command', 'bucket', 'stream']), name: z.string().max(512).optional(), pattern: z.string().max(512) }),
  output: z.object({ allowed: z.boolean(), grant: z.string().nullable(), role: z.string().nullable(), revision: z.int(), document: capabilityDocument.nullable() }),
  example: { what: 'command', pattern: 'cmd.acme.vps.server.new.adopt' },
});
