/** Everything that a plan makes, changes or takes away, one by one. */
import type { PlannedObject } from '@xanthus/proto/applications';
import { secretNameOf, tlsSecretOf } from '../catalog/index.js';
import type { Mask } from '../cluster/mask.js';
import { planned } from './draw.js';
import { KEPT } from '../steps/release.js';
import type { Facts } from './facts.js';
import type { Looked } from './look.js';
import { plannedChanges } from './manifest.js';
import type { Prepared } from './prepare.js';

const recordKind = (address: string): string => (address.includes(':') ? 'AAAA' : 'A');

const address = ({ host, zone, domain, namespace, server, state }: Prepared, facts: Facts): PlannedObject[] => {
  if (host === null || zone === null || domain === null) return [];
  const record = facts['the record'] ?? '';
  const has = (sort: string, name: string): boolean => state?.made.some(m => m.sort === sort && m.name === name) === true;
  const kind = recordKind(server.address);
  const action = !record.startsWith('ours') ? 'create' : record.endsWith(` ${server.address}`) ? 'unchanged' : 'change';
  return [
    planned('tls', 'Secret', namespace, tlsSecretOf(domain), has('tls', tlsSecretOf(domain)) ? 'unchanged' : 'create'), planned('record', kind, null, host, action, `leads to ${server.address}`), ...(has('use', zone) ? [] : [planned('use', 'Zone', null, domain, 'create')]),
  ];
};

const secretChange = ({ content, before, namespace, release, state }: Prepared): PlannedObject[] => {
  const [old, fresh] = [before?.secrets ?? {}, content?.secrets ?? {}];
  const name = secretNameOf(release);
  if (Object.keys(fresh).length === 0) return Object.keys(old).length === 0 ? [] : [planned('secret', 'Secret', namespace, name, 'delete')];
  const changed = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter(key => old[key] !== fresh[key]);
  const words = changed.map(key => `${key}: ${fresh[key] === undefined ? 'is taken away' : old[key] === undefined ? 'new' : 'another value'}`).join('\n');
  return [planned('secret', 'Secret', namespace, name, state === null ? 'create' : changed.length === 0 ? 'unchanged' : 'change', words)];
};

const ofDelete = ({ state, keep_volumes, entry }: Prepared): PlannedObject[] => [
  ...(state?.made ?? []).map(m => planned(m.sort, m.kind, m.namespace, m.name, m.ref === KEPT ? 'keep' : m.sort === 'volume' && keep_volumes ? 'keep' : m.sort === 'namespace' && keep_volumes && state?.made.some(o => o.sort === 'volume') === true ? 'keep' : 'delete', m.sort === 'namespace' ? 'stays if something of somebody else is in it' : m.ref === KEPT ? 'The chart has Helm keep it.' : '')),
  ...entry.cluster.crds.filter(name => state?.made.some(m => m.name === name) !== true).map(name => planned('object', 'CustomResourceDefinition', null, name, 'keep', 'Definitions stay: Helm never takes them away, for other things may use them.')),
];

const ofExposures = ({ state, revision, namespace }: Prepared): PlannedObject[] => {
  const now = state?.releases.at(-1)?.exposures ?? [];
  const then = state?.releases.find(r => r.revision === revision)?.exposures ?? [];
  return [
    ...then.filter(e => !now.some(n => n.host === e.host)).flatMap(e => [planned('object', 'Ingress', namespace, `port ${e.port}`, 'create'), planned('record', 'A', null, e.host, 'create')]),
    ...now.filter(e => !then.some(t => t.host === e.host)).flatMap(e => [planned('record', 'A', null, e.host, 'delete'), planned('object', 'Ingress', namespace, `port ${e.port}`, 'delete')]),
  ];
};

export const listObjects = (wish: Prepared, looked: Looked | null, facts: Facts, mask: Mask): PlannedObject[] => {
  const { kind, namespace, release, state, port } = wish;
  if (kind === 'delete') return ofDelete(wish);
  if (kind === 'expose') return [...['Service', 'Ingress'].map(k => planned('object', k, namespace, `${release.slice(0, 50)}-port-${port ?? 0}`, 'create')), ...address(wish, facts)];
  if (kind === 'revert') return (state?.findings ?? []).map(f => planned('object', f.kind, namespace, f.name, f.what === 'missing' ? 'create' : f.what === 'unknown' ? 'keep' : 'change', f.detail));
  const objects = looked?.manifest == null ? [] : plannedChanges(looked.current, looked.manifest, namespace, mask);
  return [
    ...(kind === 'deploy' ? [planned('namespace', 'Namespace', null, namespace, facts['the namespace'] === 'none' ? 'create' : 'keep', facts['the namespace'] === 'none' ? '' : 'is there already')] : []),
    ...secretChange(wish), planned('release', 'Release', namespace, release, kind === 'deploy' ? 'create' : 'change'), ...objects, ...address(wish, facts), ...(kind === 'rollback' ? ofExposures(wish) : []),
  ];
};
