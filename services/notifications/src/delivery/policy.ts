/** How often and how long a delivery is tried. Pure. */
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** After this nothing is tried any more. */
export const GIVE_UP_AFTER = 24 * 60 * MINUTE;
/** Of the first pause. */
const FACTORS = [1, 3, 6, 12, 30, 60, 180, 360] as const;

/** Pause after so many failed tries, ms: with 10 s as the first 10 s, 30 s, 1, 2, 5, 10, 30 min, then every hour. */
export const retryAfter = (attempt: number, first = 10 * SECOND): number => first * (FACTORS[Math.min(attempt, FACTORS.length) - 1] ?? 1);
