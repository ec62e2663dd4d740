/** What Helm would make, object by object. Pure. */
import type { PlannedObject } from '@xanthus/proto/applications';
import { parseAllDocuments, stringify } from 'yaml';
import { z } from 'zod';
import type { Mask } from '../cluster/mask.js';
import { unifiedDiff } from './diff.js';

const schema = z.looseObject({ apiVersion: z.string().default(''), kind: z.string().min(1).max(64), metadata: z.looseObject({ name: z.string().min(1).max(253), namespace: z.string().max(253).optional() }) });
export type ManifestObject = z.infer<typeof schema>;
/** Kinds that lie in no namespace. */
const CLUSTER_WIDE: ReadonlySet<string> = new Set(['Namespace', 'CustomResourceDefinition', 'ClusterRole', 'ClusterRoleBinding', 'PersistentVolume', 'StorageClass', 'IngressClass', 'PriorityClass', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'APIService', 'RuntimeClass', 'CSIDriver']);
const DETAIL = 3_000;
const ALL_DETAILS = 80_000;

export const objectsIn = (manifest: string): readonly ManifestObject[] => parseAllDocuments(manifest, { logLevel: 'silent' } as never).flatMap((document) => {
  const parsed = schema.safeParse((document as { toJS(o?: { maxAliasCount: number }): unknown }).toJS({ maxAliasCount: 100 }));
  return parsed.success ? [parsed.data] : [];
});
export const namespaceOf = ({ kind, metadata }: ManifestObject, namespace: string): string | null => (CLUSTER_WIDE.has(kind) ? null : metadata.namespace ?? namespace);
const keyOf = (o: ManifestObject, namespace: string): string => `${o.kind} ${namespaceOf(o, namespace) ?? ''} ${o.metadata.name}`;

/** Of a Secret only the names of what it holds. */
const shown = (object: ManifestObject): string => {
  const hide = (data: unknown): unknown => (typeof data === 'object' && data !== null ? Object.fromEntries(Object.keys(data).map(k => [k, '•••'])) : data);
  const plain = object.kind === 'Secret' ? { ...object, ...('data' in object ? { data: hide(object['data']) } : {}), ...('stringData' in object ? { stringData: hide(object['stringData']) } : {}) } : object;
  return stringify(plain, { lineWidth: 0, aliasDuplicateObjects: false });
};

const claims = z.looseObject({ spec: z.looseObject({ volumeClaimTemplates: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })).default([]), replicas: z.int().min(0).max(50).default(1) }) });
/** The volumes that a StatefulSet makes by itself. */
const claimsOf = (object: ManifestObject): readonly string[] => {
  const parsed = object.kind === 'StatefulSet' ? claims.safeParse(object) : undefined;
  if (parsed?.success !== true) return [];
  const { volumeClaimTemplates, replicas } = parsed.data.spec;
  return volumeClaimTemplates.flatMap(t => Array.from({ length: replicas }, (_, n) => `${t.metadata.name}-${object.metadata.name}-${n}`));
};
const sortOf = (kind: string): PlannedObject['sort'] => (kind === 'PersistentVolumeClaim' ? 'volume' : 'object');

/** From one manifest to another; `before` null: there was none. */
export const plannedChanges = (before: string | null, after: string, namespace: string, mask: Mask): PlannedObject[] => {
  const [old, fresh] = [before, after].map(text => new Map((text === null ? [] : objectsIn(text)).map(o => [keyOf(o, namespace), o])));
  if (!old || !fresh) return [];
  let room = ALL_DETAILS;
  const detailed = (detail: string): string => {
    const text = mask(detail).slice(0, Math.max(0, Math.min(DETAIL, room)));
    room -= text.length;
    return text;
  };
  const one = (o: ManifestObject, action: PlannedObject['action'], detail = ''): PlannedObject => ({ sort: sortOf(o.kind), kind: o.kind, namespace: namespaceOf(o, namespace), name: o.metadata.name, action, detail });
  const volumes = (o: ManifestObject, action: PlannedObject['action']): PlannedObject[] => claimsOf(o).map(name => ({ sort: 'volume', kind: 'PersistentVolumeClaim', namespace, name, action, detail: '' }));
  return [
    ...[...fresh].flatMap(([key, o]) => {
      const was = old.get(key);
      if (!was) return [one(o, 'create'), ...volumes(o, 'create')];
      const diff = unifiedDiff(shown(was), shown(o), 20_000);
      // The contents of a Secret are not shown, that they differ is.
      const differs = diff !== '' || JSON.stringify(was) !== JSON.stringify(o);
      return [one(o, differs ? 'change' : 'unchanged', differs ? detailed(diff === '' ? 'Its contents change; they are not shown.' : diff) : '')];
    }),
    // A volume that a StatefulSet made stays when that goes.
    ...[...old].filter(([key]) => !fresh.has(key)).map(([, o]) => one(o, o.kind === 'PersistentVolumeClaim' ? 'keep' : 'delete')),
  ];
};

const service = z.looseObject({ kind: z.literal('Service'), spec: z.looseObject({ type: z.string().default('ClusterIP'), ports: z.array(z.looseObject({ port: z.int(), nodePort: z.int().optional() })).default([]) }) });
/** Ports of the server itself that an object takes: of a load balancer, or a port of the node. */
export const portsOf = (object: unknown): readonly number[] => {
  const parsed = service.safeParse(object);
  if (!parsed.success) return [];
  const { type, ports } = parsed.data.spec;
  return ports.flatMap(p => [...(type === 'LoadBalancer' ? [p.port] : []), ...(p.nodePort === undefined ? [] : [p.nodePort])]);
};
const ingress = z.looseObject({ kind: z.literal('Ingress'), spec: z.looseObject({ rules: z.array(z.looseObject({ host: z.string().optional() })).default([]) }) });
export const hostsOf = (object: unknown): readonly string[] => {
  const parsed = ingress.safeParse(object);
  return parsed.success ? parsed.data.spec.rules.flatMap(r => (r.host === undefined ? [] : [r.host])) : [];
};
