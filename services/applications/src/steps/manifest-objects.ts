import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const object = z.object({ kind: z.string().min(1).max(64), metadata: z.object({ name: z.string().min(1).max(253), namespace: z.string().max(253).optional(), annotations: z.record(z.string(), z.unknown()).nullish().catch(null) }) });
/** Kinds that lie in no namespace; of others that are not known, the namespace is that of the release. */
const CLUSTER_WIDE: ReadonlySet<string> = new Set(['Namespace', 'CustomResourceDefinition', 'ClusterRole', 'ClusterRoleBinding', 'PersistentVolume', 'StorageClass', 'IngressClass', 'PriorityClass', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'APIService', 'RuntimeClass', 'CSIDriver']);

export interface ManifestObject { readonly kind: string; readonly name: string; readonly namespace: string | null; /** The chart has Helm keep it, whatever happens to the release. */ readonly kept: boolean }
/** The objects that a manifest names, each once. */
export const manifestObjects = (manifest: string, namespace: string): readonly ManifestObject[] => {
  const found = new Map<string, ManifestObject>();
  for (const document of parseAllDocuments(manifest, { maxAliasCount: 100 } as never)) {
    const parsed = object.safeParse((document as { toJS(): unknown }).toJS());
    if (!parsed.success) continue;
    const { kind, metadata } = parsed.data;
    const one = { kind, name: metadata.name, namespace: CLUSTER_WIDE.has(kind) ? null : metadata.namespace ?? namespace, kept: metadata.annotations?.['helm.sh/resource-policy'] === 'keep' };
    found.set(`${kind} ${one.namespace ?? ''} ${one.name}`, one);
  }
  return [...found.values()];
};
