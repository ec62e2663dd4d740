import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { CatalogEntry, EntryProblem } from '@xanthus/proto/applications';
import { evolveCatalogEntry, initialCatalogEntry, type CatalogEvent, type CatalogState } from './catalog-entry.js';

/** Own entries of a tenant. */
export const MOST_ENTRIES = 200;

/** The YAML as it was read at the door. */
export type ReadEntry = { readonly entry: CatalogEntry; readonly problems: readonly [] } | { readonly entry: null; readonly problems: readonly EntryProblem[] };
export type CatalogCommand =
  | { readonly type: 'Add'; readonly id: string; readonly yaml: string; readonly read: ReadEntry; /** Own entries that there are. */ readonly others: number }
  | { readonly type: 'Change'; readonly id: string; readonly yaml: string; readonly read: ReadEntry }
  | { readonly type: 'Remove' };

const sound = ({ id, read }: { readonly id: string; readonly read: ReadEntry }): CatalogEntry => {
  if (read.entry === null) {
    const [first] = read.problems;
    const where = first?.line === null || first === undefined ? '' : `Line ${first.line}: `;
    throw new Refusal('CATALOG.INVALID', `${where}${first?.path === '' || first === undefined ? '' : `${first.path}: `}${first?.message ?? 'This is no entry.'}${read.problems.length > 1 ? ` And ${read.problems.length - 1} more.` : ''}`, { problems: read.problems });
  }
  if (read.entry.id !== id) throw new Refusal('CATALOG.ID_DIFFERS', `The YAML says id: ${read.entry.id}, but this is ${id}. An entry keeps its id; add another one for another id.`);
  return read.entry;
};
const notFound = (): Refusal => new Refusal('CATALOG.NOT_FOUND', 'There is no such entry of your own (any more).');

export const catalogDecider: Decider<CatalogState, CatalogCommand, CatalogEvent> = {
  initialState: initialCatalogEntry,
  evolve: evolveCatalogEntry,
  decide(state, command) {
    if (command.type === 'Remove') {
      if (state.status === 'absent') throw notFound();
      return [{ type: 'CatalogEntryRemoved', data: {} }];
    }
    if (command.type === 'Change' && state.status === 'absent') throw notFound();
    const entry = sound(command);
    if (command.type === 'Change') return state.status === 'listed' && state.yaml === command.yaml ? [] : [{ type: 'CatalogEntryChanged', data: { yaml: command.yaml, entry } }];
    if (state.status === 'listed') {
      if (state.yaml === command.yaml) return [];
      throw new Refusal('CATALOG.ID_TAKEN', `There is an entry ${command.id} of your own already. Change that one, or take another id.`);
    }
    if (command.others >= MOST_ENTRIES) throw new Refusal('CATALOG.LIMIT_REACHED', `There are ${MOST_ENTRIES} entries of your own already; remove one first.`);
    return [{ type: 'CatalogEntryAdded', data: { yaml: command.yaml, entry } }];
  },
};

export const catalogEntryType: AggregateType<CatalogState, CatalogCommand, CatalogEvent> = {
  service: 'applications', name: 'catalog-entry', decider: catalogDecider, schemas: { CatalogEntryAdded: 1, CatalogEntryChanged: 1, CatalogEntryRemoved: 1 },
};
