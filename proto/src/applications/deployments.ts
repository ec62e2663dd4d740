/** Deployments: everything that is done to an application, as a process whose every step is an event, so that none is lost and none is done twice. */
import { z } from 'zod';
import { defineEvent, defineSignal, defineView } from '../contract.js';
import { actor, ulid } from '../envelope.js';
import { WORK_KINDS } from './actions.js';
import { EXAMPLE_DEPLOYMENT, madeObject, workWith } from './applications.js';
import { EXAMPLE_APPLICATION, EXAMPLE_PLAN } from './plans.js';

/** In this order, as far as the kind of work has them; taken back in the other. */
export const DEPLOYMENT_STEPS = ['check', 'namespace', 'secrets', 'chart', 'values', 'helm', 'tls', 'record', 'address', 'scale', 'uninstall', 'record-gone', 'tls-gone', 'secrets-gone', 'volumes-gone', 'namespace-gone', 'verify'] as const;
export const deploymentStep = z.enum(DEPLOYMENT_STEPS);
export type DeploymentStep = z.infer<typeof deploymentStep>;
const failure = { code: z.string(), message: z.string() };
const FAILURE = { code: 'CHART.NOT_READY', message: 'After 10 minutes 0 of 1 pods were ready: the image ghcr.io/acme/code:9 cannot be pulled. Choose a version that exists.' };

const event = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'applications', aggregate: 'deployment', type, schema: 1, summary, data, example });
export const deploymentEvents = {
  DeploymentStarted: event('DeploymentStarted', 'Something is done to an application, step by step.', z.object({ application: ulid, kind: z.enum(WORK_KINDS), plan: ulid.nullable(), steps: z.array(deploymentStep).min(1), /** Of work without a plan: what it needs. */ with: workWith, reason: z.string() }), { application: EXAMPLE_APPLICATION, kind: 'deploy', plan: EXAMPLE_PLAN, steps: ['check', 'namespace', 'secrets', 'chart', 'values', 'helm', 'tls', 'record', 'address', 'verify'], with: {}, reason: 'For the team' }),
  DeploymentStepStarted: event('DeploymentStepStarted', 'A step begins. `back`: it is taken back.', z.object({ step: deploymentStep, attempt: z.int().min(1), back: z.boolean() }), { step: 'helm', attempt: 1, back: false }),
  DeploymentStepProgressed: event('DeploymentStepProgressed', 'How far a long step is, in words; rare.', z.object({ step: deploymentStep, text: z.string().max(500) }), { step: 'helm', text: '1 of 2 pods ready' }),
  DeploymentStepFinished: event('DeploymentStepFinished', 'A step is done. `made` and `gone`: by it.', z.object({ step: deploymentStep, back: z.boolean(), duration_ms: z.int().min(0), made: z.array(madeObject).max(200), gone: z.array(madeObject).max(200), /** Rightly nothing was to be done. */ skipped: z.boolean(), text: z.string().max(500) }), { step: 'namespace', back: false, duration_ms: 120, made: [{ sort: 'namespace', kind: 'Namespace', namespace: null, name: 'code-code-server', ref: null }], gone: [], skipped: false, text: '' }),
  DeploymentStepFailed: event('DeploymentStepFailed', 'A try of a step has failed. `retry_at`: it is tried again by itself.', z.object({ step: deploymentStep, attempt: z.int().min(1), back: z.boolean(), ...failure, retry_at: z.iso.datetime().nullable() }), { step: 'helm', attempt: 1, back: false, ...FAILURE, retry_at: null }),
  DeploymentUndoStarted: event('DeploymentUndoStarted', 'What it made is taken back, last first: it failed, or somebody cancelled it.', z.object({ because: z.enum(['failed', 'cancelled']), ...failure }), { because: 'failed', ...FAILURE }),
  DeploymentCancelRequested: event('DeploymentCancelRequested', 'Somebody wants it to stop.', z.object({}), {}),
  DeploymentRetried: event('DeploymentRetried', 'Somebody has it go on from where it failed.', z.object({ from: deploymentStep }), { from: 'helm' }),
  DeploymentFinished: event('DeploymentFinished', 'All is done.', z.object({ duration_ms: z.int().min(0) }), { duration_ms: 14_120 }),
  DeploymentFailed: event('DeploymentFailed', 'It failed. `undone`: what it made is taken back; else it says what is left.', z.object({ ...failure, undone: z.boolean(), left: z.array(madeObject) }), { ...FAILURE, undone: true, left: [] }),
  DeploymentCancelled: event('DeploymentCancelled', 'It was stopped, and what it made is seen to be gone.', z.object({}), {}),
} as const;

export const DEPLOYMENT_STATES = ['working', 'undoing', 'done', 'failed', 'cancelled'] as const;
const stepView = z.object({ step: deploymentStep, state: z.enum(['waiting', 'working', 'done', 'skipped', 'failed', 'undoing', 'undone']), attempt: z.int(), started_at: z.iso.datetime().nullable(), duration_ms: z.int().nullable(), text: z.string(), problem: z.object(failure).nullable() });
/** Key `<tenant>.deployments.<application>.<deployment>`; the newest twenty of each. */
export const deploymentView = defineView({
  service: 'applications', view: 'deployments', within: true, schema: 1, summary: 'What is or was done to applications, step by step.',
  data: z.object({
    id: ulid, application: ulid, kind: z.enum(WORK_KINDS), plan: ulid.nullable(), state: z.enum(DEPLOYMENT_STATES), steps: z.array(stepView), cancelling: z.boolean(), problem: z.object(failure).nullable(), retry_at: z.iso.datetime().nullable(), undone: z.boolean(), left: z.array(madeObject),
    reason: z.string(), started_at: z.iso.datetime(), started_by: actor, ended_at: z.iso.datetime().nullable(), next: z.array(z.enum(['cancel', 'retry'])),
  }),
  example: {
    id: EXAMPLE_DEPLOYMENT, application: EXAMPLE_APPLICATION, kind: 'deploy', plan: EXAMPLE_PLAN, state: 'working', steps: [{ step: 'helm', state: 'working', attempt: 1, started_at: '2026-11-21T08:00:02.000Z', duration_ms: null, text: '0 of 1 pods ready', problem: null }], cancelling: false, problem: null, retry_at: null,
    undone: false, left: [], reason: 'For the team', started_at: '2026-11-21T08:00:00.000Z', started_by: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' }, ended_at: null, next: ['cancel'],
  },
});
export const outputSignal = defineSignal({
  service: 'applications', aggregate: 'application', what: 'output', summary: 'What Helm and kubectl print while a step runs, secrets masked; at most ten of these a second. Kept nowhere: the last lines of a failure are in its event.',
  data: z.object({ deployment: ulid, step: deploymentStep, lines: z.array(z.string()), dropped: z.int().min(0) }), example: { deployment: EXAMPLE_DEPLOYMENT, step: 'helm', lines: ['Release "code-code-server" does not exist. Installing it now.'], dropped: 0 },
});
