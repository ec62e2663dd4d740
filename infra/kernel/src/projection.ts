import type { AggregateRef } from '@xanthus/proto';
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
  project(event: RecordedEvent, view: ViewReader): readonly Change[] | Promise<readonly Change[]>;
  /**
   * An event of this aggregate could not be folded: it is parked, and the aggregate's later events are not folded into this view until the version changes.
   * A view whose staleness would be dangerous (rights) removes here what depends on the aggregate.
   */
  onParked?(aggregate: AggregateRef, view: ViewReader): readonly Change[] | Promise<readonly Change[]>;
}

/** The usual case: each event belongs to some keys, each key is a fold. `undefined` deletes. */
export interface KeyedFold<T> {
  readonly name: string;
  readonly version: number;
  readonly schema: number;
  keys(event: RecordedEvent): readonly string[];
  evolve(data: T | undefined, event: RecordedEvent, key: string): T | undefined;
}

/** A `Projection` from a pure fold per key. */
export const keyedProjection = <T>(fold: KeyedFold<T>): Projection => ({
  name: fold.name,
  version: fold.version,
  schema: fold.schema,
  async project(event, view) {
    const changes: Change[] = [];
    for (const key of fold.keys(event)) {
      const before = (await view.get(key)) as T | undefined;
      const after = fold.evolve(before, event, key);
      if (after === before) continue;
      changes.push(after === undefined ? { key, deleted: true } : { key, value: after });
    }
    return changes;
  },
});
