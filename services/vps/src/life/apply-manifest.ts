import { earlierTry, handle, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { harmless } from '@xanthus/processes';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import type { applyManifest as contract } from '@xanthus/proto/vps';
import type { ExecResult, SshConnection } from '@xanthus/ssh';
import { serverType } from '../server/server.decide.js';
import type { VpsContext } from '../vps.context.js';
import { asRoot, checkAllowed, commandFailed, onServer } from './host.js';
import { changedIn, hashOf, namedIn, outcomesOf, planOf, readManifest, type ManifestObject, type ObjectOutcome } from './manifest.js';

type Output = OutputOf<typeof contract>;
type Input = ParsedInputOf<typeof contract>;

const DIFF_LIMIT = 64 * 1024;
const UNREACHABLE = /connection to the server|connection refused|was refused|i\/o timeout|command not found|not found: kubectl|Unable to connect/i;

/** kubectl of K3s as root; the manifest comes in by stdin, so that it is in no file and no list of processes. */
const kubectl = (connection: SshConnection, yaml: string, signal: AbortSignal, ...args: readonly string[]): Promise<ExecResult> =>
  connection.exec(asRoot('k3s', 'kubectl', ...args, '--request-timeout=10s', '-f', '-'), { stdin: yaml, signal, timeout: 25_000, maxOutput: 512 * 1024 });

const APPLY = ['apply', '--server-side', '--field-manager=xanthus'] as const;

interface Plan { readonly plan: string; readonly objects: readonly ObjectOutcome[]; readonly diff?: string }

/** What the cluster would do, by its own word; nothing changes. */
const dryRun = async (connection: SshConnection, server: string, yaml: string, objects: readonly ManifestObject[], signal: AbortSignal): Promise<Plan> => {
  const [there, tried, differs] = await Promise.all([
    kubectl(connection, yaml, signal, 'get', '--ignore-not-found', '-o', 'name'), kubectl(connection, yaml, signal, ...APPLY, '--dry-run=server'), kubectl(connection, yaml, signal, 'diff', '--server-side', '--field-manager=xanthus'),
  ]);
  const taken = namedIn(tried.stdout);
  if (taken.size === 0 && (tried.code === 127 || UNREACHABLE.test(tried.stderr))) throw commandFailed('kubectl', tried.stderr);
  // 1: there are differences. Above: it could not be told, often because something of it is refused.
  const diff = differs.code === 0 || differs.code === 1 ? differs.stdout : undefined;
  const outcomes = outcomesOf(objects, { taken, said: tried.stderr, existed: namedIn(there.stdout), changed: changedIn(diff) });
  return { plan: planOf(server, hashOf(yaml), outcomes), objects: outcomes, ...(diff === undefined ? {} : { diff: shown(diff) }) };
};

const shown = (diff: string): string => {
  const text = diff.slice(0, DIFF_LIMIT).split('\n').map(harmless).join('\n');
  return diff.length > DIFF_LIMIT ? `${text}\n… [cut]` : text;
};

const refusedOf = (objects: readonly ObjectOutcome[]): readonly ObjectOutcome[] => objects.filter(o => o.outcome === 'refused');

/** @throws Refusal MANIFEST.…, before anything is sent where the text tells it, before anything is changed where the cluster does */
export const applyManifest = async (vps: VpsContext, { yaml, dry_run, plan }: Input, call: Call): Promise<Output> => {
  const objects = readManifest(yaml);
  const sha256 = hashOf(yaml);
  const before = dry_run ? undefined : await earlierTry(vps, serverType, call);
  if (before) return { ...writtenBy(before), plan: plan ?? '', sha256, applied: true, objects: [] };
  if (!dry_run && plan === undefined) throw new Refusal('MANIFEST.NOT_PLANNED', 'Ask first with dry_run what would happen, and give the plan of that answer.');
  await checkAllowed(vps, call, 'apply-manifest');
  return onServer(vps, call, async (connection) => {
    const now = await dryRun(connection, call.id, yaml, objects, call.signal);
    if (dry_run) return { ...now, objects: [...now.objects], sha256, applied: false };
    if (now.plan !== plan) throw new Refusal('MANIFEST.PLAN_CHANGED', 'The text or the cluster is not as it was when this was planned. Look at what would happen now.', { plan: now.plan, objects: now.objects });
    const refused = refusedOf(now.objects);
    if (refused.length > 0) throw new Refusal('MANIFEST.REFUSED', `The cluster refuses ${refused.length} of ${objects.length} objects: ${refused[0]?.message ?? ''}`, { objects: refused });
    const { stdout, stderr } = await kubectl(connection, yaml, call.signal, ...APPLY);
    const taken = namedIn(stdout);
    if (taken.size === 0) throw commandFailed('kubectl apply', stderr);
    const after = outcomesOf(objects, { taken, said: stderr, existed: new Set(), changed: undefined });
    const done = now.objects.map((o, i) => (after[i]?.outcome === 'refused' ? after[i] : { kind: o.kind, name: o.name, namespace: o.namespace, outcome: o.outcome }));
    const kept = done.filter(o => o.outcome !== 'refused');
    const data = { kinds: [...new Set(kept.map(o => o.kind))], names: kept.map(o => [o.namespace, o.kind, o.name].filter(part => part !== null).join('/')), sha256, refused: done.length - kept.length };
    const written = writtenBy(await handle(vps, serverType, call.context(), { type: 'Note', data: { type: 'ManifestApplied', data } }));
    return { ...written, ...(now.diff === undefined ? {} : { diff: now.diff }), plan: now.plan, sha256, applied: true, objects: done };
  });
};
