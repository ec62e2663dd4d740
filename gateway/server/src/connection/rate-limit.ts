/** A bucket of tokens: `burst` at once, refilled by `perSecond`. */
export class RateLimit {
  private tokens: number;
  private at = 0;

  constructor(private readonly perSecond: number, private readonly burst: number) {
    this.tokens = burst;
  }

  /** @param now ms of any clock that never goes back */
  take(now: number): boolean {
    if (this.at !== 0) this.tokens = Math.min(this.burst, this.tokens + ((now - this.at) * this.perSecond) / 1_000);
    this.at = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
