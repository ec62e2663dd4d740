/** Snapshots with our labels of servers that are not kept here any more: no server lists them, and they go on costing money. */
import { readState } from '@xanthus/kernel';
import { deriveId } from '@xanthus/nest';
import type { DriftFinding, ProviderPricing } from '@xanthus/proto/vps';
import { storagePerMonth } from '../costs/cost-arithmetic.js';
import type { ProviderSnapshot } from '../providers/provider.js';
import { serverType } from '../server/server.decide.js';
import { isLive } from '../server/server.js';
import type { VpsContext } from '../vps.context.js';
import { isOurs } from './compare.js';

/** Always the same one for the same snapshot; never that of a machine, whose numbers may be the same. */
export const snapshotId = ({ tenant, id }: { readonly tenant: string; readonly id: string }, ref: string): string => deriveId(tenant, `snapshot:${id}`, ref);

/** Of which server of ours it is, as its label says. */
export const ownerOf = ({ labels }: Pick<ProviderSnapshot, 'labels'>): string | undefined => {
  const id = labels['xanthus_server'];
  return id !== undefined && /^[0-9a-z]{26}$/.test(id) ? id : undefined;
};

export const snapshotName = ({ ref, description }: Pick<ProviderSnapshot, 'ref' | 'description'>): string => description.trim().slice(0, 253) || `Snapshot ${ref}`;

/** What is kept here: servers by their id, and machines of all accounts by their provider's. */
export interface Kept { readonly server: (id: string) => Promise<boolean>; readonly machines: ReadonlySet<string | undefined> }

export const keptOf = (vps: VpsContext, tenant: string, machines: Kept['machines']): Kept => ({ machines, server: async id => isLive(await readState(vps, serverType, tenant, id)) });

/** Whether it is this tenant's, and of no server that is kept: by its own labels, whatever its provider was asked for. */
export const isLeft = async (tenant: string, snapshot: ProviderSnapshot, kept: Kept): Promise<boolean> => {
  if (!isOurs(tenant, snapshot) || (snapshot.server !== null && kept.machines.has(snapshot.server))) return false;
  const owner = ownerOf(snapshot);
  return owner === undefined || !await kept.server(owner);
};

/** `of`: what its server was called here, if that is still known. */
export const snapshotFinding = (snapshot: ProviderSnapshot, of: string | undefined, pricing: ProviderPricing | undefined): DriftFinding => {
  const { size_bytes, created_at } = snapshot;
  const perGb = pricing?.snapshot_gb_month;
  return {
    kind: 'snapshot', expected: null, actual: snapshotName(snapshot),
    snapshot: { of: of ?? ownerOf(snapshot) ?? null, size_bytes, created_at, price: pricing && perGb && size_bytes !== null ? { currency: pricing.currency, monthly: storagePerMonth(size_bytes, perGb) } : null },
  };
};
