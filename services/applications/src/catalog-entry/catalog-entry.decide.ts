import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { CatalogEntry, EntryProblem } from '@xanthus/proto/applications';
import { evolveCatalogEntry, initialCatalogEntry, type CatalogEvent, type CatalogState } from './catalog-entry.js';

/** Own entries of a tenant, and the bytes of all of them as JSON: the whole catalog is one answer, and an answer is at most a mebibyte. */
export const MOST_ENTRIES = 200;
export const MOST_BYTES = 640_000;

/** Own entries beside the one that it is about. */
export interface Others { readonly count: number; readonly bytes: number }

/** The YAML as it was read at the door. */
export type ReadEntry = { readonly entry: CatalogEntry; readonly problems: readonly [] } | { readonly entry: null; readonly problems: readonly EntryProblem[] };
export type CatalogCommand =
  | { readonly type: 'Add'; readonly id: string; readonly yaml: string; readonly read: ReadEntry; readonly others: Others }
  | { readonly type: 'Change'; readonly id: string; readonly yaml: string; readonly read: ReadEntry; readonly others: Others }
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
export const bytesOf = (entry: CatalogEntry): number => Buffer.byteLength(JSON.stringify(entry));
const tooMuch = (): Refusal => new Refusal('CATALOG.LIMIT_REACHED', `Own entries may be ${MOST_ENTRIES}, and ${MOST_BYTES / 1_000} KB in all; remove one first, or make one shorter.`);
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
    const fits = command.others.bytes + bytesOf(entry) <= MOST_BYTES;
    if (command.type === 'Change') {
      if (!fits) throw tooMuch();
      return state.status === 'listed' && state.yaml === command.yaml ? [] : [{ type: 'CatalogEntryChanged', data: { yaml: command.yaml, entry } }];
    }
    if (state.status === 'listed') {
      if (state.yaml === command.yaml) return [];
      throw new Refusal('CATALOG.ID_TAKEN', `There is an entry ${command.id} of your own already. Change that one, or take another id.`);
    }
    if (command.others.count >= MOST_ENTRIES || !fits) throw tooMuch();
    return [{ type: 'CatalogEntryAdded', data: { yaml: command.yaml, entry } }];
  },
};

export const catalogEntryType: AggregateType<CatalogState, CatalogCommand, CatalogEvent> = {
  service: 'applications', name: 'catalog-entry', decider: catalogDecider, schemas: { CatalogEntryAdded: 1, CatalogEntryChanged: 1, CatalogEntryRemoved: 1 },
};
