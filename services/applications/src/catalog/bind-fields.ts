import type { CatalogEntry, EntryProbe } from '@xanthus/proto/applications';
import { fill, type Filled } from './placeholders.js';
import { branchAt, deepMerge, valueAt, type Branch, type Tree } from './tree.js';

export interface Bound {
  readonly filled: Filled;
  /** Null: no address. */
  readonly host: string | null;
  readonly tls_secret: string | null;
  /** What a person chose, over the presets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Secret variables that have been given: their names are keys of the release's Secret. */
  readonly secret_environment: readonly string[];
  /** GiB by name of the volume, over what the entry says. */
  readonly volume_sizes: Readonly<Record<string, number>>;
  readonly secret_version: string;
}

/** What the fields of an entry mean in the values of its chart, beside the template. */
export const boundValues = (entry: CatalogEntry, template: Branch, bound: Bound): Branch => (entry.helm_chart.repository === 'local' ? ownChart(entry, bound) : foreignChart(entry, template, bound));

/** The port that the address leads to has this name where the entry lists no ports. */
const PLAIN_PORT = 'http';

/** The ports of an entry; one that lists none has its default. */
export const portsOf = (entry: CatalogEntry): CatalogEntry['ports'] =>
  entry.ports.length > 0 ? entry.ports : [{ name: PLAIN_PORT, port: entry.default_port, description: '', protocol: 'TCP', http: entry.health_checks.address !== null }];

const quantity = (gib: number): string => (Number.isInteger(gib) ? `${gib}Gi` : `${Math.ceil(gib * 1_024)}Mi`);

const ownChart = (entry: CatalogEntry, { filled, host, tls_secret, environment, secret_environment, volume_sizes, secret_version }: Bound): Branch => {
  const component = (name: string, values: Branch): Branch => ({ components: { [name]: values } });
  const ports = portsOf(entry);
  const main = ports.find(p => p.port === entry.default_port && p.protocol === 'TCP');
  const parts: Branch[] = [
    { timeZone: String(filled['TIMEZONE']), secretName: String(filled['SECRET_NAME']), ...(secret_version !== '' && { secretVersion: secret_version }), address: { host: host ?? '', tlsSecret: tls_secret ?? '', port: main?.name ?? PLAIN_PORT } },
    component('app', { ports: Object.fromEntries(ports.map(p => [p.name, { port: p.port, protocol: p.protocol }])) }),
    ...entry.volumes.map(v => component(v.component, { volumes: { [v.name]: { path: v.path, size: quantity(volume_sizes[v.name] ?? v.size_gb) } } })),
    ...probesOf(entry).map(([name, probe]) => component('app', { probes: { [name]: probe } })),
  ];
  for (const v of entry.environment_variables) {
    const value = environment[v.name] ?? (v.default === undefined ? undefined : fill(v.default, filled));
    if (v.secret) { if (secret_environment.includes(v.name)) parts.push(component(v.component, { secretEnv: { [v.name]: v.name } })); }
    else if (value !== undefined) parts.push(component(v.component, { env: { [v.name]: value } }));
  }
  const known = new Set(entry.environment_variables.map(v => v.name));
  for (const [name, value] of Object.entries(environment)) if (!known.has(name)) parts.push(component('app', { env: { [name]: value } }));
  return parts.reduce(deepMerge);
};

const foreignChart = (entry: CatalogEntry, template: Branch, { filled, environment, secret_environment, volume_sizes }: Bound): Branch => {
  const { bindings } = entry.helm_chart;
  const parts: Branch[] = [{}];
  const plain = new Map(entry.environment_variables.flatMap(v => (v.secret || v.default === undefined ? [] : [[v.name, fill(v.default, filled)] as const])));
  for (const [name, value] of Object.entries(environment)) plain.set(name, value);
  const secret = entry.environment_variables.filter(v => v.secret && secret_environment.includes(v.name)).map(v => v.name);
  if (bindings?.environment !== undefined && plain.size + secret.length > 0) {
    const before = valueAt(template, bindings.environment.split('.'));
    const list: Tree = [...(Array.isArray(before) ? before as readonly Tree[] : []), ...secret.map(name => ({ name, valueFrom: { secretKeyRef: { name: String(filled['SECRET_NAME']), key: name } } })), ...[...plain].map(([name, value]) => ({ name, value }))];
    parts.push(branchAt(bindings.environment, bindings.environment_form === 'list' ? list : Object.fromEntries(plain)));
  }
  for (const v of entry.volumes) if (v.values_path !== undefined) parts.push(branchAt(v.values_path, quantity(volume_sizes[v.name] ?? v.size_gb)));
  if (bindings?.health_checks !== undefined) for (const [name, probe] of probesOf(entry)) parts.push(branchAt(bindings.health_checks === '' ? name : `${bindings.health_checks}.${name}`, probe));
  return parts.reduce(deepMerge);
};

const probesOf = (entry: CatalogEntry): readonly (readonly [string, Branch])[] =>
  (['readiness', 'liveness', 'startup'] as const).flatMap(kind => {
    const probe = entry.health_checks[kind];
    return probe === undefined ? [] : [[`${kind}Probe`, probeOf(probe, entry.default_port)] as const];
  });

/** A probe in the words of Kubernetes. */
const probeOf = (probe: EntryProbe, first: number): Branch => ({
  ...(probe.command !== undefined ? { exec: { command: probe.command } } : probe.path === undefined ? { tcpSocket: { port: probe.port ?? first } } : { httpGet: { path: probe.path, port: probe.port ?? first } }),
  initialDelaySeconds: probe.initial_delay_seconds, periodSeconds: probe.period_seconds, timeoutSeconds: probe.timeout_seconds, failureThreshold: probe.failure_threshold,
});
