import type { Change, Projection, RecordedEvent, ViewReader } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { catalogView } from '@xanthus/proto/applications';
import type { CatalogEvent } from '../catalog-entry/catalog-entry.js';

export type CatalogRow = DataOf<typeof catalogView>;

/** What did the tenant add to the catalog? `<tenant>.catalog.<entry>` */
export const catalogProjection: Projection = {
  name: 'catalog', version: 1, schema: catalogView.schema,
  async project(event: RecordedEvent, view: ViewReader): Promise<readonly Change[]> {
    if (event.aggregate.name !== 'catalog-entry') return [];
    const known = event as unknown as CatalogEvent;
    const { tenant, aggregate: { id }, occurred_at, actor } = event;
    const key = viewKey(tenant, 'catalog', id);
    if (known.type === 'CatalogEntryRemoved') return [{ key, deleted: true }];
    if (known.type !== 'CatalogEntryAdded' && known.type !== 'CatalogEntryChanged') return [];
    const before = known.type === 'CatalogEntryChanged' ? await view.get<CatalogRow>(key) : undefined;
    return [{ key, value: { id: known.data.entry.id, ...known.data, added_at: before?.added_at ?? occurred_at, changed_at: occurred_at, changed_by: actor } satisfies CatalogRow }];
  },
};
