import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const object = z.object({ kind: z.string().min(1).max(64), metadata: z.object({ name: z.string().min(1).max(253), namespace: z.string().max(253).optional() }) });
/** Kinds that lie in no namespace; of others that are not known, the namespace is that of the release. */
const CLUSTER_WIDE: ReadonlySet<string> = new Set(['Namespace', 'CustomResourceDefinition', 'ClusterRole', 'ClusterRoleBinding', 'PersistentVolume', 'StorageClass', 'IngressClass', 'PriorityClass', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'APIService', 'RuntimeClass', 'CSIDriver']);

export interface ManifestObject { readonly kind: string; readonly name: string; readonly namespace: string | null }
/** The objects that a manifest names, each once. */
export const manifestObjects = (manifest: string, namespace: string): readonly ManifestObject[] => {
  const found = new Map<string, ManifestObject>();
  for (const document of parseAllDocuments(manifest, { maxAliasCount: 100 } as never)) {
    const parsed = object.safeParse((document as { toJS(): unknown }).toJS());
    if (!parsed.success) continue;
    const { kind, metadata } = parsed.data;
    const one = { kind, name: metadata.name, namespace: CLUSTER_WIDE.has(kind) ? null : metadata.namespace ?? namespace };
    found.set(`${kind} ${one.namespace ?? ''} ${one.name}`, one);
  }
  return [...found.values()];
};
