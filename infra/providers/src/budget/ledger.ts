import { ConflictError, UncertainError } from '@xanthus/kernel';
import { corrected, current, endOf, mostFor, statusOf, takeSlice, type BudgetPolicy, type BudgetRecord, type BudgetStatus, type SeenLimit } from './record.js';
import type { BudgetStore } from './store.js';

/** Whose budget: of one tenant at one provider, where it has several accounts there, of one account. */
export interface BudgetKey { readonly tenant: string; readonly provider: string; readonly account?: string }

export interface LedgerOptions {
  readonly store: BudgetStore;
  readonly policyOf: (provider: string) => BudgetPolicy;
  readonly now: () => number;
  /** How a budget stands that this replica uses: at most every two seconds, and at once when calls stop or go on. */
  readonly onChange?: (key: BudgetKey, status: BudgetStatus) => void;
  /** How long a change may wait to be told, ms. Preset: 2,000. */
  readonly tellMs?: number;
}

export interface Ledger {
  /** One call set aside: undefined. Or the time (ms) from which there is one again. */
  take(key: BudgetKey, background: boolean): Promise<number | undefined>;
  /** What an answer said of the provider's own count. */
  observe(key: BudgetKey, seen: SeenLimit): void;
  /** The record as this replica knows it, at most `FRESH_MS` old. */
  record(key: BudgetKey): Promise<BudgetRecord>;
  /** A change that every replica must see at once. */
  change(key: BudgetKey, change: (record: BudgetRecord) => BudgetRecord): Promise<void>;
  status(key: BudgetKey): Promise<BudgetStatus>;
  /** Gives back what was set aside and not used. */
  stop(): Promise<void>;
}

interface Local { readonly key: BudgetKey; record: BudgetRecord | undefined; revision: number; left: number; readAt: number; seen: SeenLimit | undefined; busy: Promise<unknown> | undefined; telling: NodeJS.Timeout | undefined }

/** Other replicas' blocks and open circuits are seen after that long at most. */
const FRESH_MS = 2_000;
/** Ends of windows that close are the same end. */
const SAME_MS = 2_000;
const MOST_TRIES = 20;

const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;
const keyText = ({ tenant, provider, account }: BudgetKey): string => {
  const parts = account === undefined ? [tenant, provider] : [tenant, provider, account];
  if (!parts.every(part => TOKEN.test(part))) throw new TypeError('tenant, provider and account of a budget are letters, digits, - and _');
  return parts.join('.');
};

const isSame = (a: BudgetRecord, b: BudgetRecord | undefined): boolean => (['limit', 'window_s', 'starts', 'window', 'taken'] as const).every(field => a[field] === b?.[field]);

/** This replica's side of all budgets: it sets slices of calls aside by compare-and-set, so that all replicas together stay within the limit without a write per call. */
export const createLedger = ({ store, policyOf, now, onChange, tellMs = 2_000 }: LedgerOptions): Ledger => {
  const locals = new Map<string, Local>();

  const localOf = (key: BudgetKey): Local => {
    const text = keyText(key);
    const found = locals.get(text);
    if (found) return found;
    forgetIdle();
    const local: Local = { key, record: undefined, revision: 0, left: 0, readAt: -Infinity, seen: undefined, busy: undefined, telling: undefined };
    locals.set(text, local);
    return local;
  };

  /** Budgets whose window ended long ago take no memory. */
  const forgetIdle = (): void => {
    for (const [text, { record, busy, telling }] of locals) if (record && busy === undefined && telling === undefined && endOf(record) + record.window_s * 1_000 < now()) locals.delete(text);
  };

  const standing = (local: Local): BudgetStatus => {
    const record = current(local.record, policyOf(local.key.provider), now());
    return statusOf(local.key.provider, { ...record, taken: Math.max(0, record.taken - local.left) }, now());
  };

  const tell = (local: Local): void => {
    clearTimeout(local.telling);
    local.telling = undefined;
    onChange?.(local.key, standing(local));
  };
  const tellSoon = (local: Local): void => {
    if (onChange) local.telling ??= setTimeout(() => tell(local), tellMs).unref();
  };

  const read = async (local: Local): Promise<void> => {
    const entry = await store.read(keyText(local.key));
    if (entry.record?.window !== local.record?.window) local.left = 0;
    local.record = entry.record;
    local.revision = entry.revision;
    local.readAt = now();
  };

  /** Writes over what is there now, again when another was first; `undefined` writes nothing. One at a time per budget in this replica. */
  const update = async (local: Local, change: (record: BudgetRecord) => BudgetRecord | undefined): Promise<void> => {
    while (local.busy) await local.busy.catch(() => undefined);
    const run = async (): Promise<void> => {
      for (let attempt = 1; ; attempt++) {
        const policy = policyOf(local.key.provider);
        const before = current(local.record, policy, now());
        if (before.window !== local.record?.window) local.left = 0;
        const next = change(local.seen && local.seen.resets > now() ? corrected(before, local.seen) : before);
        if (next === undefined) return;
        try {
          local.revision = await store.write(keyText(local.key), next, local.revision);
          local.record = next;
          local.readAt = now();
          local.seen = undefined;
          return;
        } catch (error) {
          // an uncertain write is read again: at worst a slice is set aside twice
          if (!(error instanceof ConflictError || error instanceof UncertainError) || attempt === MOST_TRIES) throw error;
          await read(local);
        }
      }
    };
    local.busy = run().finally(() => { local.busy = undefined; });
    await local.busy;
  };

  const fresh = async (local: Local): Promise<void> => {
    if (now() - local.readAt >= FRESH_MS) {
      while (local.busy) await local.busy.catch(() => undefined);
      if (now() - local.readAt >= FRESH_MS) await (local.busy = read(local).finally(() => { local.busy = undefined; }));
    }
  };

  /** @returns how many calls were set aside */
  const refill = async (local: Local, background: boolean): Promise<number> => {
    let got = 0;
    await update(local, record => {
      const taken = takeSlice(record, background);
      got = taken.slice;
      // nothing left: nothing to tell the others, unless the provider counts differently from what they know
      return got === 0 && isSame(record, local.record) ? undefined : taken.record;
    });
    local.left += got;
    return got;
  };

  return {
    take: async (key, background) => {
      const local = localOf(key);
      await fresh(local);
      for (;;) {
        const { record } = local;
        if (record?.blocked_until !== undefined && record.blocked_until > now()) return record.blocked_until;
        if (record && endOf(record) > now() && local.left > 0) {
          tellSoon(local);
          if (background && record.taken - local.left >= mostFor(record, true)) return endOf(record);
          local.left -= 1;
          if (local.seen) local.seen = { ...local.seen, remaining: Math.max(0, local.seen.remaining - 1) };
          return undefined;
        }
        // another call of this replica is fetching a slice just now
        if (local.busy) await local.busy.catch(() => undefined);
        else if (await refill(local, background) === 0 && local.record) {
          tellSoon(local);
          return Math.max(endOf(local.record), now());
        }
      }
    },
    observe: (key, seen) => {
      const local = localOf(key);
      // answers come in any order; the lowest count of one window is the latest
      const same = local.seen !== undefined && Math.abs(local.seen.resets - seen.resets) <= SAME_MS;
      local.seen = same ? { ...seen, remaining: Math.min(seen.remaining, local.seen?.remaining ?? seen.remaining) } : seen;
      local.left = Math.min(local.left, seen.remaining);
    },
    record: async key => {
      const local = localOf(key);
      await fresh(local);
      return current(local.record, policyOf(key.provider), now());
    },
    change: async (key, change) => {
      const local = localOf(key);
      await fresh(local);
      await update(local, change);
      tell(local);
    },
    status: async key => {
      const local = localOf(key);
      await read(local);
      return standing(local);
    },
    stop: async () => {
      for (const local of locals.values()) {
        clearTimeout(local.telling);
        const { left, record: known } = local;
        if (left === 0 || !known || endOf(known) <= now()) continue;
        const { window } = known;
        local.left = 0;
        await update(local, record => (record.window === window ? { ...record, taken: Math.max(0, record.taken - left) } : record)).catch(() => undefined);
      }
      locals.clear();
    },
  };
};
