/**
 * What an older Xanthus left in the Workers KV of a linked Cloudflare account: previewed, and the secrets taken that something here already uses.
 * Nothing in the namespace is changed, so both can be repeated.
 */
import { z } from 'zod';
import { defineCommand, defineQuery } from '../contract.js';
import { ulid, written } from '../envelope.js';
import { cloudflareId } from './cloudflare.js';
import { eventOf, EXAMPLE } from './common.js';

/** What a key holds. Order of the old layout: configuration, domains, servers, applications. */
export const IMPORT_KINDS = [
  'certificate-request', 'certificate-request-part', 'hetzner-key', 'oci-token', 'domain-certificate', 'server', 'server-ssh-key', 'app-password', 'app-port-forwards', 'app', 'unknown',
] as const;
const kind = z.enum(IMPORT_KINDS);

const shown = {
  /** Another namespace than the one that belongs to the linked account. */
  namespace: cloudflareId.optional(),
  /** The token that was in use when the values were encrypted, if it is not the linked one. It is not kept. */
  earlier_token: z.string().trim().min(1).max(512).optional(),
};
const NAMESPACE = '0f2ac74b498b48028cb68387c421e279';

export const importItem = z.object({
  key: z.string(), kind,
  /** `later`: readable, but nothing here takes it yet. `unreadable`: broken, or encrypted with another token. */
  state: z.enum(['importable', 'later', 'unreadable', 'unknown']),
  name: z.string().optional(), summary: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  /** Of a key or token in it; the secret itself is never shown. */
  fingerprint: z.string().optional(),
  why: z.string().optional(),
});
export type ImportItemShown = z.infer<typeof importItem>;

export const previewCloudflareImport = defineQuery({
  service: 'auth', question: 'cloudflare-import', on: 'id', deadline: 30_000,
  summary: 'What does an older Xanthus\'s namespace of this linked account hold, and what of it would be taken? Shows no secret, changes nothing.',
  input: z.object(shown),
  output: z.object({ namespace: cloudflareId, items: z.array(importItem), counts: z.object({ importable: z.int(), later: z.int(), unreadable: z.int(), unknown: z.int() }) }),
  example: { namespace: NAMESPACE }, errors: ['CLOUDFLARE.NOT_LINKED', 'CLOUDFLARE.IMPORT_NOT_XANTHUS', 'CLOUDFLARE.TOKEN_INVALID', 'CLOUDFLARE.PERMISSION_MISSING', 'CLOUDFLARE.UNAVAILABLE', 'CLOUDFLARE.RATE_LIMITED'],
});

/** `kept`: it was here already, the same. `refused`: something else is here under its name, or it became unreadable. */
export const importOutcome = z.object({ key: z.string(), kind, outcome: z.enum(['taken', 'kept', 'refused']), /** The secret that it became. */ secret: ulid.optional(), why: z.string().optional() });
export type ImportOutcome = z.infer<typeof importOutcome>;

export const importFromCloudflare = defineCommand({
  service: 'auth', aggregate: 'cloudflare-account', verb: 'import', on: 'id', deadline: 30_000, sudo: true,
  summary: 'Take what the preview calls importable into the tenant\'s secrets. What is here already stays as it is; repeated, it takes nothing twice.',
  input: z.object(shown), output: written.extend({ outcomes: z.array(importOutcome) }), example: {},
  errors: previewCloudflareImport.errors,
});

export const cloudflareImportEvents = {
  CloudflareImported: eventOf('cloudflare-account')('CloudflareImported', 'Secrets of an older Xanthus were taken from the account\'s KV.', z.object({
    namespace: cloudflareId, taken: z.array(z.object({ key: z.string(), kind, secret: ulid })),
  }), { namespace: NAMESPACE, taken: [{ key: 'config:hetzner:api_key', kind: 'hetzner-key' as const, secret: EXAMPLE.id }] }),
} as const;
