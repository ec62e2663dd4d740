/** The step that all others are for: Helm makes the release, or takes it away. */
import { Refusal } from '@xanthus/kernel';
import type { MadeObject } from '@xanthus/proto/applications';
import type { Cluster } from '../cluster/cluster.js';
import { getManifest, helmHistory, helmRollback, helmStatus, uninstall, upgradeRelease, type HelmRevision } from '../cluster/helm.js';
import { inventory, type Inventory } from '../cluster/inventory.js';
import { deleteObjects } from '../cluster/objects.js';
import { withChart } from './chart.js';
import { EXPOSED } from './exposures.js';
import { manifestObjects, type ManifestObject } from './manifest-objects.js';
import { podsText, whyNotReady } from './not-ready.js';
import { restartForSecrets } from './restart.js';
import { applySecret } from './secrets.js';
import { limits, madeOf, refOf, whoseOf, type Step, type StepContext, type StepDone } from './step.js';

/** Helm keeps it with the revision: how a revision of ours is known again after a kill. */
const mark = (id: string): string => `xanthus ${id}`;
const isPending = ({ status }: HelmRevision): boolean => status.startsWith('pending-') || status === 'uninstalling';
const stands = ({ status }: HelmRevision): boolean => status === 'deployed' || status === 'superseded';
const POLL = 2_000;

const lines = (context: StepContext) => ({ signal: context.signal, onLine: (line: string) => context.line(line) });

/**
 * Back to what a revision was. Helm compares with its newest revision only: after a going back that was cut off, that is the old one already, and what
 * the revisions between have made would stay. So it is taken away here.
 */
const backTo = async (context: StepContext, cluster: Cluster, good: HelmRevision, history: readonly HelmRevision[]): Promise<void> => {
  const { namespace } = refOf(context);
  const since: ManifestObject[] = [];
  for (const { revision } of history.filter(r => r.revision > good.revision)) since.push(...manifestObjects(await getManifest(cluster, refOf(context), limits(context), revision) ?? '', namespace));
  await watched(context, cluster, helmRollback(cluster, refOf(context), good.revision, { ...lines(context), wait_ms: context.ports.wait_ms }));
  const now = manifestObjects(await getManifest(cluster, refOf(context), limits(context)) ?? '', namespace);
  const left = since.filter(o => o.kind !== 'PersistentVolumeClaim' && !now.some(n => n.kind === o.kind && n.name === o.name && n.namespace === o.namespace));
  await deleteObjects(cluster, left.map(({ kind, name, namespace: where }) => ({ kind, name, namespace: where ?? undefined })), limits(context));
};

/** A Helm that was killed leaves its revision pending, and every later one is refused: that one is taken back first. Answers what is there then. */
const recovered = async (context: StepContext, cluster: Cluster): Promise<readonly HelmRevision[]> => {
  const history = await helmHistory(cluster, refOf(context), limits(context));
  const newest = history.at(-1);
  if (!newest || (!isPending(newest) && newest.status !== 'failed')) return history;
  const good = history.findLast(stands);
  if (!isPending(newest) && good) return history;
  context.line(`A ${newest.status} revision ${newest.revision} is left of a Helm that was cut off or failed; it is taken back.`);
  if (good) await backTo(context, cluster, good, history);
  else await remove(context, { volumes: false });
  return helmHistory(cluster, refOf(context), limits(context));
};

/** Tells how many pods are ready while Helm waits for them, and takes away those that nobody else would. */
const watched = async <T>(context: StepContext, cluster: Cluster, work: Promise<T>): Promise<T> => {
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  const watch = (async () => {
    for (;;) {
      await context.ports.pause(POLL, signal);
      if (signal.aborted) return;
      const now = await inventory(cluster, whoseOf(context), { signal, timeout_ms: 10_000 }).catch(() => null);
      if (!now || signal.aborted) continue;
      context.progress(podsText(now));
      await deleteObjects(cluster, now.stuck.map(name => ({ kind: 'Pod', name, namespace: refOf(context).namespace })), { signal, timeout_ms: 10_000 }).catch((error: unknown) => context.ports.log.warn({ err: error }, 'a stuck pod could not be taken away'));
    }
  })();
  try {
    return await work;
  } finally {
    over.abort();
    await watch;
  }
};

const explained = async (context: StepContext, cluster: Cluster, error: unknown): Promise<unknown> => {
  if (!(error instanceof Refusal) || (error.code !== 'CHART.NOT_READY' && error.code !== 'CLUSTER.TIMED_OUT')) return error;
  const now = await inventory(cluster, whoseOf(context), limits(context)).catch(() => null);
  const why = now && whyNotReady(now);
  return why ? new Refusal(why.code, why.message, error.details) : error;
};

/** `ref` of volumes that were there before the deploy, of an application that was deleted without them: an undo leaves them. */
const BEFORE = 'before';
/** `ref` of objects that the chart has Helm keep. */
export const KEPT = 'kept';
const isChartsOwn = ({ ref }: MadeObject): boolean => ref !== EXPOSED && ref !== KEPT;

/** Which volumes are older than the release. Both times are by the clock of the server; those of volumes are in whole seconds. */
const olderThan = (context: StepContext, first: HelmRevision | undefined, volumes: Inventory['volumes']): ReadonlySet<string> => {
  const begun = Date.parse(first?.updated ?? '');
  const known = new Set(madeOf(context, 'volume').filter(m => m.ref === null).map(m => m.name));
  return new Set(Number.isNaN(begun) ? [] : volumes.filter(v => !known.has(v.name) && v.created_at !== null && Date.parse(v.created_at) + 1_000 <= begun).map(v => v.name));
};

/** Everything that a release has in the cluster: its objects, and the volumes of its StatefulSets. And what runs of it. */
const lookAtRelease = async (context: StepContext): Promise<{ readonly objects: readonly MadeObject[]; readonly running: Inventory }> => {
  const cluster = await context.cluster();
  const { namespace, release } = refOf(context);
  const [manifest, running, [first]] = await Promise.all([
    getManifest(cluster, refOf(context), limits(context)), inventory(cluster, whoseOf(context), limits(context)), context.deployment.kind === 'deploy' ? helmHistory(cluster, refOf(context), limits(context)) : [],
  ]);
  const objects = manifest === null ? [] : manifestObjects(manifest, namespace);
  const older = olderThan(context, first, running.volumes);
  const volume = (name: string, where: string | null): MadeObject => ({ sort: 'volume', kind: 'PersistentVolumeClaim', namespace: where, name, ref: older.has(name) ? BEFORE : null });
  return { running, objects: [
    { sort: 'release', kind: 'Release', namespace, name: release, ref: null },
    ...objects.map(({ kind, name, namespace: where, kept }): MadeObject => (kind === 'PersistentVolumeClaim' ? volume(name, where) : { sort: 'object', kind, namespace: where, name, ref: kept ? KEPT : null })),
    ...running.volumes.filter(v => !objects.some(o => o.kind === 'PersistentVolumeClaim' && o.name === v.name)).map(v => volume(v.name, namespace)),
  ] };
};

const notOurs = ({ chart }: HelmRevision): Refusal => new Refusal('PLAN.STALE', `Somebody else has made a release of this name on the server meanwhile (${chart}). Remove it there, or choose another subdomain.`);

export const helm: Step = {
  async make(context) {
    const cluster = await context.cluster();
    const newest = (await recovered(context, cluster)).at(-1);
    if (context.deployment.kind === 'deploy' && newest?.status === 'deployed' && !newest.description.startsWith(mark(context.id))) throw notOurs(newest);
    if (newest?.status !== 'deployed' || !newest.description.startsWith(mark(context.id))) {
      const wanted = await context.wanted();
      await withChart(context, wanted, async (at) => {
        await watched(context, cluster, upgradeRelease(cluster, { ...refOf(context), ...at, description: `${mark(context.id)}: ${context.deployment.reason || context.deployment.kind}`, wait_ms: context.ports.wait_ms }, lines(context)));
      }).catch(async (error: unknown) => { throw await explained(context, cluster, error); });
    }
    await restartForSecrets(context);
    const { objects: made, running } = await lookAtRelease(context);
    const gone = madeOf(context, 'object').filter(m => !made.some(o => o.kind === m.kind && o.name === m.name && o.namespace === m.namespace) && isChartsOwn(m));
    return { made, gone, text: podsText(running) };
  },
  async back(context) {
    const cluster = await context.cluster();
    const before = await context.before();
    if (before === null) {
      const there = await helmStatus(cluster, refOf(context), limits(context));
      // Somebody else's, by word of Helm: nothing of ours.
      if (there?.status === 'deployed' && !there.description.startsWith(mark(context.id))) return {};
      return remove(context, { volumes: true });
    }
    // First the Secret: pods that Helm starts anew read it then.
    await applySecret(context, before);
    const history = await helmHistory(cluster, refOf(context), limits(context));
    const newest = history.at(-1);
    const good = history.findLast(r => stands(r) && !r.description.startsWith(mark(context.id)));
    if (!newest || !good) throw new Refusal('CLUSTER.REFUSED', 'Helm has no revision from before to go back to. Roll back to an earlier release, or delete the application.');
    if (newest.revision !== good.revision) await backTo(context, cluster, good, history);
    const { objects: made } = await lookAtRelease(context);
    return { made, gone: madeOf(context, 'object').filter(m => isChartsOwn(m) && !made.some(o => o.kind === m.kind && o.name === m.name && o.namespace === m.namespace)), text: `Back at what revision ${good.revision} of Helm's was.` };
  },
};

/** The release, and its volumes if they go too. What it had is asked and noted before Helm takes it away: the claims of a StatefulSet are nobody's afterwards. */
const remove = async (context: StepContext, { volumes }: { readonly volumes: boolean }): Promise<StepDone> => {
  const cluster = await context.cluster();
  const { objects: had } = await lookAtRelease(context);
  await context.note(had.filter(o => o.sort === 'volume' || o.ref === KEPT));
  await uninstall(cluster, refOf(context), { ...lines(context), wait_ms: context.ports.wait_ms });
  const claims = volumes ? unique([...madeOf(context, 'volume'), ...had].filter(o => o.sort === 'volume')).filter(o => o.ref !== BEFORE) : [];
  await deleteObjects(cluster, claims.map(({ kind, name, namespace }) => ({ kind, name, namespace: namespace ?? undefined })), limits(context), { wait: true });
  const gone = [...madeOf(context, 'release', 'object'), ...had.filter(o => o.sort !== 'volume')].filter(isChartsOwn);
  const stay = had.filter(o => o.ref === BEFORE || o.ref === KEPT).map(o => `${o.kind} ${o.name}`);
  return { gone: unique([...gone, ...claims]), text: stay.length === 0 ? '' : `These stay: ${stay.slice(0, 5).join(', ')}${stay.length > 5 ? ' …' : ''}.` };
};
const unique = (objects: readonly MadeObject[]): readonly MadeObject[] => [...new Map(objects.map(o => [`${o.sort} ${o.kind} ${o.namespace ?? ''} ${o.name}`, o])).values()];

/** Volumes that Helm would take away with the release, whatever anybody wishes. */
const notKept = async (context: StepContext): Promise<readonly string[]> => {
  const manifest = context.plan?.keep_volumes === true ? await getManifest(await context.cluster(), refOf(context), limits(context)) : null;
  return manifestObjects(manifest ?? '', refOf(context).namespace).filter(o => o.kind === 'PersistentVolumeClaim' && !o.kept).map(o => o.name);
};

export const releaseGone: Step = {
  async make(context) {
    const lost = await notKept(context);
    if (lost.length > 0) throw new Refusal('APPLICATION.VOLUMES_NOT_KEPT', `The chart takes ${lost.slice(0, 5).join(', ')} away with the release, so the data cannot be kept. Nothing was deleted. Copy what you need, and delete it with its volumes.`);
    return remove(context, { volumes: false });
  },
};

export const volumesGone: Step = {
  async make(context) {
    const ours = madeOf(context, 'volume');
    if (ours.length === 0) return { skipped: true, text: 'It had no volumes.' };
    if (context.plan?.keep_volumes === true) return { skipped: true, text: `Kept: ${ours.map(v => v.name).join(', ')}.` };
    await deleteObjects(await context.cluster(), ours.map(({ kind, name, namespace }) => ({ kind, name, namespace: namespace ?? undefined })), limits(context), { wait: true });
    return { gone: ours };
  },
};
