/** Records as they stand in events, plans and views. */
import { z } from 'zod';

export const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'TXT', 'MX', 'SRV', 'CAA', 'NS'] as const;
export const recordType = z.enum(RECORD_TYPES);

/** Cloudflare's ids of zones, records and certificates. */
export const cloudflareId = z.string().regex(/^[0-9a-f]{32}$/, 'an id of Cloudflare: 32 hexadecimal digits');
const dnsName = z.string().max(253);
const uint16 = z.int().min(0).max(65_535);

/** Targets: lower case, punycode, no final dot; empty for "none" (MX, SRV). */
export const recordData = z.discriminatedUnion('type', [
  z.object({ type: z.literal('A'), address: z.string() }),
  z.object({ type: z.literal('AAAA'), address: z.string() }),
  z.object({ type: z.literal('CNAME'), target: dnsName }),
  z.object({ type: z.literal('NS'), target: dnsName }),
  z.object({ type: z.literal('TXT'), text: z.string() }),
  z.object({ type: z.literal('MX'), priority: uint16, target: dnsName }),
  z.object({ type: z.literal('SRV'), priority: uint16, weight: uint16, port: uint16, target: dnsName }),
  z.object({ type: z.literal('CAA'), flags: z.int().min(0).max(255), tag: z.string(), value: z.string() }),
]);

/** A record. `name` is fully qualified; `ttl` in seconds, 1 = the provider chooses; `comment` is empty when there is none. */
export const dnsRecord = z.object({ name: dnsName, data: recordData, ttl: z.int().min(1), proxied: z.boolean(), comment: z.string(), tags: z.array(z.string()) });
/** One that the provider has. */
export const knownRecord = dnsRecord.extend({ id: cloudflareId });
export type DnsRecord = z.infer<typeof dnsRecord>;
export type KnownRecord = z.infer<typeof knownRecord>;
export type RecordData = z.infer<typeof recordData>;
export type RecordType = z.infer<typeof recordType>;

export const recordChange = z.discriminatedUnion('op', [
  z.object({ op: z.literal('create'), after: dnsRecord }),
  z.object({ op: z.literal('update'), before: knownRecord, after: dnsRecord }),
  z.object({ op: z.literal('delete'), before: knownRecord }),
]);
/** As it turned out: `id` is the record's, also of a new one. */
export const madeChange = z.object({ change: recordChange, id: cloudflareId, /** Of a new one: the id of a record that was missing, which it stands for. */ replaces: cloudflareId.optional() });
export type RecordChange = z.infer<typeof recordChange>;

/** A record as somebody types it: a relative or full name, nothing checked yet. `content`: address, target or text by its type. */
export const recordInput = z.object({
  type: z.string().max(20), name: z.string().max(300), ttl: z.int().optional(), proxied: z.boolean().optional(), comment: z.string().max(1_000).optional(), tags: z.array(z.string().max(200)).max(30).optional(),
  content: z.string().max(8_192).optional(), priority: z.int().optional(), weight: z.int().optional(), port: z.int().optional(), flags: z.int().optional(), tag: z.string().max(30).optional(), value: z.string().max(300).optional(),
});

/** What is wrong with a wish: its place in the list, or the line of a file. */
export const recordIssue = z.object({ at: z.int().min(0).optional(), line: z.int().min(1).optional(), name: z.string().optional(), field: z.string(), code: z.string(), message: z.string() });

export const EXAMPLE_RECORD = { name: 'www.example.com', data: { type: 'A' as const, address: '192.0.2.10' }, ttl: 300, proxied: false, comment: '', tags: [] };
export const EXAMPLE_ZONE = '023e105f4ecef8ad9ca31a8372d0c353';
export const EXAMPLE_ID = '372e67954025e0ba6aaa6d586b9e0b59';
