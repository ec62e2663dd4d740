/** When a provider that refused may be asked again, ms since 1970; undefined: it did not say. Pure. */
export const retryAt = (details: unknown): number | undefined => {
  const given: unknown = (details as { retry_at?: unknown } | null | undefined)?.retry_at;
  const at = typeof given === 'string' ? Date.parse(given) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
};
