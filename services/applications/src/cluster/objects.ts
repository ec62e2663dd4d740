/** Objects of a cluster: made, looked at, taken away. What is made carries labels that say whose it is. */
import { Refusal } from '@xanthus/kernel';
import { z } from 'zod';
import { mustRun, named, readJson, tryRun } from './call.js';
import { isNoObject, refusalOf } from './cluster-errors.js';
import type { Cluster, Limits, RunResult } from './cluster.js';

export interface Owner { readonly tenant: string; readonly application: string }
export const LABELS = { managed: 'app.kubernetes.io/managed-by', tenant: 'xanthus.dev/tenant', application: 'xanthus.dev/application' } as const;
const labelsOf = ({ tenant, application }: Owner): Record<string, string> => ({ [LABELS.managed]: 'xanthus', [LABELS.tenant]: tenant, [LABELS.application]: application });

/** An object as it is given: anything below is the cluster's to judge. */
export interface KubernetesObject { readonly apiVersion: string; readonly kind: string; readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> }; readonly [field: string]: unknown }
export interface ObjectRef { readonly kind: string; readonly name: string; /** Absent: of the whole cluster. */ readonly namespace?: string | undefined }

const meta = z.object({
  name: z.string(), namespace: z.string().optional(), uid: z.string().default(''), resourceVersion: z.string().default(''), generation: z.int().optional(),
  labels: z.record(z.string(), z.string()).default({}), annotations: z.record(z.string(), z.string()).default({}), creationTimestamp: z.string().optional(), deletionTimestamp: z.string().optional(),
  ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
});
export const foundObject = z.looseObject({ apiVersion: z.string().default(''), kind: z.string().default(''), metadata: meta });
export type FoundObject = z.output<typeof foundObject>;
const foundList = z.object({ items: z.array(foundObject) });

/** `Deployment`, `deployments.apps`, `Application.argoproj.io`. @throws TypeError */
export const kindOf = (kind: string): string => {
  if (!/^[A-Za-z][A-Za-z0-9]{0,62}(?:\.[a-z0-9.-]{1,190})?$/.test(kind)) throw new TypeError(`${JSON.stringify(kind)} is no kind of a Kubernetes object`);
  return kind.toLowerCase();
};
const inNamespace = (namespace: string | undefined): string[] => (namespace === undefined ? [] : ['--namespace', named(namespace)]);

export type NamespaceOutcome = 'made' | 'ours' | 'foreign';
/** `ours`: it was there with the labels of this application. `foreign`: it was there, whoever made it; it is left as it is. */
export const ensureNamespace = async (cluster: Cluster, name: string, owner: Owner, limits: Limits): Promise<NamespaceOutcome> => {
  const there = await getObject(cluster, { kind: 'Namespace', name }, limits);
  if (there?.metadata.deletionTimestamp !== undefined) throw refusalOf('kubectl apply', 'because it is being terminated');
  if (there) return there.metadata.labels[LABELS.application] === owner.application && there.metadata.labels[LABELS.tenant] === owner.tenant ? 'ours' : 'foreign';
  await applyObjects(cluster, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }], owner, limits);
  return 'made';
};

/** Is there an object of this name that neither this application nor another one of ours has made? */
export const isForeign = async (cluster: Cluster, ref: ObjectRef, limits: Limits): Promise<boolean> => {
  const there = await getObject(cluster, ref, limits);
  return there !== null && there.metadata.labels[LABELS.managed] !== 'xanthus';
};

/** `unchanged` is not told apart from `applied`: the server does not say. */
export const applyObjects = async (cluster: Cluster, objects: readonly KubernetesObject[], owner: Owner, limits: Limits, how: { readonly dryRun?: boolean } = {}): Promise<void> => {
  if (objects.length === 0) return;
  const items = objects.map(o => ({ ...o, metadata: { ...o.metadata, labels: { ...o.metadata.labels, ...labelsOf(owner) } } }));
  await mustRun(cluster, 'kubectl', ['apply', '--server-side', '--field-manager=xanthus', '--force-conflicts', ...(how.dryRun === true ? ['--dry-run=server'] : []), '--output=name', '--filename=-'], { ...limits, stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
};

/** Null: there is none. Of a kind that the cluster does not know there is none. */
export const getObject = async (cluster: Cluster, { kind, name, namespace }: ObjectRef, limits: Limits): Promise<FoundObject | null> => {
  const result = await tryRun(cluster, 'kubectl', ['get', kindOf(kind), named(name), ...inNamespace(namespace), '--output=json'], limits);
  if (result.code === 0) return readJson('kubectl get', foundObject, result);
  if (isNoObject(result.stderr)) return null;
  throw refusalOf('kubectl get', result.stderr);
};

export interface Selection { /** Preset: of all. */ readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> }
const selector = (labels: Selection['labels']): string[] => {
  const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`);
  if (pairs.some(p => !/^[A-Za-z0-9./_-]{1,200}=[A-Za-z0-9._-]{0,63}$/.test(p))) throw new TypeError(`${JSON.stringify(labels)} are no labels`);
  return pairs.length === 0 ? [] : ['--selector', pairs.join(',')];
};

/** Everything of these kinds. */
export const listObjects = async (cluster: Cluster, kinds: readonly string[], { namespace, labels }: Selection, limits: Limits): Promise<FoundObject[]> => {
  const place = namespace === undefined ? ['--all-namespaces'] : inNamespace(namespace);
  return readJson('kubectl get', foundList, await mustRun(cluster, 'kubectl', ['get', kinds.map(kindOf).join(','), ...place, ...selector(labels), '--output=json'], limits)).items;
};

/** The same objects as they are in the cluster now, by the text of a manifest; those that are missing are missing in the answer. */
export const getByManifest = async (cluster: Cluster, yaml: string, namespace: string, limits: Limits): Promise<FoundObject[]> => {
  const result = await tryRun(cluster, 'kubectl', ['get', '--ignore-not-found', ...inNamespace(namespace), '--output=json', '--filename=-'], { ...limits, stdin: yaml });
  if (result.code !== 0 && !isNoObject(result.stderr)) throw refusalOf('kubectl get', result.stderr);
  return result.stdout.trim() === '' ? [] : readObjects(result);
};

/** What the objects of a manifest would be were it applied again, by the word of the server; nothing changes. One that it would not take is missing in the answer. */
export const wouldBecome = async (cluster: Cluster, yaml: string, namespace: string, limits: Limits): Promise<FoundObject[]> => {
  const result = await tryRun(cluster, 'kubectl', ['apply', '--server-side', '--dry-run=server', '--force-conflicts', '--field-manager=xanthus-look', ...inNamespace(namespace), '--output=json', '--filename=-'], { ...limits, stdin: yaml });
  if (result.stdout.trim() !== '') return readObjects(result);
  if (result.code !== 0 && !isNoObject(result.stderr)) throw refusalOf('kubectl apply --dry-run', result.stderr);
  return [];
};

/** One object comes as itself, several as a list. */
const readObjects = (result: RunResult): FoundObject[] => {
  const found = readJson('kubectl', z.union([foundList, foundObject]), result);
  return 'items' in found && Array.isArray(found.items) ? found.items as FoundObject[] : [found as FoundObject];
};

/** What is gone already is no error. Waits until they are gone where `wait` is given. */
export const deleteObjects = async (cluster: Cluster, objects: readonly ObjectRef[], limits: Limits, how: { readonly wait?: boolean } = {}): Promise<void> => {
  const groups = new Map<string, ObjectRef[]>();
  for (const o of objects) {
    const key = `${kindOf(o.kind)} ${o.namespace ?? ''}`;
    groups.set(key, [...groups.get(key) ?? [], o]);
  }
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    const argv = ['delete', kindOf(first.kind), ...group.map(o => named(o.name)), ...inNamespace(first.namespace), '--ignore-not-found', `--wait=${how.wait === true}`];
    const result = await tryRun(cluster, 'kubectl', how.wait === true ? [...argv, `--timeout=${Math.ceil(limits.timeout_ms / 1_000)}s`] : argv, limits);
    if (result.code !== 0 && !isNoObject(result.stderr)) throw refusalOf('kubectl delete', result.stderr);
  }
};

/** Kinds of which a namespace holds some by itself. */
const BY_ITSELF: readonly ((o: FoundObject) => boolean)[] = [
  o => o.kind === 'ServiceAccount' && o.metadata.name === 'default', o => o.kind === 'ConfigMap' && o.metadata.name === 'kube-root-ca.crt', o => o.kind === 'Event' || o.kind === 'Endpoints' || o.kind === 'EndpointSlice',
];
/** What lies in a namespace beside what every namespace has: a namespace is only taken away when nothing of somebody else's is left in it. */
export const contentsOf = async (cluster: Cluster, namespace: string, limits: Limits): Promise<FoundObject[]> => {
  const found = await listObjects(cluster, ['pods', 'services', 'deployments', 'statefulsets', 'daemonsets', 'jobs', 'cronjobs', 'configmaps', 'secrets', 'persistentvolumeclaims', 'ingresses', 'serviceaccounts', 'roles', 'rolebindings', 'networkpolicies'], { namespace }, limits);
  return found.filter(o => !BY_ITSELF.some(is => is(o)));
};

const secretObject = z.object({ data: z.record(z.string(), z.string()).default({}) });
/** A Secret's values in clear. Null: there is none. */
export const readSecret = async (cluster: Cluster, { namespace, name }: { readonly namespace: string; readonly name: string }, limits: Limits): Promise<ReadonlyMap<string, string> | null> => {
  const found = await getObject(cluster, { kind: 'Secret', name, namespace }, limits);
  return found && new Map(Object.entries(secretObject.parse(found).data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]));
};

/** Sets keys of a Secret that is there; the others stay. @throws Refusal CLUSTER.NOT_FOUND */
export const patchSecret = async (cluster: Cluster, { namespace, name }: { readonly namespace: string; readonly name: string }, values: Readonly<Record<string, string>>, limits: Limits): Promise<void> => {
  // The values are secret: no argument may hold them, and kubectl reads a patch from a file only. Applied, only these keys are owned by us.
  const found = await getObject(cluster, { kind: 'Secret', name, namespace }, limits);
  if (!found) throw new Refusal('CLUSTER.NOT_FOUND', `There is no Secret ${name} in ${namespace}.`);
  const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
  await mustRun(cluster, 'kubectl', ['apply', '--server-side', '--field-manager=xanthus-secret', '--force-conflicts', '--output=name', '--filename=-'], { ...limits, stdin: JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, data }) });
};

/** A token of a service account, for so many minutes. @throws Refusal CLUSTER.NOT_FOUND */
export const serviceAccountToken = async (cluster: Cluster, { namespace, name, minutes }: { readonly namespace: string; readonly name: string; readonly minutes: number }, limits: Limits): Promise<string> => {
  const { code, stdout, stderr } = await tryRun(cluster, 'kubectl', ['create', 'token', named(name), ...inNamespace(namespace), `--duration=${Math.max(10, Math.round(minutes))}m`], limits);
  if (code === 0) return stdout.trim();
  if (isNoObject(stderr) || /serviceaccounts? "[^"]*" not found/.test(stderr)) throw new Refusal('CLUSTER.NOT_FOUND', `There is no service account ${name} in ${namespace}. Is the application running?`);
  throw refusalOf('kubectl create token', stderr);
};
