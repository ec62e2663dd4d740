/** The catalog of a tenant: its own entries, and those that Xanthus ships. */
import { handle, readState, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf } from '@xanthus/proto';
import type { addCatalogEntry, CatalogEntry, catalogEntries } from '@xanthus/proto/applications';
import type { ApplicationsContext } from '../applications.context.js';
import { bytesOf, catalogEntryType, type Others } from '../catalog-entry/catalog-entry.decide.js';
import { parseEntry, shippedEntries, shippedEntry } from '../catalog/index.js';
import type { CatalogRow } from '../views/catalog.js';

type Written = OutputOf<typeof addCatalogEntry>;

const othersOf = async (on: ApplicationsContext, { tenant, id }: Call): Promise<Others> => {
  const rows = (await on.views.list<CatalogRow>(tenant, 'catalog')).filter(row => row.id !== id);
  return { count: rows.length, bytes: rows.reduce((sum, row) => sum + bytesOf(row.value.data.entry), 0) };
};

const write = async (on: ApplicationsContext, call: Call, type: 'Add' | 'Change', yaml: string): Promise<Written> =>
  writtenBy(await handle(on, catalogEntryType, call, { type, id: call.id, yaml, read: parseEntry(yaml), others: await othersOf(on, call) }));
export const addEntry = (on: ApplicationsContext, call: Call, yaml: string): Promise<Written> => write(on, call, 'Add', yaml);
export const changeEntry = (on: ApplicationsContext, call: Call, yaml: string): Promise<Written> => write(on, call, 'Change', yaml);

export const removeEntry = async (on: ApplicationsContext, call: Call): Promise<Written> => writtenBy(await handle(on, catalogEntryType, call, { type: 'Remove' }));

/** The entry of this id as it is now: the tenant's own, else the shipped one. Leader-routed. @throws Refusal CATALOG.NOT_FOUND */
export const entryNow = async (on: Pick<ApplicationsContext, 'store'>, tenant: string, id: string): Promise<CatalogEntry> => {
  const own = await readState(on, catalogEntryType, tenant, id);
  const entry = own.status === 'listed' ? own.entry : shippedEntry(id)?.entry;
  if (entry === undefined) throw new Refusal('CATALOG.NOT_FOUND', `There is no entry ${id} in the catalog. Add it, or choose another one.`);
  return entry;
};

export const wholeCatalog = async (on: Pick<ApplicationsContext, 'views'>, tenant: string): Promise<OutputOf<typeof catalogEntries>> => {
  const own = (await on.views.list<CatalogRow>(tenant, 'catalog')).map(row => row.value.data.entry);
  const taken = new Set(own.map(entry => entry.id));
  const entries = [...own.map(entry => ({ own: true, entry })), ...shippedEntries().filter(s => !taken.has(s.entry.id)).map(({ entry }) => ({ own: false, entry }))];
  return { entries: entries.toSorted((a, b) => a.entry.name.localeCompare(b.entry.name, 'en')) };
};
