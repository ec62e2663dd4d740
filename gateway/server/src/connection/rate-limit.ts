/** A bucket of tokens: `burst` at once, refilled by `perSecond`. */
export class RateLimit {
  private tokens: number;
  /** When something was last taken, ms. */
  at = 0;

  constructor(private readonly perSecond: number, private readonly burst: number) {
    this.tokens = burst;
  }

  /**
   * Takes `cost` tokens, all or none.
   * @param now ms of any clock that never goes back
   */
  take(now: number, cost = 1): boolean {
    this.refill(now);
    if (this.tokens < cost) return false;
    this.tokens -= cost;
    return true;
  }

  /** Takes them even if there are too few. @returns ms until there is one again; 0: there is */
  spend(now: number, cost: number): number {
    this.refill(now);
    this.tokens -= cost;
    return this.tokens >= 1 ? 0 : Math.ceil(((1 - this.tokens) * 1_000) / this.perSecond);
  }

  private refill(now: number): void {
    if (this.at !== 0) this.tokens = Math.min(this.burst, this.tokens + ((now - this.at) * this.perSecond) / 1_000);
    this.at = now;
  }
}
