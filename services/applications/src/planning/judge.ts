/** What stands in the way of a plan, and what whoever has it carried out should know. Pure. */
import type { CatalogEntry, PlanDetail } from '@xanthus/proto/applications';
import { shortages, type Needs } from '../catalog/index.js';
import type { FoundObject } from '../cluster/objects.js';
import type { Looked } from './look.js';
import { hostsOf, objectsIn, portsOf } from './manifest.js';

export type Conflict = PlanDetail['conflicts'][number];
export type Warning = PlanDetail['warnings'][number];
export interface Place { readonly namespace: string; readonly release: string }

const isOfRelease = ({ metadata }: FoundObject, { namespace, release }: Place): boolean => metadata.annotations['meta.helm.sh/release-name'] === release && (metadata.annotations['meta.helm.sh/release-namespace'] ?? namespace) === namespace;
const called = ({ kind, metadata }: Pick<FoundObject, 'kind' | 'metadata'>): string => `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;

/** In the cluster: what is there under its names, hosts and ports. */
export const clusterConflicts = ({ manifest, standing, entrances, releases, definitions, conflicts }: Looked, at: Place & { readonly host: string | null; readonly entry: CatalogEntry; readonly there: boolean }): Conflict[] => {
  const wanted = manifest === null ? [] : objectsIn(manifest);
  const others = entrances.filter(e => !isOfRelease(e, at));
  const hosts = new Set([...(at.host === null ? [] : [at.host]), ...wanted.flatMap(hostsOf)]);
  const ports = new Set(wanted.flatMap(portsOf));
  const sameChart = releases.filter(r => r.chart.replace(/-v?\d.*$/, '') === at.entry.helm_chart.chart && !(r.name === at.release && r.namespace === at.namespace));
  return [
    ...conflicts,
    ...(at.there ? [] : releases.filter(r => r.name === at.release && r.namespace === at.namespace).map((r): Conflict => ({ kind: 'release', message: `There is a release ${r.name} on the server already (${r.chart}, ${r.status}). Choose another subdomain, or remove it there.`, at: `${r.namespace}/${r.name}` }))),
    ...standing.filter(o => !isOfRelease(o, at)).map((o): Conflict => ({ kind: 'not_ours', message: `${called(o)} is there already and does not belong to this application. Remove it, or choose another subdomain.`, at: called(o) })),
    ...others.flatMap(o => hostsOf(o).filter(h => hosts.has(h)).map((h): Conflict => ({ kind: 'record', message: `${called(o)} answers to ${h} already. Choose another subdomain, or remove it.`, at: h }))),
    ...others.flatMap(o => portsOf(o).filter(p => ports.has(p)).map((p): Conflict => ({ kind: 'port', message: `${called(o)} has port ${p} of the server already.`, at: String(p) }))),
    ...(at.entry.cluster.one_per_server && !at.there
      ? [...sameChart.map((r): Conflict => ({ kind: 'one_per_server', message: `Only one ${at.entry.name} fits on a server, and ${r.namespace}/${r.name} is there already.`, at: `${r.namespace}/${r.name}` })),
        ...(sameChart.length === 0 ? definitions.map((name): Conflict => ({ kind: 'one_per_server', message: `Only one ${at.entry.name} fits on a server, and the definitions of one (${name}) are there already. Remove them if nothing uses them.`, at: name })) : [])]
      : []),
  ];
};

/** Of versions as `1.2.3-rc.1`: is the first one lower? What cannot be compared is not. */
export const isLower = (a: string, b: string): boolean => {
  const [pa, pb] = [a, b].map(v => /^v?(\d+)\.(\d+)(?:\.(\d+))?(-.+)?$/.exec(v));
  if (!pa || !pb) return false;
  for (const n of [1, 2, 3]) {
    const [x, y] = [Number(pa[n] ?? 0), Number(pb[n] ?? 0)];
    if (x !== y) return x < y;
  }
  return pa[4] !== undefined && pb[4] === undefined;
};

export interface ToWarn { readonly entry: CatalogEntry; readonly needs: Needs; readonly looked: Looked | null; readonly simulated: boolean; readonly fresh: boolean; readonly prerelease: boolean; readonly unsure: string | null; readonly from: string | null; readonly to: string; readonly volumes: number; readonly host: string | null; readonly namespace_foreign: boolean }

export const warningsOf = ({ entry, needs, looked, simulated, fresh, prerelease, unsure, from, to, volumes, host, namespace_foreign }: ToWarn): Warning[] => {
  const free = looked?.free ?? null;
  const downgrade = from !== null && isLower(to, from);
  return [
    ...(fresh ? shortages(needs, free ?? { cpu: null, memory: null, disk: null }).map(({ what, message }): Warning => ({ kind: what, asks_again: true, message })) : []),
    ...(fresh && free === null ? [{ kind: 'unknown' as const, asks_again: false, message: 'The cluster does not say how much CPU, memory and disk are free.' }] : []),
    ...(unsure === null ? [] : [{ kind: 'unknown' as const, asks_again: false, message: `Nobody could be asked whether version ${to} exists: ${unsure}` }]),
    ...(entry.cluster.admin ? [{ kind: 'admin' as const, asks_again: fresh, message: `${entry.name} may do anything in the cluster, and whoever may log in to it too.` }] : []),
    ...(prerelease ? [{ kind: 'prerelease' as const, asks_again: false, message: `${to} is a pre-release.` }] : []),
    ...(downgrade ? [{ kind: 'downgrade' as const, asks_again: true, message: `${to} is older than ${from}. Data that the newer version has written may not be readable by it${volumes > 0 ? ', and volumes do not go back' : ''}.` }] : []),
    ...(simulated ? [{ kind: 'simulated' as const, asks_again: false, message: 'This server is one to play with: its pods are simulated and run nothing.' }] : []),
    ...(namespace_foreign ? [{ kind: 'unknown' as const, asks_again: false, message: 'The namespace is there already. It stays when the application is deleted.' }] : []),
    ...(fresh && host !== null ? [{ kind: 'exposes' as const, asks_again: false, message: `Everybody can reach it at https://${host}.` }] : []),
  ];
};
