/**
 * What can be deployed, as data: a catalog entry. People write it as YAML (docs/add-a-catalog-entry.md). Every field acts; one that would not, for the
 * chart that the entry names, is refused when it is added. Texts may hold placeholders (`{{HOST}}`) only where it says so.
 */
import { z } from 'zod';

/** Bytes of an entry's YAML. */
export const ENTRY_LIMIT = 40_000;

export const CATEGORIES = ['AI', 'Automation', 'Database', 'Development', 'DevOps', 'Monitoring', 'Productivity', 'Storage', 'Utilities', 'Web', 'Other'] as const;
export const VERSION_SOURCES = ['github', 'dockerhub', 'helm', 'static'] as const;
/** What every values template may use. `SECRET_NAME` is the Kubernetes Secret that holds the entry's secrets. */
export const PLACEHOLDERS = ['VERSION', 'SUBDOMAIN', 'DOMAIN', 'HOST', 'RELEASE_NAME', 'NAMESPACE', 'SECRET_NAME', 'TIMEZONE'] as const;
export type BuiltInPlaceholder = (typeof PLACEHOLDERS)[number];

/** Also a token of subjects and a part of release names. */
export const entryId = z.string().regex(/^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/, '1–40 small letters, digits and hyphens, beginning with a letter, not ending with a hyphen');
const word = (max: number) => z.string().trim().min(1).max(max);
const line = (max: number) => z.string().trim().min(1).max(max).regex(/^\P{Cc}*$/u, 'one line without control characters');
const portNumber = z.int().min(1).max(65_535);
const portName = z.string().regex(/^[a-z](?:[a-z0-9-]{0,13}[a-z0-9])?$/, '1–15 small letters, digits and hyphens');
const objectName = z.string().regex(/^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/, '1–40 small letters, digits and hyphens');
/** The name of a Kubernetes object, with placeholders. */
const nameTemplate = z.string().regex(/^(?:[a-z0-9.-]|\{\{ ?[A-Z_]+ ?\}\}){1,120}$/, 'a name of small letters, digits, hyphens and placeholders, such as {{RELEASE_NAME}}-server');
const absolutePath = z.string().max(255).regex(/^\/\P{Cc}*$/u, 'an absolute path');
/** Where something stands in the chart's values: `server.persistence.size`. */
const valuesPath = z.string().max(200).regex(/^[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*$/, 'a path into the values, such as server.persistence.size');
const secretKey = z.string().max(100).regex(/^[A-Za-z][A-Za-z0-9._-]*$/, 'letters, digits, dots, hyphens and underscores, beginning with a letter');
const variableName = z.string().max(100).regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'letters, digits and underscores, not beginning with a digit');
const placeholderName = z.string().regex(/^[A-Z][A-Z0-9_]{0,49}$/, 'capital letters, digits and underscores, such as STORAGE_CLASS');

export const versionSource = z.object({
  type: z.enum(VERSION_SOURCES),
  /** github: `owner/repository`; dockerhub: `image` or `namespace/image`; helm: address of the repository; static: not needed. */
  source: z.string().max(300).default(''),
  /** helm: the chart whose versions are asked for. Preset: that of `helm_chart`. */
  chart: z.string().max(100).regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/).optional(),
  /** Regular expression that the whole version must fit, without a leading `v`. */
  pattern: z.string().min(1).max(200).optional(),
  /** static: the versions. Else: what is offered as long as the source has never been reached. */
  versions: z.array(line(128)).max(50).default([]),
  /** Offer alphas, betas and release candidates too. */
  prereleases: z.boolean().default(false),
});
export type VersionSource = z.infer<typeof versionSource>;

/** An own placeholder of the entry, asked for in the wizard. */
export const ownPlaceholder = z.object({
  description: z.string().max(300).default(''),
  /** What stands there when nobody chose. May hold the built-in placeholders. */
  default: z.union([z.string().max(1_000), z.number(), z.boolean()]).optional(),
  /** A number or boolean keeps its type where the placeholder is the whole value. */
  type: z.enum(['string', 'number', 'boolean']).default('string'),
  /** Regular expression that a chosen text must fit as a whole. */
  pattern: z.string().min(1).max(200).optional(),
  /** The only values that may be chosen. */
  choices: z.array(z.string().max(200)).max(50).optional(),
});
export type OwnPlaceholder = z.infer<typeof ownPlaceholder>;

/** Where a chart that is not ours takes what the entry says of itself; charts of ours (`repository: local`) know. */
export const chartBindings = z.object({
  /** Environment variables go here. */
  environment: valuesPath.optional(),
  /** `list`: of Kubernetes EnvVar; `map`: name to text, which can hold no secret. */
  environment_form: z.enum(['list', 'map']).default('list'),
  /** `readinessProbe`, `livenessProbe` and `startupProbe` go below this; empty text: at the top. */
  health_checks: z.union([valuesPath, z.literal('')]).optional(),
});

export const helmChart = z.object({
  /** `local`: a chart that Xanthus brings along; else the https address of a Helm repository, or `oci://…`. */
  repository: z.string().max(300).regex(/^(?:local|(?:https?|oci):\/\/[^\s/?#]+(?:\/[^\s?#]*)?)$/, 'local, the https address of a Helm repository, or oci://…'),
  chart: z.string().max(100).regex(/^[a-z0-9][a-z0-9._-]*$/, 'the name of a chart'),
  /** Exactly this version of the chart. Versions of a `helm` source choose their own. */
  version: z.string().regex(/^v?\d{1,6}\.\d{1,6}\.\d{1,6}(?:[-+][0-9A-Za-z.+-]{1,60})?$/, 'an exact version such as 1.4.2; "latest" would deploy something else tomorrow'),
  /** With placeholders. */
  namespace: nameTemplate.default('{{RELEASE_NAME}}'),
  /** Values for the chart; texts in it may hold placeholders, names may not. */
  values_template: z.record(z.string(), z.unknown()).default({}),
  placeholders: z.record(placeholderName, ownPlaceholder).default({}),
  bindings: chartBindings.optional(),
});
export type HelmChart = z.infer<typeof helmChart>;

export const requirements = z.object({
  /** Cores. */
  min_cpu: z.number().min(0).max(512).default(0),
  /** GiB. */
  min_memory_gb: z.number().min(0).max(4_096).default(0),
  /** GiB, the volumes included. */
  min_disk_gb: z.number().min(0).max(65_536).default(0),
});

export const entryPort = z.object({
  name: portName,
  /** That a container listens to. */
  port: portNumber,
  description: z.string().max(300).default(''),
  protocol: z.enum(['TCP', 'UDP']).default('TCP'),
  /** Speaks HTTP, so it may be exposed under a subdomain. */
  http: z.boolean().default(true),
});
export type EntryPort = z.infer<typeof entryPort>;

export const entryVolume = z.object({
  name: objectName,
  /** Where it is mounted. */
  path: absolutePath,
  size_gb: z.number().min(0.1).max(65_536),
  description: z.string().max(300).default(''),
  /** Own charts: which component mounts it. */
  component: objectName.default('app'),
  /** Other charts: where the size (`10Gi`) goes in the values. */
  values_path: valuesPath.optional(),
});
export type EntryVolume = z.infer<typeof entryVolume>;

export const entryVariable = z.object({
  name: variableName,
  description: z.string().max(300).default(''),
  /** With placeholders. A secret one has none. */
  default: z.string().max(4_000).optional(),
  required: z.boolean().default(false),
  /** Given by the person, kept in the vault and in the release's Secret under its own name; never in values, events or plans. */
  secret: z.boolean().default(false),
  /** Own charts: which component gets it. */
  component: objectName.default('app'),
});
export type EntryVariable = z.infer<typeof entryVariable>;

export const ALPHABETS = ['alphanumeric', 'hex', 'base64url', 'digits'] as const;
export const entrySecret = z.object({
  /** Its key in the Secret `{{SECRET_NAME}}`. */
  name: secretKey,
  description: z.string().max(300).default(''),
  /** Made at the first deploy and kept over upgrades. Characters. */
  length: z.int().min(16).max(256).default(32),
  alphabet: z.enum(ALPHABETS).default('alphanumeric'),
  /** Made of another secret of this list instead: itself, its bcrypt hash, or a line `user:hash` for HTTP basic authentication. */
  derive: z.object({
    from: secretKey,
    as: z.enum(['plain', 'bcrypt', 'htpasswd']),
    user: z.string().max(64).regex(/^[A-Za-z0-9._@-]+$/).optional(),
    /** The text around it, `{{VALUE}}` where it stands: a configuration file, an address. */
    text: z.string().max(4_000).optional(),
  }).optional(),
});
export type EntrySecret = z.infer<typeof entrySecret>;

const probe = z.object({
  /** HTTP GET; without path and command the port is only opened. */
  path: absolutePath.optional(),
  command: z.array(z.string().min(1).max(500)).min(1).max(20).optional(),
  /** Preset: `default_port`. */
  port: portNumber.optional(),
  initial_delay_seconds: z.int().min(0).max(3_600).default(0),
  period_seconds: z.int().min(1).max(3_600).default(10),
  timeout_seconds: z.int().min(1).max(300).default(3),
  failure_threshold: z.int().min(1).max(1_000).default(3),
});
export type EntryProbe = z.infer<typeof probe>;

export const healthChecks = z.object({
  readiness: probe.optional(),
  liveness: probe.optional(),
  startup: probe.optional(),
  /** The address, asked from outside once the deploy is done, and in the overview. Null: nothing listens to HTTP there. */
  address: z.object({
    path: absolutePath.default('/'),
    /** Status codes that mean that it works. */
    statuses: z.array(z.int().min(100).max(599)).min(1).max(30).default([200, 204, 301, 302, 303, 307, 308, 401, 403]),
    within_seconds: z.int().min(1).max(1_800).default(120),
  }).nullable().prefault({}),
});

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'HH:MM');
export const updatePolicy = z.object({
  /** What is upgraded without being asked. */
  auto: z.enum(['none', 'patch', 'minor']).default('none'),
  /** In the server's time zone; `to` before `from` ends on the next day. */
  window: z.object({ days: z.array(z.enum(WEEKDAYS)).min(1).max(7).default([...WEEKDAYS]), from: timeOfDay.default('02:00'), to: timeOfDay.default('05:00') }).optional(),
  /** A failed upgrade goes back to the release before. */
  rollback: z.boolean().default(true),
});
export type UpdatePolicy = z.infer<typeof updatePolicy>;

/** How one gets in the first time. */
export const access = z.discriminatedUnion('kind', [
  /** Nothing to log in to, or the application asks for nothing. */
  z.object({ kind: z.literal('none'), hint: z.string().max(500).default('') }),
  /** The first visitor makes the account. */
  z.object({ kind: z.literal('first-visit'), hint: z.string().max(500).default('') }),
  /** In a Secret. `restart`: a new one counts after a restart; `in-app`: it is changed inside the application only. */
  z.object({
    kind: z.literal('password'), username: z.string().max(100).default(''), secret: nameTemplate.default('{{SECRET_NAME}}'), key: secretKey, change: z.enum(['restart', 'in-app']).default('in-app'),
    /** Deployment or StatefulSet to restart, with placeholders. */
    workload: nameTemplate.default('{{RELEASE_NAME}}'),
    hint: z.string().max(500).default(''),
  }),
  /** The initial one in a Secret of the application; a new one is written as bcrypt hash into another. */
  z.object({
    kind: z.literal('bcrypt'), username: z.string().max(100), initial_secret: nameTemplate, initial_key: secretKey, secret: nameTemplate, key: secretKey,
    /** Key that gets the time of the change (RFC 3339). */
    changed_key: secretKey.optional(),
    hint: z.string().max(500).default(''),
  }),
  /** A token of a service account, made when asked for. */
  z.object({ kind: z.literal('token'), service_account: nameTemplate, minutes: z.int().min(10).max(1_440).default(60), hint: z.string().max(500).default('') }),
]);
export type EntryAccess = z.infer<typeof access>;

export const cluster = z.object({
  /** Only one of it fits into a cluster: its definitions are cluster-wide. */
  one_per_server: z.boolean().default(false),
  /** Custom resource definitions that it brings; deleting the application lists them. */
  crds: z.array(z.string().max(253).regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, 'a name such as applications.argoproj.io')).max(100).default([]),
  /** It may do anything in the cluster; the plan says so. */
  admin: z.boolean().default(false),
});

export const catalogEntry = z.object({
  id: entryId,
  name: line(100),
  description: word(500),
  /** An SVG drawing without scripts, styles and references, at most 4 KB; empty: the initial letter. */
  icon: z.string().max(4_096).default(''),
  category: z.enum(CATEGORIES).default('Other'),
  tags: z.array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, '1–32 small letters, digits and hyphens')).max(20).default([]),
  features: z.array(line(200)).max(20).default([]),
  documentation: z.union([z.url({ protocol: /^https$/ }).max(500), z.literal('')]).default(''),
  metadata: z.object({ maintainer: z.string().max(200).default(''), support: z.union([z.url({ protocol: /^https$/ }).max(500), z.literal('')]).default(''), license: z.string().max(100).default('') }).prefault({}),
  version_source: versionSource,
  helm_chart: helmChart,
  /** The port that the address leads to. */
  default_port: portNumber,
  requirements: requirements.prefault({}),
  ports: z.array(entryPort).max(20).default([]),
  volumes: z.array(entryVolume).max(20).default([]),
  environment_variables: z.array(entryVariable).max(100).default([]),
  secrets: z.array(entrySecret).max(20).default([]),
  health_checks: healthChecks.prefault({}),
  update_policy: updatePolicy.prefault({}),
  access: access.prefault({ kind: 'none' }),
  cluster: cluster.prefault({}),
});
export type CatalogEntry = z.infer<typeof catalogEntry>;
