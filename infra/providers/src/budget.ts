/** How much of a provider's rate budget a tenant has used, and whether calls go through at all. Times are ISO 8601. */
export interface BudgetStatus {
  readonly provider: string;
  /** Calls per window. */
  readonly limit: number;
  readonly used: number;
  readonly window_s: number;
  readonly resets_at: string;
  readonly circuit: 'closed' | 'open' | 'half_open';
  /** When calls are tried again: the circuit is open, or the provider said `Retry-After`. */
  readonly retry_at?: string;
}
