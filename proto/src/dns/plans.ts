/** Plans: what would change, seen before it does; applied as one, and taken back as one. */
import { z } from 'zod';
import { defineCommand, defineEvent, defineQuery, defineView } from '../contract.js';
import { actor, ulid, written } from '../envelope.js';
import { cloudflareId, EXAMPLE_ID, EXAMPLE_RECORD, EXAMPLE_ZONE, knownRecord, madeChange, recordChange, recordInput, recordIssue } from './records.js';
import { dnsUser } from './uses.js';
import { DNS_PROVIDER_ERRORS, RECORDS_PER_EVENT } from './zones.js';

const planCommand = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineCommand<I, O>>[0], 'service' | 'aggregate'>) => defineCommand<I, O>({ service: 'dns', aggregate: 'plan', ...c } as Parameters<typeof defineCommand<I, O>>[0]);
export const planHash = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits');

export const RISK_KINDS = ['many_deletions', 'name_servers', 'mail', 'root', 'proxy_off', 'policy', 'in_use'] as const;
export const risk = z.object({ kind: z.enum(RISK_KINDS), /** Applied only with an explicit yes to this risk. */ asks_again: z.boolean(), message: z.string(), names: z.array(z.string()) });
export const obstacle = z.object({ kind: z.enum(['foreign', 'missing', 'exists']), id: cloudflareId.optional(), record: z.union([knownRecord, z.null()]), message: z.string() });

const wish = z.discriminatedUnion('op', [
  z.object({ op: z.literal('create'), record: recordInput }),
  z.object({ op: z.literal('update'), id: cloudflareId, record: recordInput }),
  z.object({ op: z.literal('delete'), id: cloudflareId }),
]);
/** Where a plan comes from. `file`: a whole zone is wanted; what is ours and not in it goes. `undo`: of an applied plan. `revert`: findings of drift. */
export const planSource = z.discriminatedUnion('from', [
  z.object({ from: z.literal('wishes'), wishes: z.array(wish).min(1).max(5_000) }),
  z.object({ from: z.literal('file'), text: z.string().max(900_000), /** Also delete our records that the file does not have. */ prune: z.boolean().default(false) }),
  z.object({ from: z.literal('undo'), plan: ulid }),
  z.object({ from: z.literal('drift'), findings: z.array(z.string().max(80)).min(1).max(1_000) }),
  z.object({ from: z.literal('time'), at: z.iso.datetime() }),
]);

export const makePlan = planCommand({
  verb: 'make', on: 'new', deadline: 25_000, summary: 'Plan changes of a zone. Nothing is changed: the plan says what would be, which of it cannot, and what is risky.',
  input: z.object({ zone: cloudflareId, source: planSource, reason: z.string().trim().max(500).default(''), mark: dnsUser.optional().describe('For services only: whose records these are. Records that stand there for another are not touched') }),
  output: written.extend({ hash: planHash, creates: z.int(), updates: z.int(), deletes: z.int(), risks: z.array(risk), obstacles: z.array(obstacle), issues: z.array(recordIssue), notes: z.array(z.string()) }),
  example: { zone: EXAMPLE_ZONE, source: { from: 'wishes', wishes: [{ op: 'create', record: { type: 'A', name: 'www', content: '192.0.2.10' } }] }, reason: 'The shop moves' },
  errors: ['DNS.NOT_MANAGED', 'DNS.INVALID', 'DNS.NOTHING_TO_CHANGE', 'DNS.PLAN_UNKNOWN', 'DNS.FINDING_UNKNOWN', 'DNS.BEFORE_MANAGED', 'DNS.NOT_FOR_YOU', ...DNS_PROVIDER_ERRORS],
});
export const applyPlan = planCommand({
  verb: 'apply', on: 'id', summary: 'Apply exactly this plan. Refused if the zone has changed since where the plan touches it, and unless every risk that asks again was accepted.',
  input: z.object({ hash: planHash, accept: z.array(z.enum(RISK_KINDS)).max(RISK_KINDS.length).default([]) }), output: written, example: { hash: 'a'.repeat(64), accept: ['mail'] },
  errors: ['DNS.PLAN_UNKNOWN', 'DNS.PLAN_OTHER_HASH', 'DNS.PLAN_STALE', 'DNS.PLAN_OVER', 'DNS.RISK_NOT_ACCEPTED', 'DNS.ZONE_BUSY', ...DNS_PROVIDER_ERRORS],
});
export const cancelPlan = planCommand({
  verb: 'cancel', on: 'id', summary: 'Stop applying after the part that is under way. `roll_back`: take back what was done.',
  input: z.object({ roll_back: z.boolean().default(true) }), output: written, example: {}, errors: ['DNS.PLAN_UNKNOWN', 'DNS.PLAN_OVER'],
});
export const resumePlan = planCommand({
  verb: 'resume', on: 'id', summary: 'Go on with a plan that failed half-way, or take back what was done of it.',
  input: z.object({ how: z.enum(['apply', 'roll_back']) }), output: written, example: { how: 'apply' }, errors: ['DNS.PLAN_UNKNOWN', 'DNS.PLAN_OVER', 'DNS.ZONE_BUSY'],
});
export const discardPlan = planCommand({
  verb: 'discard', on: 'id', summary: 'Throw a plan away that was not applied.', input: z.object({}), output: written, example: {}, errors: ['DNS.PLAN_UNKNOWN', 'DNS.PLAN_OVER'],
});

export const planDetails = defineQuery({
  service: 'dns', question: 'plan', on: 'id', summary: 'The changes of a plan, before and after, page by page; whether it may still be applied.',
  input: z.object({ offset: z.int().min(0).default(0), limit: z.int().min(1).max(1_000).default(500) }),
  output: z.object({ changes: z.array(recordChange), total: z.int(), results: z.array(z.object({ at: z.int(), id: cloudflareId })), next_offset: z.int().nullable() }), example: {}, errors: ['DNS.PLAN_UNKNOWN'],
});
export const planVisibility = defineQuery({
  service: 'dns', question: 'visibility', on: 'id', deadline: 10_000, summary: 'Do the name servers give the answers of an applied plan already? Asked now; what could not be asked is not known.',
  input: z.object({}),
  output: z.object({ visible: z.int(), total: z.int(), /** Proxied names and wildcards: nobody outside hears their records. */ hidden: z.int(), unanswered: z.int(), not_yet: z.array(z.string()), asked: z.array(z.string()), text: z.string() }),
  example: {}, errors: ['DNS.PLAN_UNKNOWN', 'DNS.NOT_APPLIED', 'DNS.NOT_MANAGED'],
});
export const checkRecords = defineQuery({
  service: 'dns', question: 'check-records', on: 'id', summary: 'What would be wrong with these records in this zone? For a form, while somebody types.',
  input: z.object({ records: z.array(recordInput).min(1).max(500) }), output: z.object({ issues: z.array(recordIssue) }), example: { records: [{ type: 'A', name: 'www', content: '192.0.2.10' }] }, errors: ['DNS.NOT_MANAGED'],
});

const event = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'dns', aggregate: 'plan', type, schema: 1, summary, data, example });
const KNOWN = { ...EXAMPLE_RECORD, id: EXAMPLE_ID };
const CHANGE = { op: 'update' as const, before: KNOWN, after: { ...EXAMPLE_RECORD, ttl: 600 } };
const failure = { code: z.string(), message: z.string() };
const FAILURE = { code: 'DNS.UNAVAILABLE', message: 'Cloudflare cannot be used just now (503). Try again in a moment.' };

export const planEvents = {
  PlanMade: event('PlanMade', 'A plan was made; its changes follow in `PlanPart`.', z.object({
    zone: cloudflareId, zone_name: z.string(), from: z.enum(['wishes', 'file', 'undo', 'drift', 'time']), undoes: ulid.nullable(), reason: z.string(), hash: planHash, creates: z.int(), updates: z.int(), deletes: z.int(), risks: z.array(risk),
    /** Records of the zone at that time. */ records: z.int(), /** Whose records these are. */ mark: dnsUser.optional(),
  }), { zone: EXAMPLE_ZONE, zone_name: 'example.com', from: 'wishes', undoes: null, reason: 'The shop moves', hash: 'a'.repeat(64), creates: 0, updates: 1, deletes: 0, risks: [], records: 12 }),
  PlanPart: event('PlanPart', 'Changes of a plan: each part is applied as one.', z.object({ changes: z.array(recordChange).max(RECORDS_PER_EVENT) }), { changes: [CHANGE] }),
  PlanApplyStarted: event('PlanApplyStarted', 'The plan is applied, part by part.', z.object({ accept: z.array(z.enum(RISK_KINDS)) }), { accept: [] }),
  PlanPartStarted: event('PlanPartStarted', 'A part is sent to Cloudflare.', z.object({ part: z.int().min(0), attempt: z.int().min(1), back: z.boolean() }), { part: 0, attempt: 1, back: false }),
  PlanPartDone: event('PlanPartDone', 'Cloudflare has made all changes of a part, in one transaction. `back`: they were taken back.', z.object({ part: z.int().min(0), back: z.boolean(), changes: z.array(madeChange).max(RECORDS_PER_EVENT), duration_ms: z.int().min(0), found_done: z.boolean() }), {
    part: 0, back: false, changes: [{ id: EXAMPLE_ID, change: CHANGE }], duration_ms: 412, found_done: false,
  }),
  PlanPartFailed: event('PlanPartFailed', 'A try of a part has failed, so none of its changes was made. `retry_at`: it is tried again by itself.', z.object({ part: z.int().min(0), attempt: z.int().min(1), back: z.boolean(), ...failure, retry_at: z.iso.datetime().nullable() }), {
    part: 0, attempt: 1, back: false, code: 'DNS.NOT_MADE', message: 'It was stopped before Cloudflare made it.', retry_at: '2026-11-21T08:00:04.000Z',
  }),
  PlanApplied: event('PlanApplied', 'All of the plan is done.', z.object({ duration_ms: z.int().min(0) }), { duration_ms: 1_412 }),
  PlanFailed: event('PlanFailed', 'It goes on only if a person says so: forward, or back.', z.object({ part: z.int().min(0), ...failure }), { part: 1, ...FAILURE }),
  PlanCancelRequested: event('PlanCancelRequested', 'A person wants it to stop.', z.object({ roll_back: z.boolean() }), { roll_back: true }),
  PlanResumed: event('PlanResumed', 'A person says how to go on.', z.object({ how: z.enum(['apply', 'roll_back']) }), { how: 'apply' }),
  PlanStopped: event('PlanStopped', 'It was stopped between two parts; what was done stays.', z.object({}), {}),
  PlanRolledBack: event('PlanRolledBack', 'What was done of it has been taken back.', z.object({}), {}),
  PlanDiscarded: event('PlanDiscarded', 'It was thrown away, never applied.', z.object({}), {}),
} as const;

export const PLAN_STATES = ['draft', 'applying', 'rolling-back', 'failed', 'applied', 'stopped', 'rolled-back', 'discarded'] as const;
export const planView = defineView({
  service: 'dns', view: 'plans', schema: 1, summary: 'Plans, without their changes (query `plan` has them).',
  data: z.object({
    id: ulid, zone: cloudflareId, zone_name: z.string(), from: z.enum(['wishes', 'file', 'undo', 'drift', 'time']), undoes: ulid.nullable(), undone_by: ulid.nullable(), reason: z.string(), state: z.enum(PLAN_STATES), hash: planHash,
    creates: z.int(), updates: z.int(), deletes: z.int(), risks: z.array(risk), parts: z.int(), parts_done: z.int(), problem: z.object(failure).nullable(), retry_at: z.iso.datetime().nullable(), next: z.array(z.enum(['apply', 'cancel', 'resume', 'discard', 'undo'])),
    made_at: z.iso.datetime(), made_by: actor, applied_by: actor.nullable(), ended_at: z.iso.datetime().nullable(), mark: dnsUser.optional(),
  }),
  example: {
    id: '01jd3x8e2v5y9w4z7q6r1s0tpn', zone: EXAMPLE_ZONE, zone_name: 'example.com', from: 'wishes', undoes: null, undone_by: null, reason: 'The shop moves', state: 'applied', hash: 'a'.repeat(64), creates: 0, updates: 1, deletes: 0, risks: [], parts: 1, parts_done: 1,
    problem: null, retry_at: null, next: ['undo'], made_at: '2026-11-21T08:00:00.000Z', made_by: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' }, applied_by: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' }, ended_at: '2026-11-21T08:00:03.000Z',
  },
});
