import type { NatsConnection } from '@nats-io/transport-node';
import { BUDGET_BUCKET, kvGet, kvPut } from '@xanthus/jetstream';
import { ConflictError } from '@xanthus/kernel';
import type { BudgetRecord } from './record.js';

/** `revision` 0: there never was one. */
export interface StoredBudget { readonly record: BudgetRecord | undefined; readonly revision: number }

/** Where replicas meet: a value with a revision, written only over the revision that was read. */
export interface BudgetStore {
  read(key: string): Promise<StoredBudget>;
  /** @param expected 0: there must be none. @returns the new revision @throws ConflictError when another was first */
  write(key: string, record: BudgetRecord, expected: number): Promise<number>;
}

/** Keys expire when nobody calls any more. */
const KEPT_S = 2 * 3_600;

export const natsBudgetStore = (nc: NatsConnection): BudgetStore => ({
  read: async key => {
    const entry = await kvGet<BudgetRecord>(nc, BUDGET_BUCKET, key);
    return { record: entry?.value, revision: entry?.revision ?? 0 };
  },
  write: (key, record, expected) => kvPut(nc, BUDGET_BUCKET, key, record, expected, { ttl_s: KEPT_S }),
});

/** For one process alone, and for specs. */
export const memoryBudgetStore = (): BudgetStore => {
  const entries = new Map<string, StoredBudget>();
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
