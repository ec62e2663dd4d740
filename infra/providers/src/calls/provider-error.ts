import { Refusal } from '@xanthus/kernel';

export type ProviderErrorCode = 'PROVIDER.BUDGET_USED' | 'PROVIDER.RATE_LIMITED' | 'PROVIDER.CIRCUIT_OPEN' | 'PROVIDER.UNREACHABLE' | 'PROVIDER.TIMEOUT' | 'PROVIDER.BUDGET_UNKNOWN';

/** A call that was not made or got no answer. Every one may succeed later: `details.retry_at` says from when, where that is known. */
export class ProviderError extends Refusal {
  constructor(override readonly code: ProviderErrorCode, message: string, readonly retryAt?: number, options: { readonly cause?: unknown } = {}) {
    super(code, message, retryAt === undefined ? undefined : { retry_at: new Date(retryAt).toISOString() }, true);
    if (options.cause !== undefined) this.cause = options.cause;
  }
}

/** A refusal of ours below what an SDK made of it. */
export const refusalBehind = (error: unknown): Refusal | undefined => {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) if (at instanceof Refusal) return at;
  return undefined;
};
