/** What somebody went to lately. Pure. */

/** So many are remembered. */
export const RECENT = 12;

/** What is stored: keys, the newest first. */
export const readRecent = (stored: unknown): readonly string[] => (Array.isArray(stored) ? stored.filter((key): key is string => typeof key === 'string' && key.length <= 120).slice(0, RECENT) : []);
/** With this first; the same list where it is first already. */
export const withRecent = (recent: readonly string[], key: string): readonly string[] => (recent[0] === key ? recent : [key, ...recent.filter(k => k !== key)].slice(0, RECENT));
