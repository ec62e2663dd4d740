/** How many calls a provider takes per window. */
export interface BudgetPolicy { readonly limit: number; readonly window_s: number }

/** Documented limits: Cloudflare per user, Hetzner per project. */
export const PROVIDER_POLICIES = {
  cloudflare: { limit: 1_200, window_s: 300 },
  hetzner: { limit: 3_600, window_s: 3_600 },
} as const satisfies Record<string, BudgetPolicy>;

/** What all replicas know of one budget. Times are milliseconds since 1970. */
export interface BudgetRecord {
  readonly limit: number;
  readonly window_s: number;
  readonly starts: number;
  /** Counts windows, so that a replica knows whether its slice is of this one. */
  readonly window: number;
  /** Calls made, and those that replicas have set aside for themselves. */
  readonly taken: number;
  /** The provider said not to come back before. */
  readonly blocked_until?: number;
  /** Open until then; the number of times in a row that it opened. */
  readonly circuit?: { readonly until: number; readonly times: number } | undefined;
}

/** How much of a provider's rate budget a tenant has used, and whether calls go through at all. Times are ISO 8601. */
export interface BudgetStatus {
  readonly provider: string;
  /** Calls per window. */
  readonly limit: number;
  readonly used: number;
  readonly window_s: number;
  readonly resets_at: string;
  readonly circuit: 'closed' | 'open' | 'half_open';
  /** When calls are tried again: the circuit is open, the budget used, or the provider said `Retry-After`. */
  readonly retry_at?: string;
}

/** What the provider says of itself in the headers of an answer. */
export interface SeenLimit { readonly limit?: number; readonly window_s?: number; readonly remaining: number; readonly resets: number }

/** Background work leaves this share to people. */
const BACKGROUND_SHARE = 0.8;
/** Our window and the provider's may differ by that much before ours follows. */
const TOLERANCE_MS = 1_500;

export const endOf = (record: BudgetRecord): number => record.starts + record.window_s * 1_000;

/** The record as of now: a window that is over begins anew, a block that is over is gone. */
export const current = (record: BudgetRecord | undefined, policy: BudgetPolicy, now: number): BudgetRecord => {
  if (record === undefined) return { limit: policy.limit, window_s: policy.window_s, starts: now, window: 1, taken: 0 };
  const { blocked_until, ...rest } = record;
  const kept = blocked_until !== undefined && blocked_until > now ? { ...rest, blocked_until } : rest;
  return endOf(record) <= now ? { ...kept, limit: policy.limit, window_s: policy.window_s, starts: now, window: record.window + 1, taken: 0 } : kept;
};

/** A share for one replica, so that not every call is a write: about a fiftieth of the budget, at most 25 calls. */
export const sliceSize = (limit: number): number => Math.min(25, Math.max(1, Math.ceil(limit / 50)));

/** Calls up to which this kind of work may go. */
export const mostFor = (record: BudgetRecord, background: boolean): number => background ? Math.floor(record.limit * BACKGROUND_SHARE) : record.limit;

export const takeSlice = (record: BudgetRecord, background: boolean): { readonly record: BudgetRecord; readonly slice: number } => {
  const slice = Math.max(0, Math.min(sliceSize(record.limit), mostFor(record, background) - record.taken));
  return { record: { ...record, taken: record.taken + slice }, slice };
};

/** With what the provider counted: others may use the same token, and its window began when it did. */
export const corrected = (record: BudgetRecord, seen: SeenLimit): BudgetRecord => {
  const limit = seen.limit ?? record.limit;
  const window_s = seen.window_s ?? record.window_s;
  const starts = seen.resets - window_s * 1_000;
  const moved = Math.abs(starts - record.starts) > TOLERANCE_MS;
  return { ...record, limit, window_s, starts: moved ? starts : record.starts, taken: Math.max(record.taken, limit - seen.remaining) };
};

export const statusOf = (provider: string, record: BudgetRecord, now: number): BudgetStatus => {
  const open = record.circuit === undefined ? 'closed' : record.circuit.until > now ? 'open' : 'half_open';
  const waits = [record.blocked_until ?? 0, open === 'open' ? record.circuit?.until ?? 0 : 0, record.taken >= record.limit ? endOf(record) : 0];
  const retry = Math.max(...waits);
  const used = Math.min(record.taken, record.limit);
  return {
    provider, limit: record.limit, used, window_s: record.window_s, resets_at: new Date(endOf(record)).toISOString(), circuit: open, ...(retry > now && { retry_at: new Date(retry).toISOString() }),
  };
};
