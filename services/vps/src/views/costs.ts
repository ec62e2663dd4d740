import type { Change, Projection, RecordedEvent } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { costsView, type ServerPrice } from '@xanthus/proto/vps';
import type { ServerEvent } from '../server/server.js';

export type CostRow = DataOf<typeof costsView>;
/** Whose price it is, before there is one. */
type Owner = Pick<CostRow, 'name' | 'provider' | 'provider_id'>;

/** Internal, never shown: `_cost-owner.<tenant>.<id>` */
const ownerKey = (tenant: string, id: string): string => `_cost-owner.${tenant}.${id}`;

/** 13 months: a report shows a month and the one before. */
const KEPT_MS = 397 * 24 * 3_600_000;
const recent = <T extends { readonly to: string | null }>(items: readonly T[], now: string): T[] => items.filter(i => i.to === null || Date.parse(now) - Date.parse(i.to) < KEPT_MS);
const ended = <T extends { readonly to: string | null }>(items: readonly T[], at: string): T[] => items.map(i => (i.to === null ? { ...i, to: at } : i));

const priced = (row: CostRow, { at, ...price }: ServerPrice & { readonly at: string }, changed_at: string): CostRow => {
  // A price that came later for an earlier time takes the place of what it covers.
  const before = ended(row.periods, at).filter(p => p.from < at).map(p => ({ ...p, to: p.to !== null && p.to < at ? p.to : at }));
  return { ...row, periods: [...recent(before, changed_at), { ...price, from: at, to: null }], changed_at };
};

const fold = (row: CostRow, known: ServerEvent, changed_at: string): CostRow => {
  switch (known.type) {
    case 'ServerPriced': return priced(row, known.data, changed_at);
    case 'ServerRenamed': return { ...row, name: known.data.name, changed_at };
    case 'SnapshotCreated': {
      const { snapshot, size_bytes } = known.data;
      return { ...row, snapshots: [...recent(row.snapshots, changed_at), { snapshot, bytes: size_bytes ?? 0, from: changed_at, to: null }], changed_at };
    }
    case 'SnapshotDeleted': return { ...row, snapshots: row.snapshots.map(s => (s.snapshot === known.data.snapshot && s.to === null ? { ...s, to: changed_at } : s)), changed_at };
    case 'ServerDeleted': return { ...row, until: changed_at, periods: ended(row.periods, changed_at), snapshots: ended(row.snapshots, changed_at), changed_at };
    default: return row;
  }
};

const ownerOf = (known: ServerEvent): Owner | undefined => {
  if (known.type === 'ServerRequested') return { name: known.data.name, provider: known.data.provider, provider_id: known.data.provider_id };
  return known.type === 'ServerAdopted' ? { name: known.data.name, provider: known.data.provider, provider_id: null } : undefined;
};

/** What did each server cost when? `<tenant>.costs.<server>`; only of those that have, or had, a price. */
export const costsProjection: Projection = {
  name: 'costs',
  version: 1,
  schema: costsView.schema,
  async project(event: RecordedEvent, view): Promise<readonly Change[]> {
    if (event.aggregate.name !== 'server') return [];
    const { tenant, aggregate: { id }, occurred_at } = event;
    const known = event as unknown as ServerEvent;
    const [key, owners] = [viewKey(tenant, 'costs', id), ownerKey(tenant, id)];
    const made = ownerOf(known);
    if (made) return [{ key: owners, value: made }];
    const row = await view.get<CostRow>(key);
    if (row) {
      const next = fold(row, known, occurred_at);
      return next === row ? [] : [{ key, value: next }];
    }
    const owner = await view.get<Owner>(owners);
    if (!owner) return [];
    if (known.type === 'ServerRenamed') return [{ key: owners, value: { ...owner, name: known.data.name } }];
    if (known.type === 'ServerDeleted') return [{ key: owners, deleted: true }];
    if (known.type !== 'ServerPriced') return [];
    const { at, ...price } = known.data;
    return [{ key, value: { id, ...owner, since: at, until: null, periods: [{ ...price, from: at, to: null }], snapshots: [], changed_at: occurred_at } satisfies CostRow }, { key: owners, deleted: true }];
  },
};
