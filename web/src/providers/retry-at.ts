/** When a provider that refused may be asked again, ms since 1970; undefined: it did not say. Pure. */
export const retryAt = (details: unknown): number | undefined => {
  const given: unknown = (details as { retry_at?: unknown } | null | undefined)?.retry_at;
  const at = typeof given === 'string' ? Date.parse(given) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
};

/** Moments in a sentence of a service, as people read them: `until 2026-11-21T16:15:08.613Z` → `until 17:15:08`. Pure. */
export const withTimes = (text: string, format: (at: number) => string): string => text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, iso => format(Date.parse(iso)));
