/** Back-off of log-ins, per account and per address, in this copy's memory. The clock is given, so that a test needs none. */

interface Failures { readonly count: number; readonly last: number; readonly until: number }

export interface ThrottleLimits {
  /** Failures that cost nothing. */
  readonly free: number;
  /** ms after the first one too many; doubles with each. */
  readonly first: number;
  readonly longest: number;
}

/** Somebody mistypes five times; an office behind one address more often. */
export const ACCOUNT_LIMITS: ThrottleLimits = { free: 5, first: 1_000, longest: 15 * 60_000 };
export const ADDRESS_LIMITS: ThrottleLimits = { free: 20, first: 1_000, longest: 15 * 60_000 };
/** Failures are forgotten after this long without another, ms. */
const FORGET = 60 * 60_000;
/** Bound of the memory: the oldest are forgotten. */
const MOST = 50_000;

export class LoginThrottle {
  private readonly failures = new Map<string, Failures>();
  constructor(private readonly limits: ThrottleLimits, private readonly now: () => number = Date.now) {}

  /** ms until the next try is heard; 0 now. */
  wait(key: string): number {
    const found = this.failures.get(key);
    if (found === undefined) return 0;
    if (this.now() - found.last > FORGET) {
      this.failures.delete(key);
      return 0;
    }
    return Math.max(0, found.until - this.now());
  }

  failed(key: string): void {
    const { free, first, longest } = this.limits;
    const count = (this.failures.get(key)?.count ?? 0) + 1;
    const over = count - free;
    const pause = over <= 0 ? 0 : Math.min(longest, first * 2 ** Math.min(over - 1, 30));
    this.failures.delete(key);
    this.failures.set(key, { count, last: this.now(), until: this.now() + pause });
    const oldest = this.failures.keys().next();
    if (this.failures.size > MOST && !oldest.done) this.failures.delete(oldest.value);
  }

  succeeded(key: string): void {
    this.failures.delete(key);
  }
}
