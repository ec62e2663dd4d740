import type { DomainEvent } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import type { CatalogEntry, catalogEvents } from '@xanthus/proto/applications';

export type CatalogEvent = EventOf<typeof catalogEvents>;
export type CatalogState = { readonly status: 'absent' } | { readonly status: 'listed'; readonly yaml: string; readonly entry: CatalogEntry };

export const initialCatalogEntry: CatalogState = { status: 'absent' };

/** Total: an event that does not fit the state, or that is not known, changes nothing. One that was removed may come again. */
export const evolveCatalogEntry = (state: CatalogState, event: CatalogEvent | DomainEvent): CatalogState => {
  const known = event as CatalogEvent;
  switch (known.type) {
    case 'CatalogEntryAdded': return state.status === 'absent' ? { status: 'listed', ...known.data } : state;
    case 'CatalogEntryChanged': return state.status === 'listed' ? { status: 'listed', ...known.data } : state;
    case 'CatalogEntryRemoved': return state.status === 'listed' ? { status: 'absent' } : state;
    default: return state;
  }
};
