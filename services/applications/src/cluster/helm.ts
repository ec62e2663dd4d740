/** Helm, typed: releases of charts. Values go in by stdin; nothing of them comes out. Helm 3.13 and later, and 4. */
import { Refusal } from '@xanthus/kernel';
import { z } from 'zod';
import { mustRun, named, readJson, tryRun, type CallOptions } from './call.js';
import { isNoRelease, refusalOf } from './cluster-errors.js';
import type { Cluster, Limits } from './cluster.js';

export interface ReleaseRef { readonly namespace: string; readonly release: string }

const HELM_STATUSES = ['unknown', 'deployed', 'uninstalled', 'superseded', 'failed', 'uninstalling', 'pending-install', 'pending-upgrade', 'pending-rollback'] as const;
const revision = z.object({ revision: z.int().min(1), updated: z.string().default(''), status: z.enum(HELM_STATUSES).catch('unknown'), chart: z.string().default(''), app_version: z.string().default(''), description: z.string().default('') });
/** `chart` is name and version: `code-server-1.0.0`. */
export type HelmRevision = z.infer<typeof revision>;

const at = ({ namespace, release }: ReleaseRef): string[] => [named(release), '--namespace', named(namespace)];

/** Oldest first; empty: there is no such release. */
export const helmHistory = async (cluster: Cluster, ref: ReleaseRef, limits: Limits, most = 20): Promise<HelmRevision[]> => {
  const result = await tryRun(cluster, 'helm', ['history', ...at(ref), '--max', String(most), '--output', 'json'], limits);
  if (result.code !== 0) {
    if (isNoRelease(result.stderr)) return [];
    throw refusalOf('helm history', result.stderr);
  }
  return readJson('helm history', z.array(revision), result).toSorted((a, b) => a.revision - b.revision);
};

/** Its newest revision; null: there is no such release. */
export const helmStatus = async (cluster: Cluster, ref: ReleaseRef, limits: Limits): Promise<HelmRevision | null> => (await helmHistory(cluster, ref, limits, 1)).at(-1) ?? null;

const listed = z.object({ name: z.string(), namespace: z.string(), revision: z.coerce.number().int(), updated: z.string().default(''), status: z.enum(HELM_STATUSES).catch('unknown'), chart: z.string().default(''), app_version: z.string().default('') });
export type ListedRelease = z.infer<typeof listed>;
/** Helm 4 has no `--all`. */
const EVERY = ['--deployed', '--failed', '--pending', '--superseded', '--uninstalled', '--uninstalling'] as const;
/** All releases of the cluster, each with its newest revision. */
export const helmList = async (cluster: Cluster, limits: Limits): Promise<ListedRelease[]> =>
  readJson('helm list', z.array(listed).nullable(), await mustRun(cluster, 'helm', ['list', '--all-namespaces', ...EVERY, '--max', '1000', '--output', 'json'], limits)) ?? [];

export interface ChartAt {
  /** The packed chart where the programs run: of `putFile`. */
  readonly chart: string;
  /** YAML. */
  readonly values: string;
}
export interface Install extends ReleaseRef, ChartAt {
  /** Kept by Helm with the revision; shown in `helm history`. */
  readonly description: string;
  /** How long Helm waits until everything is ready. */
  readonly wait_ms: number;
}

const path = (chart: string): string => {
  if (!/^\/[A-Za-z0-9/._-]+\.tgz$/.test(chart)) throw new TypeError(`${JSON.stringify(chart)} is no path of a packed chart`);
  return chart;
};
/**
 * Helm 4 applies on the server, where a field that somebody changed by hand is a conflict and ends the work: what the release says counts, as it did with
 * Helm 3. One that Helm 3 made goes over to that way too.
 */
const ours = ({ facts }: Cluster): string[] => (Number(facts.helm.split('.')[0]) >= 4 ? ['--server-side=true', '--force-conflicts'] : []);
const oneLine = (text: string): string => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 200);
/** Helm is given its own time to give up, and says then what was not ready. */
const MARGIN = 20_000;

/** Installs or upgrades and waits until it is ready. The namespace must be there. @throws Refusal CHART.…, CLUSTER.… */
export const upgradeRelease = async (cluster: Cluster, { chart, values, description, wait_ms, ...ref }: Install, o: Omit<CallOptions, 'stdin' | 'timeout_ms'>): Promise<void> => {
  const [release = '', ...rest] = at(ref);
  await mustRun(cluster, 'helm', [
    'upgrade', release, path(chart), ...rest, '--install', '--values', '-', '--wait', '--timeout', `${Math.ceil(wait_ms / 1_000)}s`, '--history-max', '20', '--reset-values', '--description', oneLine(description), ...ours(cluster),
  ], { ...o, stdin: values, timeout_ms: wait_ms + MARGIN });
};

const mustBeThere = (found: HelmRevision | null): HelmRevision => {
  if (found) return found;
  throw new Refusal('CLUSTER.REFUSED', 'Helm says that it worked, but the release is not there. Try again.', undefined, true);
};

const dryRun = z.object({ manifest: z.string(), hooks: z.array(z.object({ manifest: z.string().default('') })).nullish() });
/** What Helm would make, by the word of the cluster: YAML documents, secrets in clear. Nothing changes. @throws Refusal CHART.…, CLUSTER.… */
export const dryRunInstall = async (cluster: Cluster, { chart, values, ...ref }: ReleaseRef & ChartAt, limits: Limits): Promise<{ readonly manifest: string; readonly hooks: readonly string[] }> => {
  const result = await mustRun(cluster, 'helm', ['upgrade', ...at(ref), path(chart), '--install', '--values', '-', '--reset-values', '--dry-run=server', '--output', 'json'], { ...limits, stdin: values });
  const { manifest, hooks } = readJson('helm upgrade --dry-run', dryRun, { ...result, stdout: fromBrace(result.stdout) });
  return { manifest, hooks: (hooks ?? []).map(h => h.manifest) };
};
/** A line of words may stand before the JSON. */
const fromBrace = (text: string): string => text.slice(Math.max(0, text.indexOf('{')));

/** YAML documents of a revision, secrets in clear. Null: not there. */
export const getManifest = async (cluster: Cluster, ref: ReleaseRef, limits: Limits, ofRevision?: number): Promise<string | null> => {
  const { code, stdout, stderr, truncated } = await tryRun(cluster, 'helm', ['get', 'manifest', ...at(ref), ...(ofRevision === undefined ? [] : ['--revision', String(ofRevision)])], limits);
  if (code === 0 && !truncated) return stdout;
  if (code !== 0 && isNoRelease(stderr)) return null;
  throw refusalOf('helm get manifest', truncated ? 'The manifest is larger than is read.' : stderr);
};

/** Back to an earlier revision of Helm's; it becomes a new one. @throws Refusal */
export const helmRollback = async (cluster: Cluster, ref: ReleaseRef, to: number, o: Omit<CallOptions, 'stdin' | 'timeout_ms'> & { readonly wait_ms: number }): Promise<HelmRevision> => {
  const [release = '', ...rest] = at(ref);
  await mustRun(cluster, 'helm', ['rollback', release, String(to), ...rest, '--wait', '--timeout', `${Math.ceil(o.wait_ms / 1_000)}s`, '--history-max', '20', ...ours(cluster)], { signal: o.signal, onLine: o.onLine, timeout_ms: o.wait_ms + MARGIN });
  return mustBeThere(await helmStatus(cluster, ref, { signal: o.signal, timeout_ms: 30_000 }));
};

/** Its objects and its history; volumes that a StatefulSet made stay. False: there was none. @throws Refusal */
export const uninstall = async (cluster: Cluster, ref: ReleaseRef, o: Omit<CallOptions, 'stdin' | 'timeout_ms'> & { readonly wait_ms: number }): Promise<boolean> => {
  const { code, stderr } = await tryRun(cluster, 'helm', ['uninstall', ...at(ref), '--wait', '--timeout', `${Math.ceil(o.wait_ms / 1_000)}s`], { signal: o.signal, onLine: o.onLine, timeout_ms: o.wait_ms + MARGIN });
  if (code === 0) return true;
  if (isNoRelease(stderr)) return false;
  throw refusalOf('helm uninstall', stderr);
};
