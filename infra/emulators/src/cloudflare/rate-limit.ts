import { ApiRefusal } from './answer.js';

export interface RateLimit { readonly limit: number; readonly window_s: number }

/** Documented: 1,200 requests per five minutes and user, whatever the token; past it everything is refused until the window ends. */
export const DOCUMENTED: RateLimit = { limit: 1200, window_s: 300 };

/** Counts per user, in windows that start with the first request. */
export const rateLimiter = (now: () => number) => {
  let policy = DOCUMENTED;
  const windows = new Map<string, { start: number; used: number }>();
  const headers = (remaining: number, reset: number): Record<string, string> =>
    ({ ratelimit: `"default";r=${remaining};t=${reset}`, 'ratelimit-policy': `"default";q=${policy.limit};w=${policy.window_s}` });
  return {
    set: (next: RateLimit): void => { policy = next; windows.clear(); },
    used: (user: string): number => windows.get(user)?.used ?? 0,
    /** Counts one request: the headers of its answer. Throws 429 with `retry-after`. */
    take: (user: string): Record<string, string> => {
      const at = now();
      let window = windows.get(user);
      if (window === undefined || at >= window.start + policy.window_s * 1000) windows.set(user, window = { start: at, used: 0 });
      const reset = Math.ceil((window.start + policy.window_s * 1000 - at) / 1000);
      if (window.used >= policy.limit) throw new ApiRefusal(429, [{ code: 971, message: 'Please wait and consider throttling your request speed' }], { ...headers(0, reset), 'retry-after': String(reset) });
      window.used += 1;
      return headers(policy.limit - window.used, reset);
    },
  };
};
