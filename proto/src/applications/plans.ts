/** Plans of what is to happen to an application: seen before it does, and refused once what they were made from is no longer so. */
import { z } from 'zod';
import { defineCommand, defineEvent, defineQuery, defineView } from '../contract.js';
import { cloudflareId, EXAMPLE_ZONE } from '../dns/records.js';
import { actor, ulid, written } from '../envelope.js';
import { entryId } from './catalog-entry.js';

export const EXAMPLE_PLAN = '01jd3x8e2v5y9w4z7q6r1s0tpn';
export const EXAMPLE_APPLICATION = '01jd3x8e2v5y9w4z7q6r1s0tap';
export const EXAMPLE_SERVER = '01jd3x8e2v5y9w4z7q6r1s0tab';
export const digest = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits');
/** Characters of a YAML of values. Above 40,000 it goes as a blob. */
export const VALUES_LIMIT = 1_048_576;

export const applicationName = z.string().trim().min(1).max(60).regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'one line without control characters');
/** `blog`, `blog.team`, `@` for the domain itself. */
export const subdomain = z.string().max(190).regex(/^(?:@|[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?){0,5})$/, 'small letters, digits and hyphens, or @ for the domain itself');
const variables = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/), z.string().max(32_000));
/** What a person chooses beside name, place and version. Secret variables go into the vault; no event, plan or log has them. */
const settings = {
  /** Own placeholders of the entry. */
  choices: z.record(z.string().max(50), z.union([z.string().max(1_000), z.number(), z.boolean()])).optional(),
  environment: variables.optional(),
  /** YAML laid over the values that the entry makes. Kept in the vault, for it may hold secrets. */
  values: z.string().max(VALUES_LIMIT).optional(),
};
export const PLAN_KINDS = ['deploy', 'upgrade', 'set-values', 'rollback', 'expose', 'revert', 'delete'] as const;
export const planWish = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('deploy'), name: applicationName, entry: entryId, /** Preset: the newest. */ version: z.string().max(128).optional(), server: ulid, /** Zone of the domain; null: no address outside the cluster. */ zone: cloudflareId.nullable(), subdomain: subdomain.default('@'), ...settings }),
  z.object({ kind: z.literal('upgrade'), application: ulid, version: z.string().max(128) }),
  /** What is left out stays as it is. */
  z.object({ kind: z.literal('set-values'), application: ulid, ...settings }),
  /** The whole release: chart, values, secrets, record, TLS. */
  z.object({ kind: z.literal('rollback'), application: ulid, revision: z.int().min(1) }),
  /** Another port under a subdomain of its own. */
  z.object({ kind: z.literal('expose'), application: ulid, port: z.int().min(1).max(65_535), subdomain, /** Preset: the application's own. */ zone: cloudflareId.optional() }),
  /** Back to what the last release says, where somebody changed the cluster by hand. */
  z.object({ kind: z.literal('revert'), application: ulid }),
  z.object({ kind: z.literal('delete'), application: ulid, keep_volumes: z.boolean().default(false) }),
]);
export type PlanWish = z.infer<typeof planWish>;

/** Everything that is made has one of these; `delete` takes away exactly what there is of them. */
export const OBJECT_SORTS = ['namespace', 'secret', 'release', 'object', 'volume', 'tls', 'record', 'use'] as const;
export const plannedObject = z.object({
  sort: z.enum(OBJECT_SORTS),
  /** `Deployment`, `Secret`, …; of a record its type. */
  kind: z.string(),
  namespace: z.string().nullable(), name: z.string(),
  action: z.enum(['create', 'change', 'delete', 'keep', 'unchanged']),
  /** What changes, in words or as a unified diff with secrets masked. */
  detail: z.string().default(''),
});
export type PlannedObject = z.infer<typeof plannedObject>;
export const CONFLICT_KINDS = ['name', 'release', 'record', 'port', 'one_per_server', 'not_ours', 'policy'] as const;
export const conflict = z.object({ kind: z.enum(CONFLICT_KINDS), message: z.string(), /** What stands in the way. */ at: z.string().default('') });
export const WARNING_KINDS = ['memory', 'cpu', 'disk', 'admin', 'data_loss', 'prerelease', 'downgrade', 'simulated', 'unknown', 'exposes', 'password'] as const;
export const warning = z.object({ kind: z.enum(WARNING_KINDS), /** Applied only with an explicit yes to it. */ asks_again: z.boolean(), message: z.string() });
const amountOf = z.object({ needed: z.number(), /** Null: the server could not be asked. */ free: z.number().nullable() });
export const planDetail = z.object({
  server_name: z.string(), namespace: z.string(), release: z.string(), chart: z.string(), chart_version: z.string(), version: z.string(),
  from_version: z.string().nullable(), host: z.string().nullable(),
  objects: z.array(plannedObject).max(600), /** More than there is room for. */ more_objects: z.int().min(0),
  conflicts: z.array(conflict), warnings: z.array(warning),
  /** Cores, GiB, GiB. */
  requirements: z.object({ cpu: amountOf, memory: amountOf, disk: amountOf }),
  /** If the server must grow: to which type, and what a month costs more. */
  grow: z.object({ type: z.string(), currency: z.string(), monthly_more: z.string() }).nullable(),
  /** Unified diff of the values against those of now; secrets masked. */
  values_diff: z.string(),
});
export type PlanDetail = z.infer<typeof planDetail>;

export const APPLICATION_ERRORS = ['APPLICATION.NOT_FOUND', 'APPLICATION.BUSY', 'APPLICATION.NOT_ALLOWED_NOW'] as const;
export const CLUSTER_ERRORS = ['CLUSTER.UNREACHABLE', 'CLUSTER.NO_KUBERNETES', 'CLUSTER.NO_HELM', 'CLUSTER.REFUSED', 'CLUSTER.TIMED_OUT'] as const;

export const planApplication = defineCommand({
  service: 'applications', aggregate: 'application', verb: 'plan', on: 'new', deadline: 30_000,
  summary: 'What would be made where, what stands in the way, and whether it fits. Changes nothing; `id` of the answer is the plan\'s.',
  input: z.object({ wish: planWish, reason: z.string().trim().max(500).default('') }),
  output: written.extend({ hash: digest, ready: z.boolean(), detail: planDetail }),
  example: { wish: { kind: 'deploy', name: 'Team notes', entry: 'code-server', server: EXAMPLE_SERVER, zone: EXAMPLE_ZONE, subdomain: 'code' }, reason: 'For the team' },
  errors: [...APPLICATION_ERRORS, ...CLUSTER_ERRORS, 'APPLICATION.INVALID', 'APPLICATION.VALUES_INVALID', 'APPLICATION.NOTHING_TO_CHANGE', 'APPLICATION.REVISION_UNKNOWN', 'CATALOG.NOT_FOUND', 'CATALOG.VERSION_UNKNOWN', 'CHART.NOT_FOUND', 'CHART.UNREACHABLE', 'SERVER.NOT_FOUND', 'SERVER.NOT_READY', 'DNS.NOT_MANAGED'],
});
/** `hash` is that of the plan as it was seen; `accept` names the warnings that ask again. */
export const planned = z.object({ plan: ulid, hash: digest, accept: z.array(z.enum(WARNING_KINDS)).max(WARNING_KINDS.length).default([]) });
export const PLAN_ERRORS = ['PLAN.UNKNOWN', 'PLAN.OTHER_HASH', 'PLAN.STALE', 'PLAN.OVER', 'PLAN.CONFLICTS', 'PLAN.WARNING_NOT_ACCEPTED', 'PLAN.OTHER_KIND'] as const;

export const applicationPlan = defineQuery({
  service: 'applications', question: 'plan', on: 'id', summary: 'A plan in whole.', input: z.object({}), output: z.object({ hash: digest, ready: z.boolean(), detail: planDetail }), example: {}, errors: ['PLAN.UNKNOWN'],
});

const event = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'applications', aggregate: 'plan', type, schema: 1, summary, data, example });
const EXAMPLE_DETAIL: z.input<typeof planDetail> = {
  server_name: 'web-1', namespace: 'code-code-server', release: 'code-code-server', chart: 'code-server', chart_version: '1.0.0', version: '4.100.2', from_version: null, host: 'code.example.com',
  objects: [{ sort: 'release', kind: 'Release', namespace: 'code-code-server', name: 'code-code-server', action: 'create', detail: '' }], more_objects: 0, conflicts: [], warnings: [],
  requirements: { cpu: { needed: 0.5, free: 1.5 }, memory: { needed: 1, free: 2.5 }, disk: { needed: 10, free: 31 } }, grow: null, values_diff: '',
};
/** What the deployment is made of; the values, their secrets and the variables lie in the vault under `sealed`. */
export const planBasis = z.object({
  /** Digest of everything that the plan rests on: the application's own sequence, the entry, versions, and the objects seen. */
  state: digest,
  entry: entryId, entry_digest: digest, sealed: z.string().nullable(), application_seq: z.int().min(0),
  /** What it rests on, each in few words or as a digest: so that a stale plan can say what has changed. */
  facts: z.record(z.string(), z.string()),
});
export const planEvents = {
  ApplicationPlanMade: event('ApplicationPlanMade', 'A plan was made. Nothing has changed by it.', z.object({
    kind: z.enum(PLAN_KINDS), application: ulid.nullable(), name: z.string(), server: ulid, zone: cloudflareId.nullable(), subdomain: subdomain.nullable(), revision: z.int().nullable(), port: z.int().nullable(), keep_volumes: z.boolean(),
    reason: z.string(), hash: digest, detail: planDetail, basis: planBasis, expires_at: z.iso.datetime(),
  }), {
    kind: 'deploy', application: null, name: 'Team notes', server: EXAMPLE_SERVER, zone: EXAMPLE_ZONE, subdomain: 'code', revision: null, port: null, keep_volumes: false, reason: 'For the team', hash: 'a'.repeat(64), detail: EXAMPLE_DETAIL,
    basis: { state: 'b'.repeat(64), entry: 'code-server', entry_digest: 'c'.repeat(64), sealed: `plan-${EXAMPLE_PLAN}`, application_seq: 0, facts: { application: 'none', record: 'none', release: 'none' } }, expires_at: '2026-11-21T09:00:00.000Z',
  }),
  ApplicationPlanTaken: event('ApplicationPlanTaken', 'It is carried out; another cannot be made of it.', z.object({ application: ulid, deployment: ulid }), { application: EXAMPLE_APPLICATION, deployment: '01jd3x8e2v5y9w4z7q6r1s0tdp' }),
} as const;

export const plansView = defineView({
  service: 'applications', view: 'plans', schema: 1, summary: 'Plans, without their details (query `plan` has them).',
  data: z.object({ id: ulid, kind: z.enum(PLAN_KINDS), application: ulid.nullable(), name: z.string(), server: ulid, hash: digest, ready: z.boolean(), state: z.enum(['draft', 'taken']), reason: z.string(), made_at: z.iso.datetime(), made_by: actor, expires_at: z.iso.datetime() }),
  example: { id: EXAMPLE_PLAN, kind: 'deploy', application: null, name: 'Team notes', server: EXAMPLE_SERVER, hash: 'a'.repeat(64), ready: true, state: 'draft', reason: 'For the team', made_at: '2026-11-21T08:00:00.000Z', made_by: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' }, expires_at: '2026-11-21T09:00:00.000Z' },
});
