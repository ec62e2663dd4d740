import { viewKey, type AggregateRef } from '@xanthus/proto';
import type { RecordedEvent } from './event.js';

/** One change of a view. `key` is a bucket key (`viewKey(…)`, or `_…` for what never leaves the service). At most 200 per event. */
export type Change = { readonly key: string; readonly value: unknown } | { readonly key: string; readonly deleted: true };

/** Reads the view as it stands before this event; answers from memory while folding. */
export interface ViewReader { get<T = unknown>(key: string): Promise<T | undefined> | T | undefined }

/**
 * Folds a service's stream into keys of its bucket. Several projections of a service share one projector, one position and one atomic batch.
 * Change `version` when the meaning of the fold changes: the view is then rebuilt beside the live one and swapped in.
 */
export interface Projection {
  readonly name: string;
  readonly version: number;
  /** Schema version written with each value. */
  readonly schema: number;
  /**
   * Each row `<tenant>.<view>.<id>` is made of the events of these aggregates with the very id of the row, and of nothing else: neither are other keys read, nor do other
   * events change it. `keyedProjection` sees to it. So what changed one row can be found without folding all.
   */
  readonly own?: OwnRows;
  project(event: RecordedEvent, view: ViewReader): readonly Change[] | Promise<readonly Change[]>;
  /**
   * An event of this aggregate could not be folded: it is parked, and the aggregate's later events are not folded into this view until the version changes.
   * A view whose staleness would be dangerous (rights) removes here what depends on the aggregate.
   */
  onParked?(aggregate: AggregateRef, view: ViewReader): readonly Change[] | Promise<readonly Change[]>;
}

export interface OwnRows { readonly view: string; readonly aggregates: readonly string[] }

/** The usual case: each event belongs to some keys, each key is a fold. `undefined` deletes. */
export interface KeyedFold<T> {
  readonly name: string;
  readonly version: number;
  readonly schema: number;
  /** Or `own`, where each event of an aggregate belongs to the row of its id. */
  keys(event: RecordedEvent): readonly string[];
  evolve(data: T | undefined, event: RecordedEvent, key: string): T | undefined;
}
type OwnFold<T> = Omit<KeyedFold<T>, 'keys'> & { readonly own: OwnRows };

const NONE: readonly Change[] = [];

/** A `Projection` from a pure fold per key. */
export const keyedProjection = <T>(fold: KeyedFold<T> | OwnFold<T>): Projection => ('own' in fold ? { ...keyed({ ...fold, keys: ownKeys(fold.own) }), own: fold.own } : keyed(fold));

const ownKeys = ({ view, aggregates }: OwnRows) => (event: RecordedEvent): readonly string[] => (aggregates.includes(event.aggregate.name) ? [viewKey(event.tenant, view, event.aggregate.id)] : []);

const keyed = <T>(fold: KeyedFold<T>): Projection => ({
  name: fold.name,
  version: fold.version,
  schema: fold.schema,
  project(event, view) {
    const keys = fold.keys(event);
    return keys.length === 0 ? NONE : changesOf(fold, keys, event, view);
  },
});

const changesOf = async <T>(fold: KeyedFold<T>, keys: readonly string[], event: RecordedEvent, view: ViewReader): Promise<Change[]> => {
  const changes: Change[] = [];
  for (const key of keys) {
    const before = (await view.get(key)) as T | undefined;
    const after = fold.evolve(before, event, key);
    if (after === before) continue;
    changes.push(after === undefined ? { key, deleted: true } : { key, value: after });
  }
  return changes;
};
