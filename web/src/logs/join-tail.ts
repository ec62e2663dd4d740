/** A log that is asked for once and then carried on by signals: where the two meet. Pure. */

/** What was asked, and what came since following began: lines at the seam are there once. */
export const joinTail = (asked: readonly string[], came: readonly string[]): readonly string[] => {
  if (came.length === 0) return asked;
  for (let at = 0; at < asked.length; at++) {
    const both = Math.min(asked.length - at, came.length);
    let i = 0;
    while (i < both && asked[at + i] === came[i]) i++;
    if (i === both) return [...asked, ...came.slice(both)];
  }
  return [...asked, ...came];
};

export interface LogSignal { readonly lines: readonly string[]; readonly dropped: number; readonly ended?: { readonly code: string; readonly message: string } }

/** Undefined for what is no lines. */
export const readSignal = (payload: unknown): LogSignal | undefined => {
  const given = payload as Partial<LogSignal> | null;
  if (typeof given !== 'object' || !Array.isArray(given?.lines)) return undefined;
  return { lines: given.lines.filter(l => typeof l === 'string'), dropped: typeof given.dropped === 'number' ? given.dropped : 0, ...(given.ended ? { ended: given.ended } : {}) };
};
