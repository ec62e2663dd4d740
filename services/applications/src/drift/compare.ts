/** What is in the cluster against what the release would make of it, both by the cluster's own word: presets and spellings are the same then. Pure. */
import type { Finding } from '../application/application.js';
import type { Mask } from '../cluster/mask.js';
import type { FoundObject } from '../cluster/objects.js';

export interface Compared {
  /** As they are now. */
  readonly there: readonly FoundObject[];
  /** As they would be were the manifest applied again. */
  readonly would: readonly FoundObject[];
  /** All that the manifest names. */
  readonly wanted: readonly { readonly kind: string; readonly name: string }[];
  /** `Deployment/name`: scaled on purpose. */
  readonly scaled: Readonly<Record<string, number>>;
  /** Before anything is shortened: half a secret is one too. */
  readonly mask: Mask;
}

/** The cluster's own notes, or what changes by itself. */
const ITS_OWN = new Set(['metadata.resourceVersion', 'metadata.generation', 'metadata.managedFields', 'metadata.creationTimestamp', 'metadata.uid', 'metadata.deletionTimestamp', 'status']);
const DIFFERENCES = 5;
const WORDS = 60;

const nameOf = (o: { readonly kind: string; readonly metadata: { readonly name: string } }): string => `${o.kind}/${o.metadata.name}`;
const isBranch = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const short = (value: unknown, mask: Mask): string => {
  const text = value === undefined ? 'nothing' : mask(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > WORDS ? `${text.slice(0, WORDS)}…` : text;
};

interface Difference { readonly path: string; readonly now: unknown; readonly made: unknown }
const differences = (now: unknown, then: unknown, path: string, found: Difference[]): void => {
  if (ITS_OWN.has(path) || found.length > DIFFERENCES || now === then) return;
  if (!isBranch(now) || !isBranch(then) || Array.isArray(now) !== Array.isArray(then)) {
    found.push({ path, now, made: then });
    return;
  }
  for (const key of new Set([...Object.keys(now), ...Object.keys(then)])) differences(now[key], then[key], path === '' ? key : `${path}.${key}`, found);
};

/** Of a Secret only the names of keys. */
const told = (kind: string, { path, now, made }: Difference, mask: Mask): string => (kind === 'Secret' ? path : `${path}: ${short(made, mask)} → ${short(now, mask)}`);

export const compareObjects = ({ there, would, wanted, scaled, mask }: Compared): Finding[] => {
  const [live, made] = [new Map(there.map(o => [nameOf(o), o])), new Map(would.map(o => [nameOf(o), o]))];
  return wanted.flatMap(({ kind, name }): Finding[] => {
    const key = `${kind}/${name}`;
    const [now, then] = [live.get(key), made.get(key)];
    if (!now) return [{ kind, name, what: 'missing', detail: '' }];
    if (!then) return [{ kind, name, what: 'unknown', detail: 'The cluster does not say what it would make of it.' }];
    const found: Difference[] = [];
    differences(now, then, '', found);
    const counting = found.filter(d => !(d.path === 'spec.replicas' && Object.hasOwn(scaled, key)));
    if (counting.length === 0) return [];
    const more = counting.length > DIFFERENCES ? '; …' : '';
    return [{ kind, name, what: 'changed', detail: counting.slice(0, DIFFERENCES).map(d => told(kind, d, mask)).join('; ') + more }];
  });
};
