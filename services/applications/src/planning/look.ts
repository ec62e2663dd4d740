/** What the cluster says to a release that is to be made. */
import { Refusal } from '@xanthus/kernel';
import { valuesText } from '../catalog/index.js';
import type { Branch } from '../catalog/tree.js';
import { nodeCapacity, type Capacity } from '../cluster/capacity.js';
import type { Cluster, Limits } from '../cluster/cluster.js';
import { dryRunInstall, getManifest, helmList, type ListedRelease } from '../cluster/helm.js';
import { getByManifest, getObject, listObjects, type FoundObject } from '../cluster/objects.js';
import type { Charts, SealedRelease } from '../running/ports.js';
import type { Conflict } from './judge.js';

export interface Looked {
  /** Null: the cluster refused it; `conflicts` says why. */
  readonly manifest: string | null;
  /** Of the release that is there. */
  readonly current: string | null;
  /** Objects that are there under the names that it wants. */
  readonly standing: readonly FoundObject[];
  readonly releases: readonly ListedRelease[];
  /** Ingresses and Services of the whole cluster. */
  readonly entrances: readonly FoundObject[];
  /** Definitions that the entry brings and that are there already. */
  readonly definitions: readonly string[];
  /** Null: could not be asked. */
  readonly free: Capacity | null;
  readonly simulated: boolean;
  readonly conflicts: readonly Conflict[];
}
export interface LookAt { readonly namespace: string; readonly release: string; readonly content: SealedRelease; /** It is there already. */ readonly there: boolean }

/** Refusals of a dry run that say what stands in the way; others say that nobody can tell. */
const IN_THE_WAY: Readonly<Record<string, Conflict['kind']>> = { 'CHART.NOT_OURS': 'not_ours', 'CHART.CRD_CONFLICT': 'one_per_server', 'CHART.CRD_MISSING': 'policy', 'CHART.WEBHOOK': 'policy', 'CLUSTER.QUOTA': 'policy', 'CLUSTER.FORBIDDEN': 'policy' };

const tried = async (cluster: Cluster, charts: Charts, { namespace, release, content }: LookAt, limits: Limits): Promise<{ readonly manifest: string | null; readonly conflicts: readonly Conflict[] }> => {
  const { bytes } = await charts.get(content.chart, limits.signal);
  const file = await cluster.putFile(bytes, '.tgz', limits.signal);
  try {
    return { manifest: (await dryRunInstall(cluster, { namespace, release, chart: file.path, values: valuesText(content.values as Branch) }, limits)).manifest, conflicts: [] };
  } catch (error) {
    const kind = error instanceof Refusal ? IN_THE_WAY[error.code] : undefined;
    if (!(error instanceof Refusal) || kind === undefined) throw error;
    return { manifest: null, conflicts: [{ kind, message: error.message, at: '' }] };
  } finally {
    await file.remove().catch(() => undefined);
  }
};

/** All at once; nothing is made. @throws Refusal CHART.…, CLUSTER.… */
export const look = async (cluster: Cluster, charts: Charts, at: LookAt, limits: Limits): Promise<Looked> => {
  const { namespace, release, content, there } = at;
  const definitionsOf = async (): Promise<string[]> => {
    if (there) return [];
    const found = await Promise.all(content.entry.cluster.crds.slice(0, 5).map(async name => ((await getObject(cluster, { kind: 'CustomResourceDefinition', name }, limits)) ? name : null)));
    return found.filter(name => name !== null);
  };
  const [rendered, current, releases, entrances, definitions, free] = await Promise.all([
    tried(cluster, charts, at, limits).then(async done => ({ ...done, standing: done.manifest === null || there ? [] : await getByManifest(cluster, done.manifest, namespace, limits) })),
    there ? getManifest(cluster, { namespace, release }, limits) : null,
    helmList(cluster, limits), listObjects(cluster, ['ingresses', 'services'], {}, limits), definitionsOf(),
    nodeCapacity(cluster, limits).catch((error: unknown) => { if (error instanceof Refusal) return null; throw error; }),
  ]);
  return { ...rendered, current, releases, entrances, definitions, free, simulated: cluster.facts.simulated };
};
