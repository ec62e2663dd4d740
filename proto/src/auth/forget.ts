/** The end of a tenant: exported, then forgotten by destroying its keys. */
import { z } from 'zod';
import { defineCommand, defineQuery } from '../contract.js';
import { tenantSlug, ulid, written } from '../envelope.js';
import { eventOf } from './common.js';

/**
 * What a receipt says, the payload of a JWS (EdDSA). `members`, `credentials` (API keys too) and `secrets` count what there ever was, by the log. `persons`: those
 * of the members who belong to no other tenant and were forgotten too. `streams`: last sequence of each service's stream when the keys were gone.
 */
export const forgetReceipt = z.object({
  v: z.literal(1), iss: z.literal('xanthus'), tenant: tenantSlug, name: z.string(), requested_at: z.iso.datetime(), requested_by: z.string(), completed_at: z.iso.datetime(),
  keys: z.array(z.object({ service: z.string(), numbers: z.array(z.int()), /** Of the wrapped keys as they were stored. */ sha256: z.string() })),
  persons: z.array(ulid), members: z.int(), credentials: z.int(), secrets: z.int(),
  streams: z.record(z.string(), z.int()),
});
export type ForgetReceipt = z.infer<typeof forgetReceipt>;

export const forgetTenant = defineCommand({
  service: 'auth', aggregate: 'tenant', verb: 'forget', on: 'id', deadline: 30_000, sudo: true, summary: 'Forget the tenant for ever (owners only): its keys are destroyed, sessions and credentials end, persons who belong to no other tenant are forgotten. Cannot be undone; the slug is never free again.',
  input: z.object({ /** The tenant's slug, typed by hand. */ confirm: z.string().max(64) }), output: written.extend({ /** The signed receipt, once everything is done. */ receipt: z.string().nullable() }),
  example: { confirm: 'acme' }, errors: ['TENANT.NOT_FOUND', 'TENANT.NOT_CONFIRMED', 'TENANT.OWNER_ONLY', 'TENANT.NOT_HERE'],
});

/** For `npm start -- receipt <tenant>`: whoever asked may have lost the answer with their session. */
export const tenantReceipt = defineQuery({
  service: 'auth', question: 'tenant-receipt', on: 'id', summary: 'The receipt of a tenant that was forgotten, and the public key that it is checked with (only the launcher, in the tenant `xanthus`).',
  input: z.object({}), output: z.object({ receipt: z.string(), key: z.record(z.string(), z.string()) }), example: {}, errors: ['TENANT.NOT_FORGOTTEN'],
});

/** What the export holds beside the streams and views that the gateway reads: asked once, before. */
export const exportTenant = defineCommand({
  service: 'auth', aggregate: 'tenant', verb: 'export', on: 'id', sudo: true, deadline: 10_000, summary: 'Begin an export of everything that the tenant has (owners only): noted in its history; answers what lies in the vault about its members. The gateway streams the rest.',
  input: z.object({}), output: z.object({
    tenant: z.object({ id: tenantSlug, name: z.string() }), members: z.array(z.object({ person: ulid, name: z.string(), email: z.string() })),
    /** Public key of receipts, to keep with the export. */
    receipt_key: z.record(z.string(), z.string()),
  }),
  example: {}, errors: ['TENANT.NOT_FOUND', 'TENANT.OWNER_ONLY', 'TENANT.NOT_HERE'],
});

const tenant = eventOf('tenant');
/** The first two in the tenant `xanthus`, like every event of a tenant itself. */
export const forgetEvents = {
  TenantForgotten: tenant('TenantForgotten', 'The tenant is refused everything from now on; its keys are being destroyed.', z.object({}), {}),
  TenantErased: tenant('TenantErased', 'Nothing of the tenant can be decrypted any more. `receipt` is a signed statement.', z.object({ receipt: z.string() }), { receipt: 'eyJhbGciOiJFZERTQSJ9.eyJ2IjoxfQ.c2ln' }),
  TenantExported: tenant('TenantExported', 'Everything of the tenant was exported.', z.object({}), {}),
  PersonForgotten: eventOf('person')('PersonForgotten', 'The person belonged to no tenant any more; name, address and password hash were destroyed.', z.object({ tenant: tenantSlug }), { tenant: 'acme' }),
} as const;
