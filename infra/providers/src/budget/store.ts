import type { NatsConnection } from '@nats-io/transport-node';
import { BUDGET_BUCKET, kvGet, kvPut } from '@xanthus/jetstream';
import { ConflictError } from '@xanthus/kernel';
import type { BudgetRecord } from './record.js';

/** `revision` 0: there never was one. */
export interface Stored<T> { readonly record: T | undefined; readonly revision: number }

/** Where replicas meet: a value with a revision, written only over the revision that was read. */
export interface SharedStore<T> {
  read(key: string): Promise<Stored<T>>;
  /** @param expected 0: there must be none. @returns the new revision @throws ConflictError when another was first */
  write(key: string, record: T, expected: number): Promise<number>;
}
export type BudgetStore = SharedStore<BudgetRecord>;

/** @param kept_s keys expire that long after their last write */
export const natsStore = <T>(nc: NatsConnection, kept_s: number): SharedStore<T> => ({
  read: async key => {
    const entry = await kvGet<T>(nc, BUDGET_BUCKET, key);
    return { record: entry?.value, revision: entry?.revision ?? 0 };
  },
  write: (key, record, expected) => kvPut(nc, BUDGET_BUCKET, key, record, expected, { ttl_s: kept_s }),
});

/** Longer than the longest window: a budget that nobody uses any more is forgotten. */
export const natsBudgetStore = (nc: NatsConnection): BudgetStore => natsStore(nc, 2 * 3_600);

/** For one process alone, and for specs. */
export const memoryStore = <T>(): SharedStore<T> => {
  const entries = new Map<string, { record: T; revision: number }>();
  let last = 0;
  return {
    read: async key => entries.get(key) ?? { record: undefined, revision: 0 },
    write: async (key, record, expected) => {
      const revision = entries.get(key)?.revision ?? 0;
      if (revision !== expected) throw new ConflictError(key, expected, revision);
      entries.set(key, { record, revision: ++last });
      return last;
    },
  };
};
export const memoryBudgetStore = (): BudgetStore => memoryStore();
