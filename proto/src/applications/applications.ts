/** Applications: what runs on a server under a name, the releases that it had, and everything that was made for it. */
import { z } from 'zod';
import { defineCommand, defineEvent, defineQuery, defineView } from '../contract.js';
import { cloudflareId, EXAMPLE_ZONE } from '../dns/records.js';
import { actor, ulid, written } from '../envelope.js';
import { ACTIONS, STATUSES, WORK_KINDS } from './actions.js';
import { entryId } from './catalog-entry.js';
import { applicationName, APPLICATION_ERRORS, digest, EXAMPLE_APPLICATION, EXAMPLE_PLAN, EXAMPLE_SERVER, OBJECT_SORTS, PLAN_ERRORS, planned, subdomain } from './plans.js';

export const EXAMPLE_DEPLOYMENT = '01jd3x8e2v5y9w4z7q6r1s0tdp';
/** `deployment` is followed in the view `deployments`. */
export const deploymentStarted = written.extend({ deployment: ulid });
export const applicationCommand = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineCommand<I, O>>[0], 'service' | 'aggregate'>) => defineCommand<I, O>({ service: 'applications', aggregate: 'application', ...c } as Parameters<typeof defineCommand<I, O>>[0]);
const PLANNED = { plan: '01jd3x8e2v5y9w4z7q6r1s0tpn', hash: 'a'.repeat(64) };
const byPlan = (verb: string, on: 'new' | 'id', summary: string) => applicationCommand({ verb, on, deadline: 20_000, summary, input: planned, output: deploymentStarted, example: PLANNED, errors: [...APPLICATION_ERRORS, ...PLAN_ERRORS, 'APPLICATION.NAME_TAKEN', 'APPLICATION.HOST_TAKEN'] });

export const deployApplication = byPlan('deploy', 'new', 'Deploy exactly what the plan says. Answers as soon as it is written down; the view `deployments` tells how far it is.');
export const upgradeApplication = byPlan('upgrade', 'id', 'Upgrade as the plan says; goes back by itself if it fails.');
export const setApplicationValues = byPlan('set-values', 'id', 'Change values, variables and secrets as the plan says; goes back by itself if it fails.');
export const rollbackApplication = byPlan('rollback', 'id', 'Go back to an earlier release as a whole: chart, values, secrets, record, TLS.');
export const exposePort = byPlan('expose', 'id', 'Give another port an address of its own.');
export const revertApplication = byPlan('revert', 'id', 'Make the cluster again what the last release says.');
export const deleteApplication = applicationCommand({
  verb: 'delete', on: 'id', deadline: 30_000, summary: 'Take away everything that was made for it, and nothing else; the plan lists what stays. Without a plan one is made and carried out at once, if nothing asks again that `accept` does not name.',
  input: planned.partial({ plan: true, hash: true }).extend({ keep_volumes: z.boolean().default(false) }), output: deploymentStarted, example: PLANNED, errors: [...APPLICATION_ERRORS, ...PLAN_ERRORS],
});

const work = (verb: string, summary: string) => applicationCommand({ verb, on: 'id', summary, input: z.object({}), output: deploymentStarted, example: {}, errors: APPLICATION_ERRORS });
export const restartApplication = work('restart', 'Restart its pods one after the other.');
export const stopApplication = work('stop', 'Scale everything of it to nothing; data and address stay.');
export const startApplication = work('start', 'Scale it back to what it had before it was stopped.');
export const scaleApplication = applicationCommand({
  verb: 'scale', on: 'id', summary: 'Give a workload of it another number of pods, until the next release.', input: z.object({ workload: z.string().max(120).regex(/^(?:Deployment|StatefulSet)\/[a-z0-9.-]{1,100}$/, 'Deployment/name or StatefulSet/name'), replicas: z.int().min(0).max(50) }),
  output: deploymentStarted, example: { workload: 'Deployment/code', replicas: 2 }, errors: [...APPLICATION_ERRORS, 'APPLICATION.WORKLOAD_UNKNOWN'],
});
export const unexposePort = applicationCommand({ verb: 'unexpose', on: 'id', summary: 'Take the address of a port away again.', input: z.object({ host: z.string().max(253) }), output: deploymentStarted, example: { host: 'api.example.com' }, errors: [...APPLICATION_ERRORS, 'APPLICATION.NOT_EXPOSED'] });
export const cancelDeployment = applicationCommand({ verb: 'cancel', on: 'id', summary: 'Stop what is under way and take back what it made. `cancelled` is said only once that is seen to be so.', input: z.object({}), output: written, example: {}, errors: ['APPLICATION.NOT_FOUND', 'APPLICATION.NOT_BUSY', 'APPLICATION.TOO_LATE'] });
export const retryDeployment = applicationCommand({ verb: 'retry', on: 'id', summary: 'Go on with what failed from the step that failed.', input: z.object({}), output: deploymentStarted, example: {}, errors: [...APPLICATION_ERRORS, 'APPLICATION.NOTHING_FAILED', 'PLAN.STALE'] });
export const checkApplication = applicationCommand({ verb: 'check-now', on: 'id', deadline: 30_000, summary: 'Look at the cluster now instead of at the next turn.', input: z.object({}), output: written, example: {}, errors: [...APPLICATION_ERRORS, 'CLUSTER.UNREACHABLE'] });
/** Preset: as the entry says. */
export const setUpdatePolicy = applicationCommand({
  verb: 'set-update-policy', on: 'id', summary: 'What is upgraded without being asked, and when.',
  input: z.object({ auto: z.enum(['none', 'patch', 'minor']), window: z.object({ days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1).max(7), from: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'HH:MM'), to: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'HH:MM') }).nullable().default(null) }),
  output: written, example: { auto: 'patch', window: { days: ['sun'], from: '02:00', to: '05:00' } }, errors: APPLICATION_ERRORS,
});

/** What the cluster says: `missing`: the release is not there; `unknown`: it could not be asked. */
export const HEALTHS = ['unknown', 'deployed', 'pending', 'failed', 'degraded', 'missing'] as const;
/** What was made for it, as it can be found again. `ref`: id of a record. */
export const madeObject = z.object({ sort: z.enum(OBJECT_SORTS), kind: z.string(), namespace: z.string().nullable(), name: z.string(), ref: z.string().nullable() });
export type MadeObject = z.infer<typeof madeObject>;
export const exposure = z.object({ port: z.int(), host: z.string(), zone: cloudflareId });
const updates = z.object({ auto: z.enum(['none', 'patch', 'minor']), window: z.object({ days: z.array(z.string()), from: z.string(), to: z.string() }).nullable() });
/** One release as a whole. Its values and secrets lie in the vault under `sealed`; `values_digest` tells whether they differ. */
export const release = z.object({
  revision: z.int().min(1), version: z.string(), chart_repository: z.string(), chart: z.string(), chart_version: z.string(), entry_digest: digest, sealed: z.string().nullable(), values_digest: digest,
  host: z.string().nullable(), zone: cloudflareId.nullable(), exposures: z.array(exposure),
});
export type Release = z.infer<typeof release>;

const event = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'applications', aggregate: 'application', type, schema: 1, summary, data, example });
const RELEASE: z.input<typeof release> = { revision: 1, version: '4.100.2', chart_repository: 'local', chart: 'code-server', chart_version: '1.0.0', entry_digest: 'c'.repeat(64), sealed: `release-${EXAMPLE_APPLICATION}-1`, values_digest: 'd'.repeat(64), host: 'code.example.com', zone: EXAMPLE_ZONE, exposures: [] };
const MADE: z.input<typeof madeObject> = { sort: 'record', kind: 'A', namespace: null, name: 'code.example.com', ref: EXAMPLE_ZONE };
/** Such as `{workload, replicas}`. */
export const workWith = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
export const podCounts = z.object({ ready: z.int().min(0), wanted: z.int().min(0), restarts: z.int().min(0) });
export const applicationEvents = {
  ApplicationRequested: event('ApplicationRequested', 'An application is to be. Its first deployment follows.', z.object({
    name: applicationName, entry: entryId, entry_name: z.string(), icon: z.string(), server: ulid, server_name: z.string(), zone: cloudflareId.nullable(), subdomain: subdomain.nullable(), host: z.string().nullable(), namespace: z.string(), release_name: z.string(), version: z.string(), deployment: ulid, plan: ulid, reason: z.string(), updates,
  }), { name: 'Team notes', entry: 'code-server', entry_name: 'code-server', icon: '', server: EXAMPLE_SERVER, server_name: 'web-1', zone: EXAMPLE_ZONE, subdomain: 'code', host: 'code.example.com', namespace: 'code-code-server', release_name: 'code-code-server', version: '4.100.2', deployment: EXAMPLE_DEPLOYMENT, plan: EXAMPLE_PLAN, reason: 'For the team', updates: { auto: 'none', window: null } }),
  WorkStarted: event('WorkStarted', 'Something is done to it: until it ends nothing else is.', z.object({
    deployment: ulid, kind: z.enum(WORK_KINDS), plan: ulid.nullable(), /** Of work without a plan: what it needs. */ with: workWith, reason: z.string(), /** The deployment failed before and goes on. */ retry: z.boolean(),
  }), { deployment: EXAMPLE_DEPLOYMENT, kind: 'upgrade', plan: EXAMPLE_PLAN, with: {}, reason: 'For the team', retry: false }),
  WorkEnded: event('WorkEnded', 'It ended. After `failed` or `cancelled` the application is what it was before, unless `status` says otherwise.', z.object({ deployment: ulid, kind: z.enum(WORK_KINDS), outcome: z.enum(['done', 'failed', 'cancelled']), status: z.enum(STATUSES), problem: z.object({ code: z.string(), message: z.string() }).nullable() }), { deployment: EXAMPLE_DEPLOYMENT, kind: 'upgrade', outcome: 'done', status: 'running', problem: null }),
  ObjectsMade: event('ObjectsMade', 'This was made for it.', z.object({ deployment: ulid, objects: z.array(madeObject).min(1).max(200) }), { deployment: EXAMPLE_DEPLOYMENT, objects: [MADE] }),
  ObjectsGone: event('ObjectsGone', 'This was taken away; seen to be gone.', z.object({ deployment: ulid, objects: z.array(madeObject).min(1).max(200) }), { deployment: EXAMPLE_DEPLOYMENT, objects: [MADE] }),
  ReleaseMade: event('ReleaseMade', 'From now on this is its release. `again`: the revision that it is once more.', z.object({ deployment: ulid, release, again: z.int().nullable(), reason: z.string() }), { deployment: EXAMPLE_DEPLOYMENT, release: RELEASE, again: null, reason: 'For the team' }),
  PodsScaled: event('PodsScaled', 'A workload has another number of pods. `from` is what a start goes back to.', z.object({ deployment: ulid, workload: z.string(), from: z.int(), to: z.int() }), { deployment: EXAMPLE_DEPLOYMENT, workload: 'Deployment/code', from: 1, to: 0 }),
  ApplicationObserved: event('ApplicationObserved', 'The cluster says something else than before.', z.object({ health: z.enum(HEALTHS), pods: podCounts, sentence: z.string(), address: z.enum(['unknown', 'answers', 'silent', 'wrong']) }), { health: 'deployed', pods: { ready: 1, wanted: 1, restarts: 0 }, sentence: '1 of 1 pods ready', address: 'answers' }),
  AccessRead: event('AccessRead', 'A password or token was shown to somebody.', z.object({ kind: z.enum(['password', 'bcrypt', 'token']) }), { kind: 'password' }),
  PasswordChanged: event('PasswordChanged', 'Its password is another.', z.object({ deployment: ulid.nullable() }), { deployment: null }),
  UpdatePolicySet: event('UpdatePolicySet', 'What is upgraded without being asked is another.', updates, { auto: 'patch', window: { days: ['sun'], from: '02:00', to: '05:00' } }),
  UpdateHeld: event('UpdateHeld', 'A version is not taken by itself any more, as it failed.', z.object({ version: z.string(), message: z.string() }), { version: '4.101.0', message: 'The pods did not become ready.' }),
  DriftSeen: event('DriftSeen', 'Objects in the cluster are not what the release says. Empty: they are again.', z.object({ findings: z.array(z.object({ kind: z.string(), name: z.string(), what: z.enum(['changed', 'missing', 'unknown']), detail: z.string() })).max(200) }), { findings: [{ kind: 'Deployment', name: 'code', what: 'changed', detail: 'replicas: 1 → 3' }] }),
  DriftAccepted: event('DriftAccepted', 'Somebody says that it is right as it is in the cluster.', z.object({ digest }), { digest: 'e'.repeat(64) }),
  ApplicationDeleted: event('ApplicationDeleted', 'It is gone. `kept`: what stays on purpose.', z.object({ kept: z.array(madeObject) }), { kept: [] }),
} as const;
export const acceptApplicationDrift = applicationCommand({ verb: 'accept-drift', on: 'id', summary: 'What is in the cluster is right; say no more of it until it changes.', input: z.object({}), output: written, example: {}, errors: [...APPLICATION_ERRORS, 'APPLICATION.NO_DRIFT'] });

export const applicationView = defineView({
  service: 'applications', view: 'applications', schema: 1, summary: 'Applications, as they are now.',
  data: z.object({
    id: ulid, name: z.string(), entry: entryId, entry_name: z.string(), icon: z.string(), server: ulid, server_name: z.string(), zone: cloudflareId.nullable(), subdomain: z.string().nullable(), host: z.string().nullable(), namespace: z.string(), release_name: z.string(),
    status: z.enum(STATUSES), health: z.enum(HEALTHS), sentence: z.string(), pods: podCounts, address: z.enum(['unknown', 'answers', 'silent', 'wrong']), observed_at: z.iso.datetime().nullable(),
    version: z.string(), revision: z.int(), exposures: z.array(exposure), updates, held: z.array(z.string()),
    /** The newest work of it: under way, or ended. */
    deployment: ulid.nullable(), work: z.enum(WORK_KINDS).nullable(), /** What failed last, and was not followed by anything else. */ failed: z.enum(WORK_KINDS).nullable(), releases: z.int().min(0), problem: z.object({ code: z.string(), message: z.string() }).nullable(), drift: z.int().min(0),
    /** What may be asked of it now. */
    next: z.array(z.enum(ACTIONS)), made: z.array(madeObject), /** Workloads that were given another number of pods than their release says, and that number. */ scaled: z.record(z.string(), z.int()), /** What a start goes back to. */ stopped: z.record(z.string(), z.int()), made_at: z.iso.datetime(), made_by: actor, changed_at: z.iso.datetime(),
  }),
  example: {
    id: EXAMPLE_APPLICATION, name: 'Team notes', entry: 'code-server', entry_name: 'code-server', icon: '', server: EXAMPLE_SERVER, server_name: 'web-1', zone: EXAMPLE_ZONE, subdomain: 'code', host: 'code.example.com', namespace: 'code-code-server', release_name: 'code-code-server',
    status: 'running', health: 'deployed', sentence: '1 of 1 pods ready', pods: { ready: 1, wanted: 1, restarts: 0 }, address: 'answers', observed_at: '2026-11-21T08:05:00.000Z', version: '4.100.2', revision: 1, exposures: [], updates: { auto: 'none', window: null }, held: [], deployment: EXAMPLE_DEPLOYMENT, work: null, failed: null, releases: 1, problem: null, drift: 0,
    next: ['upgrade', 'set-values', 'expose', 'restart', 'stop', 'scale', 'set-password', 'delete'], made: [MADE], scaled: {}, stopped: {}, made_at: '2026-11-21T08:00:00.000Z', made_by: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' }, changed_at: '2026-11-21T08:05:00.000Z',
  },
});
/** Key `<tenant>.releases.<application>.<revision>`; the newest hundred of each. */
export const releasesView = defineView({
  service: 'applications', view: 'releases', within: true, schema: 1, summary: 'The releases of applications: who made which, when, why. One can be gone back to.',
  data: z.object({ application: ulid, ...release.shape, deployment: ulid, again: z.int().nullable(), reason: z.string(), by: actor, at: z.iso.datetime(), current: z.boolean() }),
  example: { application: EXAMPLE_APPLICATION, ...RELEASE, deployment: EXAMPLE_DEPLOYMENT, again: null, reason: 'For the team', by: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' }, at: '2026-11-21T08:05:00.000Z', current: true },
});
export const applicationHistory = defineQuery({
  service: 'applications', question: 'history', on: 'id', summary: 'The releases of an application, newest first.', input: z.object({}), output: z.object({ releases: z.array(releasesView.data) }), example: {}, errors: ['APPLICATION.NOT_FOUND'],
});
export const portForwards = defineQuery({
  service: 'applications', question: 'port-forwards', on: 'id', summary: 'Which ports of it have an address, and which could have one.',
  input: z.object({}), output: z.object({ ports: z.array(z.object({ port: z.int(), name: z.string(), description: z.string(), http: z.boolean(), /** Of the application itself; not taken away by `unexpose`. */ main: z.boolean(), host: z.string().nullable(), zone: cloudflareId.nullable() })) }),
  example: {}, errors: ['APPLICATION.NOT_FOUND'],
});
export const applicationDriftView = defineView({
  service: 'applications', view: 'drift', schema: 1, summary: 'Applications whose objects were changed in the cluster by hand.',
  data: z.object({ application: ulid, name: z.string(), findings: applicationEvents.DriftSeen.data.shape.findings, accepted: z.boolean(), seen_at: z.iso.datetime() }),
  example: { application: EXAMPLE_APPLICATION, name: 'Team notes', findings: [{ kind: 'Deployment', name: 'code', what: 'changed', detail: 'replicas: 1 → 3' }], accepted: false, seen_at: '2026-11-21T09:00:00.000Z' },
});
