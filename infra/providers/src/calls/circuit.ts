import type { BudgetRecord } from '../budget/record.js';

/** After that many failures one after another nothing is called for a while; each time in a row for longer. */
export const FAILURES = 5;
const FIRST_MS = 15_000;
const LONGEST_MS = 5 * 60_000;

export const openedNow = (record: BudgetRecord, now: number, random: number): BudgetRecord => {
  const times = (record.circuit?.times ?? 0) + 1;
  const pause = Math.min(LONGEST_MS, FIRST_MS * 2 ** (times - 1));
  // not all replicas come back in the same moment
  return { ...record, circuit: { until: now + pause * (0.75 + random / 2), times } };
};

export const closedNow = (record: BudgetRecord): BudgetRecord => ({ ...record, circuit: undefined });
