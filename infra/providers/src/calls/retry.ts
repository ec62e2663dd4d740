const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** May the same request be sent again when nobody knows whether it was acted on? */
export const isIdempotent = (method: string): boolean => IDEMPOTENT.has(method.toUpperCase());

export const ATTEMPTS = 4;
const FIRST_MS = 250;
const LONGEST_MS = 8_000;

/** Milliseconds before attempt `attempt` (1 is the second), doubling, with full jitter. `random` is 0 … 1. */
export const backOff = (attempt: number, random: number): number => Math.round(Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1)) * random);

/** Answers that say nothing about the request: an outage in front of the provider or behind it. */
export const isOutage = (status: number): boolean => status >= 500 && status !== 501;
