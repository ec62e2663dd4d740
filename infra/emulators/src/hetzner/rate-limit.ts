import { ApiRefusal } from './answer.js';

export interface RateLimit { readonly limit: number; readonly window_s: number }

/** Documented: 3,600 requests per hour and project, refilled bit by bit: one a second. */
export const DOCUMENTED: RateLimit = { limit: 3600, window_s: 3600 };

/** A bucket per project. `RateLimit-Reset` is the second of Unix time at which it is full again. */
export const rateLimiter = (now: () => number) => {
  let policy = DOCUMENTED;
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    set: (next: RateLimit): void => { policy = next; buckets.clear(); },
    /** Counts one request: the headers of its answer. Throws 429. */
    take: (project: string): Record<string, string> => {
      const at = now();
      const perMs = policy.limit / (policy.window_s * 1000);
      const bucket = buckets.get(project) ?? { left: policy.limit, at };
      const left = Math.min(policy.limit, bucket.left + Math.max(0, at - bucket.at) * perMs);
      const headers = (remaining: number): Record<string, string> => ({
        'ratelimit-limit': String(policy.limit), 'ratelimit-remaining': String(Math.floor(remaining)), 'ratelimit-reset': String(Math.ceil((at + (policy.limit - remaining) / perMs) / 1000)),
      });
      if (left < 1) {
        buckets.set(project, { left, at });
        throw new ApiRefusal(429, 'rate_limit_exceeded', 'API Rate Limit exceeded', null, headers(0));
      }
      buckets.set(project, { left: left - 1, at });
      return headers(left - 1);
    },
  };
};
