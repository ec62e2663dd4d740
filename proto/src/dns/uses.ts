/** What other services of the house ask of dns: whose a record is, who uses a domain, whether a name is free. No person can be given these; `act` says for whom it was. */
import { z } from 'zod';
import { defineCommand, defineQuery } from '../contract.js';
import { ulid, written } from '../envelope.js';
import { cloudflareId, recordType } from './records.js';

/** What uses a record, a domain or a certificate: an application. The name is for people; the newest one counts. */
export const dnsUser = z.object({ service: z.literal('applications'), id: ulid, name: z.string().trim().min(1).max(128) });
export type DnsUser = z.infer<typeof dnsUser>;
export const EXAMPLE_USER = { service: 'applications' as const, id: '01jd3x8e2v5y9w4z7q6r1s0tap', name: 'Team notes' };

export const useDomain = defineCommand({
  service: 'dns', aggregate: 'domain', verb: 'use', on: 'id', services: true, summary: 'For services only. Something uses the domain from now on: it is neither released nor its configuration taken back until that is said no more. Twice is once. `id` is the zone.',
  input: z.object({ by: dnsUser }), output: written, example: { by: EXAMPLE_USER }, errors: ['DNS.NOT_MANAGED', 'DNS.NOT_FOR_YOU'],
});
export const unuseDomain = defineCommand({
  service: 'dns', aggregate: 'domain', verb: 'unuse', on: 'id', services: true, summary: 'For services only. It uses the domain no longer. Harmless if it did not.',
  input: z.object({ by: dnsUser.pick({ service: true, id: true }) }), output: written, example: { by: { service: EXAMPLE_USER.service, id: EXAMPLE_USER.id } }, errors: ['DNS.NOT_FOR_YOU'],
});

const standing = z.object({ id: cloudflareId, type: recordType, value: z.string(), proxied: z.boolean(), /** May plans touch it? */ owned: z.boolean(), used_by: dnsUser.nullable() });
export const checkName = defineQuery({
  service: 'dns', question: 'check-name', on: 'all', services: true, deadline: 10_000, summary: 'For services only. Would an address record at this name clash with what stands there, as our log has it? `for`: what stands there for this user does not clash.',
  input: z.object({ name: z.string().min(1).max(253), for: dnsUser.pick({ service: true, id: true }).optional() }),
  output: z.object({
    /** Lower case, punycode, no final dot. */ name: z.string(),
    /** The managed zone that the name is in, the longest one. */ zone: z.object({ id: cloudflareId, name: z.string(), status: z.string(), /** Configured for applications. */ configured: z.boolean() }).nullable(),
    free: z.boolean(), /** Why it is not, and what to do. */ message: z.string(),
    /** At exactly this name. */ records: z.array(standing),
    /** At exactly this name, those that stand there for `for`. */ yours: z.array(cloudflareId),
    /** Does the zone's origin certificate hold for the name? */ certificate: z.object({ covers: z.boolean(), expires_at: z.iso.datetime(), provider_ref: z.string() }).nullable(),
  }),
  example: { name: 'notes.example.com', for: { service: EXAMPLE_USER.service, id: EXAMPLE_USER.id } }, errors: ['DNS.NAME_INVALID'],
});
