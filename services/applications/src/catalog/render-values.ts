import type { CatalogEntry, EntryVersion } from '@xanthus/proto/applications';
import { boundValues } from './bind-fields.js';
import { hostOf, namespaceOf, releaseNameOf, secretNameOf, SYSTEM_NAMESPACES, tlsSecretOf } from './names.js';
import { chosenProblem, fill, fillTree, type Filled } from './placeholders.js';
import { suggestion } from './suggest.js';
import { deepMerge, type Branch } from './tree.js';

export interface RenderInputs {
  readonly version: Pick<EntryVersion, 'version' | 'app_version'>;
  /** `@`: the domain itself. */
  readonly subdomain: string;
  /** Null: no address outside of the cluster. */
  readonly domain: string | null;
  /** IANA name of the server's time zone. */
  readonly time_zone: string;
  /** Preset: made of subdomain and entry. What is deployed keeps the one that it has. */
  readonly release_name?: string;
  /** Preset: as the entry says. */
  readonly namespace?: string;
  /** Own placeholders of the entry. */
  readonly choices?: Readonly<Record<string, string | number | boolean>>;
  /** Plain variables. Secret ones are named in `secret_environment`; their values never come here. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly secret_environment?: readonly string[];
  readonly volume_sizes?: Readonly<Record<string, number>>;
  /** Another one than before when what lies in the Secret is: letters and digits. Charts of ours start their pods anew then. */
  readonly secret_version?: string;
  /** Laid over everything else, the way Helm does; null takes away. Not looked through for placeholders. */
  readonly overlay?: Branch;
}

export interface RenderProblem { /** `choices.NAME`, `environment.NAME` … */ readonly path: string; readonly message: string }

export interface Rendered {
  readonly release_name: string;
  readonly namespace: string;
  readonly secret_name: string;
  readonly host: string | null;
  readonly tls_secret: string | null;
  /** What the entry makes, without `overlay`. */
  readonly made: Branch;
  /** What Helm gets. */
  readonly values: Branch;
}
export type RenderAnswer = { readonly ok: true; readonly rendered: Rendered; readonly problems: readonly [] } | { readonly ok: false; readonly rendered: null; readonly problems: readonly RenderProblem[] };

/**
 * The values of a release: the entry's template with its placeholders filled in, what its fields mean for the chart, and the person's own over it.
 * Holds no secret, unless somebody writes one into `overlay`. Pure.
 */
export const renderValues = (entry: CatalogEntry, inputs: RenderInputs): RenderAnswer => {
  const problems = inputProblems(entry, inputs);
  if (problems.length > 0) return { ok: false, rendered: null, problems };
  const { subdomain, domain, environment = {}, secret_environment = [], volume_sizes = {}, overlay = {} } = inputs;
  const release = inputs.release_name ?? releaseNameOf(subdomain, domain ?? 'local', entry.id);
  const namespace = inputs.namespace ?? namespaceOf(entry, { SUBDOMAIN: subdomain === '@' ? (domain ?? 'local').replaceAll('.', '-') : subdomain.replaceAll('.', '-'), RELEASE_NAME: release });
  if (inputs.namespace === undefined && (SYSTEM_NAMESPACES.has(namespace) || namespace.startsWith('kube-'))) return { ok: false, rendered: null, problems: [{ path: 'subdomain', message: `The namespace would be ${namespace}, which belongs to the cluster. Choose another subdomain.` }] };
  const inside = `${release}.${namespace}.svc.cluster.local`;
  const host = domain === null || !hasAddress(entry) ? null : hostOf(subdomain, domain);
  const built: Filled = {
    VERSION: inputs.version.app_version ?? inputs.version.version, SUBDOMAIN: subdomain === '@' ? '' : subdomain, DOMAIN: domain ?? 'cluster.local', HOST: host ?? inside,
    RELEASE_NAME: release, NAMESPACE: namespace, SECRET_NAME: secretNameOf(release), TIMEZONE: inputs.time_zone,
  };
  const filled: Filled = { ...ownValues(entry, inputs, built), ...built };
  const template = fillTree(entry.helm_chart.values_template as Branch, filled) as Branch;
  const made = deepMerge(template, boundValues(entry, template, { filled, host, tls_secret: domain === null || host === null ? null : tlsSecretOf(domain), environment, secret_environment, volume_sizes, secret_version: inputs.secret_version ?? '' }));
  return { ok: true, problems: [], rendered: { release_name: release, namespace, secret_name: secretNameOf(release), host, tls_secret: host === null || domain === null ? null : tlsSecretOf(domain), made, values: deepMerge(made, overlay) } };
};

/** Does it speak HTTP, so that an address can lead to it? */
export const hasAddress = (entry: CatalogEntry): boolean => entry.health_checks.address !== null;

/** A name of the entry (`access.secret`, `access.workload` …) with its placeholders filled in. */
export const filledName = (template: string, rendered: Pick<Rendered, 'release_name' | 'namespace' | 'secret_name'>): string =>
  fill(template, { RELEASE_NAME: rendered.release_name, NAMESPACE: rendered.namespace, SECRET_NAME: rendered.secret_name });

/** What Helm reads on stdin. JSON is YAML whose every value is what it says: no text turns into a number or a date. */
export const valuesText = (values: Branch): string => `${JSON.stringify(values, null, 2)}\n`;

const ownValues = (entry: CatalogEntry, { choices = {} }: RenderInputs, built: Filled): Filled =>
  Object.fromEntries(Object.entries(entry.helm_chart.placeholders).flatMap(([name, own]) => {
    const value = Object.hasOwn(choices, name) ? choices[name] : typeof own.default === 'string' ? fill(own.default, built) : own.default;
    return value === undefined ? [] : [[name, value]];
  }));

const LABELS = /^(?:@|[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?){0,10})$/;
const NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const inputProblems = (entry: CatalogEntry, inputs: RenderInputs): readonly RenderProblem[] => {
  const problems: RenderProblem[] = [];
  const at = (path: string, message: string): void => { problems.push({ path, message }); };
  const { choices = {}, environment = {}, secret_environment = [], volume_sizes = {} } = inputs;
  if (!LABELS.test(inputs.subdomain)) at('subdomain', 'A subdomain is small letters, digits and hyphens, or @ for the domain itself.');
  if (inputs.domain !== null && (!LABELS.test(inputs.domain) || !inputs.domain.includes('.') || inputs.domain.length > 253)) at('domain', 'A domain such as example.com.');
  for (const [field, version] of [['version', inputs.version.version], ['version', inputs.version.app_version ?? inputs.version.version]] as const) if (!/^[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}$/.test(version)) at(field, `"${version.slice(0, 130)}" can be no version.`);
  if (!/^[A-Za-z0-9_+-]{1,32}(?:\/[A-Za-z0-9_+-]{1,32}){0,2}$/.test(inputs.time_zone)) at('time_zone', 'A time zone such as Europe/Berlin.');
  if (inputs.release_name !== undefined && (!NAME.test(inputs.release_name) || inputs.release_name.length > 53)) at('release_name', 'The name of a release is 1–53 small letters, digits and hyphens.');
  if (inputs.namespace !== undefined && !NAME.test(inputs.namespace)) at('namespace', 'The name of a namespace is 1–63 small letters, digits and hyphens.');
  const own = entry.helm_chart.placeholders;
  for (const [name, value] of Object.entries(choices)) {
    const one = Object.hasOwn(own, name) ? own[name] : undefined;
    const why = one === undefined ? `${entry.name} asks for no ${name}.${suggestion(name, Object.keys(own))}` : chosenProblem(name, one, value);
    if (why !== undefined) at(`choices.${name}`, why);
  }
  for (const [name, one] of Object.entries(own)) if (one.default === undefined && !Object.hasOwn(choices, name)) at(`choices.${name}`, `${entry.name} needs ${name}${one.description === '' ? '' : `: ${one.description}`}`);
  const variables = new Map(entry.environment_variables.map(v => [v.name, v]));
  const free = entry.helm_chart.repository === 'local' || entry.helm_chart.bindings?.environment !== undefined;
  for (const [name, value] of Object.entries(environment)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name)) at(`environment.${name}`, 'A variable is letters, digits and underscores.');
    else if (variables.get(name)?.secret) at(`environment.${name}`, `${name} is a secret and does not belong among plain variables.`);
    else if (!variables.has(name) && !free) at(`environment.${name}`, `The chart of ${entry.name} takes no variables.`);
    if (value.length > 32_000 || value.includes('\0')) at(`environment.${name}`, `${name} is longer than 32,000 characters or holds NUL.`);
  }
  for (const name of secret_environment) if (variables.get(name)?.secret !== true) at(`environment.${name}`, `${name} is no secret variable of ${entry.name}.${suggestion(name, [...variables.values()].filter(v => v.secret).map(v => v.name))}`);
  for (const v of entry.environment_variables) {
    if (v.required && v.default === undefined && !Object.hasOwn(environment, v.name) && !secret_environment.includes(v.name)) at(`environment.${v.name}`, `${entry.name} needs ${v.name}${v.description === '' ? '.' : `: ${v.description}`}`);
  }
  for (const [name, size] of Object.entries(volume_sizes)) {
    if (!entry.volumes.some(v => v.name === name)) at(`volume_sizes.${name}`, `${entry.name} has no volume ${name}.`);
    else if (!(size >= 0.1 && size <= 65_536)) at(`volume_sizes.${name}`, 'A size is 0.1 to 65,536 GiB.');
  }
  return problems;
};
