/** What is asked of an application while it lives: its state in the cluster, logs, values, how to get in. */
import { z } from 'zod';
import { defineQuery, defineSignal } from '../contract.js';
import { cloudflareId, EXAMPLE_ZONE } from '../dns/records.js';
import { ulid, written } from '../envelope.js';
import { applicationCommand, deploymentStarted, HEALTHS } from './applications.js';
import { APPLICATION_ERRORS, CLUSTER_ERRORS, EXAMPLE_SERVER, subdomain } from './plans.js';

const question = <I extends z.ZodType, O extends z.ZodType>(q: Omit<Parameters<typeof defineQuery<I, O>>[0], 'service'>) => defineQuery<I, O>({ service: 'applications', ...q } as Parameters<typeof defineQuery<I, O>>[0]);
const problem = z.object({ code: z.string(), message: z.string() });
const ON_CLUSTER = ['APPLICATION.NOT_FOUND', ...CLUSTER_ERRORS] as const;
/** The name of a pod, a container, or a workload; never an option. */
const objectName = z.string().max(253).regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'a name as Kubernetes gives it');

export const pod = z.object({
  name: z.string(), /** `Running`, `Pending`, `CrashLoopBackOff`, `ImagePullBackOff`, … */ phase: z.string(), ready: z.boolean(), restarts: z.int(), started_at: z.iso.datetime().nullable(), node: z.string().nullable(), workload: z.string().nullable(),
  containers: z.array(z.object({ name: z.string(), image: z.string(), ready: z.boolean(), restarts: z.int(), state: z.string(), reason: z.string() })),
  /** Cores and bytes; null where the cluster measures none. */
  cpu: z.number().nullable(), memory_bytes: z.number().nullable(),
});
export const applicationStatus = question({
  question: 'application-status', on: 'id', deadline: 25_000, summary: 'How is an application now, asked of Helm, the cluster and its address? What could not be asked is said, not guessed.',
  input: z.object({}),
  output: z.object({
    at: z.iso.datetime(), reachable: z.boolean(), problem: problem.nullable(), simulated: z.boolean(), health: z.enum(HEALTHS), sentence: z.string(),
    helm: z.object({ status: z.string(), revision: z.int(), chart: z.string(), app_version: z.string(), updated_at: z.string() }).nullable(),
    pods: z.array(pod), workloads: z.array(z.object({ workload: z.string(), ready: z.int(), wanted: z.int() })), volumes: z.array(z.object({ name: z.string(), size: z.string(), phase: z.string() })),
    /** Newest first. */
    events: z.array(z.object({ at: z.string(), kind: z.enum(['Normal', 'Warning']), reason: z.string(), object: z.string(), message: z.string(), count: z.int() })),
    addresses: z.array(z.object({ host: z.string(), answers: z.boolean(), status: z.int().nullable(), ms: z.int().nullable(), message: z.string() })),
  }),
  example: {}, errors: ['APPLICATION.NOT_FOUND'],
});
export const applicationLogs = question({
  question: 'logs', on: 'id', deadline: 20_000, summary: 'The last lines of a pod of it.',
  input: z.object({ /** Preset: the newest one that is ready. */ pod: objectName.optional(), container: objectName.optional(), lines: z.int().min(1).max(2_000).default(200), previous: z.boolean().default(false) }), output: z.object({ lines: z.array(z.string()), truncated: z.boolean() }), example: { pod: 'code-6d4f9c-x2x9z' }, errors: [...ON_CLUSTER, 'APPLICATION.POD_UNKNOWN'],
});
export const followApplicationLogs = applicationCommand({
  verb: 'follow-logs', on: 'id', summary: 'Follow the log of a pod live: lines come as signals `log`. Ask again with `follower` before `renew_within_ms` is over, or it ends.',
  input: z.object({ pod: objectName, container: objectName.optional(), follower: ulid.optional() }), output: z.object({ follower: ulid, renew_within_ms: z.int() }), example: { pod: 'code-6d4f9c-x2x9z' }, errors: [...ON_CLUSTER, 'APPLICATION.POD_UNKNOWN'],
});
export const stopApplicationLogs = applicationCommand({ verb: 'stop-logs', on: 'id', summary: 'Follow a log no more.', input: z.object({ pod: objectName, container: objectName.optional(), follower: ulid }), output: z.object({}), example: { pod: 'code-6d4f9c-x2x9z', follower: EXAMPLE_SERVER }, errors: ['APPLICATION.NOT_FOUND'] });
export const applicationLogSignal = defineSignal({
  service: 'applications', aggregate: 'application', what: 'log', summary: 'Lines of a pod that somebody follows now, at most ten of these a second. `ended`: nothing more comes, and why.',
  data: z.object({ pod: z.string(), container: z.string().nullable(), lines: z.array(z.string()), dropped: z.int().min(0), ended: problem.optional() }), example: { pod: 'code-6d4f9c-x2x9z', container: null, lines: ['listening on :8080'], dropped: 0 },
});
export const applicationValues = question({
  question: 'values', on: 'id', deadline: 20_000, summary: 'The values of a release: what the entry makes, what was laid over it, both together, variables and names of secrets. Secrets are masked.',
  input: z.object({ revision: z.int().min(1).optional() }),
  output: z.object({ revision: z.int(), overlay: z.string(), all: z.string(), choices: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])), environment: z.array(z.object({ name: z.string(), value: z.string().nullable(), secret: z.boolean() })), secrets: z.array(z.string()), schema: z.record(z.string(), z.unknown()).nullable() }),
  example: {}, errors: ['APPLICATION.NOT_FOUND', 'APPLICATION.REVISION_UNKNOWN'],
});
export const prerequisites = question({
  question: 'prerequisites', on: 'all', summary: 'What a deploy needs, and whether it is there: servers with Kubernetes, managed domains.',
  input: z.object({}),
  output: z.object({
    servers: z.array(z.object({ id: ulid, name: z.string(), ready: z.boolean(), /** What is missing, and what to do. */ missing: z.string(), simulated: z.boolean(), time_zone: z.string() })),
    zones: z.array(z.object({ id: cloudflareId, name: z.string(), ready: z.boolean(), missing: z.string() })),
  }),
  example: {},
});
export const checkHost = question({
  question: 'check-host', on: 'all', summary: 'Is this name still free? For a form, while somebody types.',
  input: z.object({ zone: cloudflareId, subdomain, application: ulid.optional() }), output: z.object({ host: z.string(), free: z.boolean(), message: z.string() }), example: { zone: EXAMPLE_ZONE, subdomain: 'code' }, errors: ['DNS.NOT_MANAGED'],
});
/** A command, not a question: being allowed to see applications does not give their passwords, and every reading is an event. */
export const readAccess = applicationCommand({
  verb: 'read-access', on: 'id', deadline: 20_000, summary: 'How to get in: the name and password, or a short-lived token. Recorded.',
  input: z.object({}), output: written.extend({ kind: z.enum(['none', 'first-visit', 'password', 'bcrypt', 'token']), username: z.string(), secret: z.string().nullable(), /** Whether it is still the first one; after a change inside the application it may count no more. */ initial: z.boolean(), expires_at: z.iso.datetime().nullable(), hint: z.string() }),
  example: {}, errors: [...ON_CLUSTER, 'APPLICATION.NO_ACCESS'],
});
export const setPassword = applicationCommand({
  verb: 'set-password', on: 'id', deadline: 30_000, summary: 'Change the password for real. Left out: one is made; read it with `read-access`.',
  input: z.object({ password: z.string().min(8).max(200).regex(/^[\x20-\x7e]+$/, 'printable characters').optional() }), output: deploymentStarted, example: {}, errors: [...APPLICATION_ERRORS, ...CLUSTER_ERRORS, 'APPLICATION.PASSWORD_INSIDE', 'APPLICATION.PASSWORD_UNSUITABLE'],
});
