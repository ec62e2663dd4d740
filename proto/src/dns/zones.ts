/** Zones of the linked Cloudflare account: what is there, what is managed, what was changed by whom. */
import { z } from 'zod';
import { defineCommand, defineEvent, defineQuery, defineView } from '../contract.js';
import { actor, ulid, written } from '../envelope.js';
import { dnsUser } from './uses.js';
import { cloudflareId, EXAMPLE_ID, EXAMPLE_RECORD, EXAMPLE_ZONE, knownRecord, madeChange, recordChange, recordType } from './records.js';

/** Refusals of anything that asks Cloudflare. `details` may carry `retry_at`. */
export const DNS_PROVIDER_ERRORS = ['DNS.NOT_LINKED', 'DNS.TOKEN_REFUSED', 'DNS.PERMISSION_MISSING', 'DNS.RATE_LIMITED', 'DNS.UNAVAILABLE', 'DNS.TIMEOUT', 'DNS.ZONE_UNKNOWN'] as const;

const zoneCommand = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineCommand<I, O>>[0], 'service' | 'aggregate'>) => defineCommand<I, O>({ service: 'dns', aggregate: 'zone', ...c } as Parameters<typeof defineCommand<I, O>>[0]);

export const manageZone = zoneCommand({
  verb: 'manage', on: 'id', deadline: 25_000, summary: 'Let Xanthus keep a zone: its records are read and followed from now on. Nothing of it is changed, and no record becomes ours by it.',
  input: z.object({}), output: written, example: {}, errors: ['DNS.MANAGED_ALREADY', ...DNS_PROVIDER_ERRORS],
});
export const releaseZone = zoneCommand({
  verb: 'release', on: 'id', summary: 'Keep a zone no longer. Its records stay as they are; its history stays here. Refused while it is configured, or a plan is applied to it.',
  input: z.object({}), output: written, example: {}, errors: ['DNS.NOT_MANAGED', 'DNS.CONFIGURED', 'DNS.IN_USE', 'DNS.ZONE_BUSY'],
});
export const refreshZone = zoneCommand({
  verb: 'refresh', on: 'id', deadline: 25_000, summary: 'Ask Cloudflare now what the zone holds; what was changed outside is told as drift.',
  input: z.object({}), output: written.extend({ differences: z.int().min(0) }), example: {}, errors: ['DNS.NOT_MANAGED', ...DNS_PROVIDER_ERRORS],
});
export const adoptRecords = zoneCommand({
  verb: 'adopt-record', on: 'id', summary: 'Take records that somebody else made: from now on they may be part of plans. They are not changed by it.',
  input: z.object({ records: z.array(cloudflareId).min(1).max(1_000) }), output: written, example: { records: [EXAMPLE_ID] }, errors: ['DNS.NOT_MANAGED', 'DNS.RECORD_UNKNOWN'],
});
export const disownRecords = zoneCommand({
  verb: 'disown-record', on: 'id', summary: 'Give records back: no plan touches them any more.',
  input: z.object({ records: z.array(cloudflareId).min(1).max(1_000) }), output: written, example: { records: [EXAMPLE_ID] }, errors: ['DNS.NOT_MANAGED', 'DNS.RECORD_UNKNOWN'],
});
export const acceptZoneDrift = zoneCommand({
  verb: 'accept-drift', on: 'id', summary: 'What was changed outside is right: it is what the zone is now.',
  input: z.object({ findings: z.array(z.string().max(80)).min(1).max(1_000) }), output: written, example: { findings: [`changed-${EXAMPLE_ID}`] }, errors: ['DNS.NOT_MANAGED', 'DNS.FINDING_UNKNOWN'],
});

export const listZones = defineQuery({
  service: 'dns', question: 'zones', on: 'all', deadline: 20_000, summary: 'Every zone of the linked account, asked now, all pages; also those that are not managed.',
  input: z.object({}),
  output: z.object({ as_of: z.iso.datetime(), zones: z.array(z.object({ id: cloudflareId, account: cloudflareId, name: z.string(), status: z.string(), paused: z.boolean(), plan: z.string(), name_servers: z.array(z.string()), managed: z.boolean(), created_at: z.iso.datetime() })) }),
  example: {}, errors: [...DNS_PROVIDER_ERRORS],
});
export const exportZone = defineQuery({
  service: 'dns', question: 'export', on: 'id', deadline: 20_000, summary: 'The zone as a zone file (RFC 1035), now or as it was at a time; proxied, comments and tags as Cloudflare writes them. A long one comes in parts: ask on with `next_offset`, and `as_of` as `at`.',
  input: z.object({ at: z.iso.datetime().optional(), offset: z.coerce.number().int().min(0).default(0) }), output: z.object({ file: z.string(), as_of: z.iso.datetime(), next_offset: z.int().nullable() }), example: {}, errors: ['DNS.NOT_MANAGED', 'DNS.BEFORE_MANAGED'],
});
export const zoneAt = defineQuery({
  service: 'dns', question: 'zone-at', on: 'id', deadline: 20_000, summary: 'The records of a zone as they were at a time, and who changed each of them last before it. Many come in pages: ask on with `next_offset`, and `as_of` as `at`.',
  input: z.object({ at: z.iso.datetime().optional().describe('Now, if left out'), offset: z.coerce.number().int().min(0).default(0) }),
  output: z.object({ as_of: z.iso.datetime(), next_offset: z.int().nullable(), records: z.array(knownRecord.extend({ changed_by: actor.nullable(), changed_at: z.iso.datetime().nullable() })) }), example: { at: '2026-11-21T08:00:00.000Z' }, errors: ['DNS.NOT_MANAGED', 'DNS.BEFORE_MANAGED'],
});
export const recordHistory = defineQuery({
  service: 'dns', question: 'record-history', on: 'id', summary: 'Who changed a record, when and why, before and after; newest first. `id` is the zone.',
  input: z.object({ record: cloudflareId.optional(), name: z.string().max(253).optional(), limit: z.coerce.number().int().min(1).max(500).default(100) }),
  output: z.object({ entries: z.array(z.object({ seq: z.int(), at: z.iso.datetime(), by: actor, plan: ulid.nullable(), reason: z.string(), outside: z.boolean(), id: cloudflareId, change: recordChange })) }), example: { record: EXAMPLE_ID }, errors: ['DNS.NOT_MANAGED'],
});

const event = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'dns', aggregate: 'zone', type, schema: 1, summary, data, example });
const KNOWN = { ...EXAMPLE_RECORD, id: EXAMPLE_ID };
/** Records in one event: far below the megabyte that a message may have. */
export const RECORDS_PER_EVENT = 200;
/** `account`: the Cloudflare account that it belongs to. */
const about = { account: cloudflareId, name: z.string(), status: z.string(), plan: z.string(), name_servers: z.array(z.string()) };
const ABOUT = { account: '01a7362d577a6c3019a474fd6f485823', name: 'example.com', status: 'active', plan: 'free', name_servers: ['ada.ns.cloudflare.com', 'bob.ns.cloudflare.com'] };

export const driftFinding = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('changed'), before: knownRecord, now: knownRecord }),
  z.object({ kind: z.literal('missing'), before: knownRecord }),
  z.object({ kind: z.literal('unknown'), now: knownRecord }),
]);
export type DriftFinding = z.infer<typeof driftFinding>;

export const zoneEvents = {
  ZoneManaged: event('ZoneManaged', 'A zone is kept by Xanthus from now on. Its records follow in `RecordsSeen`.', z.object({ ...about, records: z.int().min(0) }), { ...ABOUT, records: 1 }),
  RecordsSeen: event('RecordsSeen', 'Records that were there when the zone came under management.', z.object({ records: z.array(knownRecord).max(RECORDS_PER_EVENT) }), { records: [KNOWN] }),
  ZoneChanged: event('ZoneChanged', 'Cloudflare says something else of the zone itself.', z.object(about), { ...ABOUT, status: 'pending' }),
  ZoneVanished: event('ZoneVanished', 'The linked account has no such zone any more, or the token may not see it.', z.object({}), {}),
  ZoneReappeared: event('ZoneReappeared', 'The zone can be seen again.', z.object({}), {}),
  RecordsForgotten: event('RecordsForgotten', 'Records that are no longer followed: the zone is released.', z.object({ records: z.array(cloudflareId).max(RECORDS_PER_EVENT) }), { records: [EXAMPLE_ID] }),
  ZoneReleased: event('ZoneReleased', 'Xanthus keeps the zone no longer.', z.object({}), {}),
  RecordsChanged: event('RecordsChanged', 'Records were changed by a plan; Cloudflare has confirmed each.', z.object({ plan: ulid, reason: z.string(), /** Who had the plan applied. */ by: actor.optional(), /** Which part of the plan; `back`: it was taken back. */ part: z.int().min(0), back: z.boolean(), changes: z.array(madeChange).max(RECORDS_PER_EVENT), /** Whose records these are from now on. */ mark: dnsUser.optional() }), {
    plan: '01jd3x8e2v5y9w4z7q6r1s0tpn', reason: 'The shop moves', by: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' }, part: 0, back: false, changes: [{ id: EXAMPLE_ID, change: { op: 'update', before: KNOWN, after: { ...EXAMPLE_RECORD, ttl: 600 } } }],
  }),
  RecordsAdopted: event('RecordsAdopted', 'Records of somebody else may be part of plans now.', z.object({ records: z.array(cloudflareId) }), { records: [EXAMPLE_ID] }),
  RecordsDisowned: event('RecordsDisowned', 'Records are no longer touched by plans.', z.object({ records: z.array(cloudflareId) }), { records: [EXAMPLE_ID] }),
  DriftFound: event('DriftFound', 'Records differ from what they were left as: somebody changed them outside.', z.object({ findings: z.array(driftFinding).max(RECORDS_PER_EVENT) }), { findings: [{ kind: 'changed', before: KNOWN, now: { ...KNOWN, ttl: 600 } }] }),
  DriftGone: event('DriftGone', 'Records are again what they were left as.', z.object({ findings: z.array(z.string()) }), { findings: [`changed-${EXAMPLE_ID}`] }),
  DriftAccepted: event('DriftAccepted', 'What was changed outside is what the zone is now.', z.object({ findings: z.array(driftFinding).max(RECORDS_PER_EVENT) }), { findings: [{ kind: 'changed', before: KNOWN, now: { ...KNOWN, ttl: 600 } }] }),
} as const;

const ACTOR = { kind: 'person' as const, id: '01jd3x8e2v5y9w4z7q6r1s0tcd' };
export const zoneView = defineView({
  service: 'dns', view: 'zones', schema: 1, summary: 'Zones that Xanthus keeps.',
  data: z.object({
    id: cloudflareId, ...about, records: z.int().min(0), owned: z.int().min(0), drift: z.int().min(0), gone: z.boolean(), managed_at: z.iso.datetime(), managed_by: actor, changed_at: z.iso.datetime(), changed_by: actor.nullable(), used_by: z.array(dnsUser).optional(),
  }),
  example: { id: EXAMPLE_ZONE, ...ABOUT, records: 12, owned: 3, drift: 0, gone: false, managed_at: '2026-11-21T08:00:00.000Z', managed_by: ACTOR, changed_at: '2026-11-21T08:00:00.000Z', changed_by: null },
});
export const recordView = defineView({
  service: 'dns', view: 'records', within: true, schema: 1, summary: 'Records of the zones that Xanthus keeps, by zone and record.',
  data: knownRecord.extend({ zone: cloudflareId, owned: z.boolean(), changed_at: z.iso.datetime(), changed_by: actor.nullable(), plan: ulid.nullable(), /** For whom it was made. */ used_by: dnsUser.optional() }),
  example: { ...KNOWN, zone: EXAMPLE_ZONE, owned: true, changed_at: '2026-11-21T08:00:00.000Z', changed_by: ACTOR, plan: null },
});
export const dnsDriftView = defineView({
  service: 'dns', view: 'drift', within: true, schema: 1, summary: 'What differs at Cloudflare from what it was left as, by zone and finding.',
  data: z.object({ zone: cloudflareId, id: z.string(), finding: driftFinding, found_at: z.iso.datetime(), type: recordType, name: z.string() }),
  example: { zone: EXAMPLE_ZONE, id: `changed-${EXAMPLE_ID}`, finding: { kind: 'changed', before: KNOWN, now: { ...KNOWN, ttl: 600 } }, found_at: '2026-11-21T08:00:00.000Z', type: 'A', name: 'www.example.com' },
});
