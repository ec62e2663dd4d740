/** How an application is, out of what Helm and its pods say. Pure. */
import type { DataOf } from '@xanthus/proto';
import type { applicationView } from '@xanthus/proto/applications';
import type { Inventory } from '../cluster/inventory.js';
import { podsText, whyNotReady } from '../steps/not-ready.js';

type Row = DataOf<typeof applicationView>;
export interface Seen { readonly health: Row['health']; readonly sentence: string; readonly pods: Row['pods'] }
/** `unasked`: Helm was not asked; what it said before still counts. Null: it has no such release. */
export type HelmSaid = { readonly status: string } | null | 'unasked';

const NONE = { ready: 0, wanted: 0, restarts: 0 };
export const unknownHealth = (sentence: string): Seen => ({ health: 'unknown', sentence, pods: NONE });

export const healthOf = (helm: HelmSaid, found: Inventory): Seen => {
  const pods = { ready: found.workloads.reduce((n, w) => n + w.ready, 0), wanted: found.workloads.reduce((n, w) => n + w.wanted, 0), restarts: found.pods.reduce((n, p) => n + p.restarts, 0) };
  if (helm === null) return { health: 'missing', sentence: 'Helm has no such release on the server any more. Revert it, or delete the application.', pods };
  if (helm !== 'unasked') {
    if (/^pending-|^uninstalling$/.test(helm.status)) return { health: 'pending', sentence: `Helm is at work (${helm.status}).`, pods };
    if (helm.status === 'failed') return { health: 'failed', sentence: `Helm says that its last work on it failed; ${podsText(found)}.`, pods };
  }
  if (found.workloads.length > 0 && pods.wanted === 0) return { health: 'deployed', sentence: 'Stopped: no pods wanted.', pods };
  if (pods.ready >= pods.wanted) return { health: 'deployed', sentence: podsText(found), pods };
  return { health: 'degraded', sentence: whyNotReady(found)?.message ?? podsText(found), pods };
};
