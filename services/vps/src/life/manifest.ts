/** Kubernetes objects as text: read and judged before anything is sent, and what kubectl said of them as data. Pure. */
import { createHash } from 'node:crypto';
import { Refusal } from '@xanthus/kernel';
import type { OutputOf } from '@xanthus/proto';
import { MANIFEST_LIMIT, type applyManifest } from '@xanthus/proto/vps';
import { parseAllDocuments } from 'yaml';
import { clean } from '../remote/remote-text.js';

export type ObjectOutcome = OutputOf<typeof applyManifest>['objects'][number];
export interface ManifestObject { readonly kind: string; readonly group: string; readonly name: string; readonly namespace: string | null }

const MAX_OBJECTS = 200;
const unreadable = (why: string, at: number, line?: number): Refusal =>
  new Refusal('MANIFEST.UNREADABLE', `Document ${at} cannot be used${line === undefined ? '' : ` (line ${line})`}: ${clean(why, 200)}`, { document: at, ...(line === undefined ? {} : { line }) });

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,251}[A-Za-z0-9])?$/;
const KIND = /^[A-Z][A-Za-z0-9]{0,62}$/;
const API_VERSION = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?v[a-z0-9]{1,30}$/;

interface Read { readonly apiVersion?: unknown; readonly kind?: unknown; readonly items?: unknown; readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown } | null }

const objectOf = (value: unknown, at: number): ManifestObject => {
  const { apiVersion, kind, metadata } = (value ?? {}) as Read;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable('it is not an object with apiVersion, kind and metadata.', at);
  if (typeof apiVersion !== 'string' || !API_VERSION.test(apiVersion)) throw unreadable('apiVersion is missing, as in "apiVersion: v1".', at);
  if (typeof kind !== 'string' || !KIND.test(kind)) throw unreadable('kind is missing, as in "kind: Namespace".', at);
  const { name, namespace } = metadata ?? {};
  if (typeof name !== 'string' || !NAME.test(name)) throw unreadable('metadata.name is missing; generateName does not work with apply.', at);
  if (namespace !== undefined && (typeof namespace !== 'string' || !NAME.test(namespace))) throw unreadable('metadata.namespace is not a name.', at);
  return { kind, group: apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '', name, namespace: namespace ?? null };
};

/** Every object of it, lists opened. @throws Refusal MANIFEST.TOO_LARGE, MANIFEST.UNREADABLE with the document and line, MANIFEST.EMPTY */
export const readManifest = (yaml: string): readonly ManifestObject[] => {
  const size = Buffer.byteLength(yaml);
  if (size > MANIFEST_LIMIT) throw new Refusal('MANIFEST.TOO_LARGE', `The manifest has ${Math.ceil(size / 1024)} KiB; at most ${MANIFEST_LIMIT / 1024} KiB go at once. Split it.`);
  const documents = parseAllDocuments(yaml, { logLevel: 'silent' });
  const objects = [...('empty' in documents ? [] : documents)].flatMap((document, i) => {
    const [error] = document.errors;
    if (error) throw unreadable(error.message.split('\n')[0] ?? '', i + 1, error.linePos?.[0]?.line);
    const value = valueOf(document, i + 1);
    if (value === null || value === undefined) return [];
    const { kind, items } = value as Read;
    return kind === 'List' && Array.isArray(items) ? items.map(item => objectOf(item, i + 1)) : [objectOf(value, i + 1)];
  });
  if (objects.length === 0) throw new Refusal('MANIFEST.EMPTY', 'There is no object in it.');
  if (objects.length > MAX_OBJECTS) throw new Refusal('MANIFEST.TOO_LARGE', `There are ${objects.length} objects in it; at most ${MAX_OBJECTS} go at once. Split it.`);
  return objects;
};

/** Aliases may stand for a thing ten times each, not for a billion. */
const valueOf = (document: { toJS(o: { maxAliasCount: number }): unknown }, at: number): unknown => {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error), at);
  }
};

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Names the text and what the cluster would do with it: another answer of the cluster is another plan. */
export const planOf = (server: string, sha: string, objects: readonly ObjectOutcome[]): string =>
  hashOf(JSON.stringify([server, sha, objects.map(o => [o.kind, o.namespace, o.name, o.outcome])]));

const keyOf = (kind: string, group: string, name: string): string => `${kind.toLowerCase()}.${group}/${name}`;
/** `deployment.apps/web serverside-applied (server dry run)`, `namespace/shop` */
const NAMED = /^(?<kind>[a-z0-9]+)(?:\.(?<group>[a-z0-9.-]+))?\/(?<name>\S+)(?:$| (?:created|configured|unchanged|serverside-applied)\b)/;
/** Objects that kubectl names, one a line. */
export const namedIn = (stdout: string): ReadonlySet<string> => new Set(stdout.split('\n').flatMap((line) => {
  const { kind = '', group = '', name = '' } = NAMED.exec(line.trim())?.groups ?? {};
  return kind === '' ? [] : [keyOf(kind, group, name)];
}));

/** `diff -u -N /tmp/LIVE-1/apps.v1.Deployment.shop.web /tmp/MERGED-1/…` */
const CHANGED = /^diff .*\/LIVE-\d+\/(?<file>\S+) /;
/** Objects of which a unified diff tells, or undefined if there is none. */
export const changedIn = (diff: string | undefined): ((o: ManifestObject) => boolean) | undefined => {
  if (diff === undefined) return undefined;
  const files = diff.split('\n').flatMap(line => CHANGED.exec(line)?.groups?.['file'] ?? []);
  return o => files.some(file => file.startsWith(o.group === '' ? 'v' : `${o.group}.`) && file.includes(`.${o.kind}.`) && file.endsWith(`.${o.name}`));
};

/** kubectl's answer to an apply: what it took, and what it said against the rest. `existed`, `changed`: as it was before. */
export interface Answer { readonly taken: ReadonlySet<string>; readonly said: string; readonly existed: ReadonlySet<string>; readonly changed: ((o: ManifestObject) => boolean) | undefined }

const WRONG = /error|denied|invalid|forbidden|conflict|no matches for|not found/i;
const LATER = 'The cluster can check it only when what comes before it in this manifest is there.';

/** What becomes of each object, in their order. */
export const outcomesOf = (objects: readonly ManifestObject[], { taken, said, existed, changed }: Answer): readonly ObjectOutcome[] => {
  const wrong = said.split('\n').map(l => clean(l, 300)).filter(l => WRONG.test(l));
  const before = (o: ManifestObject): boolean => existed.has(keyOf(o.kind, o.group, o.name));
  /** A dry run makes neither the namespace nor the kind that the rest needs. */
  const waits = (o: ManifestObject, why: string): boolean => objects.some(other => !before(other) && (
    (other.kind === 'Namespace' && other.name === o.namespace && why.includes(`"${other.name}" not found`))
    || (other.kind === 'CustomResourceDefinition' && other.name.endsWith(`.${o.group}`) && why.includes(`"${o.kind}"`))));
  return objects.map((o) => {
    const about = { kind: o.kind, name: o.name, namespace: o.namespace };
    if (taken.has(keyOf(o.kind, o.group, o.name))) return { ...about, outcome: before(o) ? (changed?.(o) ?? true ? 'configured' as const : 'unchanged' as const) : 'created' as const };
    const why = wrong.find(l => l.includes(`"${o.name}"`)) ?? wrong.find(l => o.namespace !== null && l.includes(`"${o.namespace}"`)) ?? wrong.find(l => l.includes(`"${o.kind}"`)) ?? wrong[0];
    if (why !== undefined && waits(o, why)) return { ...about, outcome: 'created', message: LATER };
    return { ...about, outcome: 'refused', message: why ?? 'The cluster did not say what it does with it.' };
  });
};
