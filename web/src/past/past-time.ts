/** The time that is looked at, in the address. Pure. */

/** `at` of the address: a full moment with its zone, else it is dropped. Stored times have milliseconds at most. */
export const readAt = (search: Record<string, unknown>): { at?: string } => {
  const { at } = search;
  if (typeof at !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/.test(at)) return {};
  const moment = Date.parse(at);
  return Number.isFinite(moment) ? { at: new Date(moment).toISOString() } : {};
};

/** Nobody sees the future: a moment that has not come (by the server's clock) is now. */
export const whichTime = (at: string | undefined, now: number): string | undefined => (at !== undefined && Date.parse(at) < now ? at : undefined);

/** The first millisecond at which what was stored then is part of the past: streams keep nanoseconds, and what comes from them is cut to milliseconds. */
export const momentOf = (stored: string): number => Date.parse(stored) + 1;

/** Kept within the organisation's life, ms since 1970. */
export const within = (moment: number, first: number, now: number): number => Math.min(Math.max(moment, first), now);

const two = (n: number): string => String(n).padStart(2, '0');
const clocks = new Map<string | undefined, Intl.DateTimeFormat>();
/** What the clocks of a zone (undefined: the device's) show at a moment, as if it were UTC, ms. */
const wall = (moment: number, zone: string | undefined): number => {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('en', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
    clocks.set(zone, clock);
  }
  const part = Object.fromEntries(clock.formatToParts(moment).map(p => [p.type, Number(p.value)]));
  return Date.UTC(part['year'] ?? 0, (part['month'] ?? 1) - 1, part['day'], part['hour'], part['minute'], part['second']);
};
/** For `<input type="datetime-local">`, to the second, in a zone (undefined: the device's). */
export const toLocalInput = (moment: number, zone?: string): string => {
  const d = new Date(wall(moment, zone));
  return `${String(d.getUTCFullYear()).padStart(4, '0')}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}T${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
};
/** @returns ms since 1970; undefined: no moment yet, somebody is still typing */
export const fromLocalInput = (text: string, zone?: string): number | undefined => {
  const shown = Date.parse(`${text}Z`);
  if (!Number.isFinite(shown)) return undefined;
  // The offset of a zone depends on the moment: the second guess is right, but for the hour that a change of clocks skips.
  const guess = shown - (wall(shown, zone) - shown);
  return shown - (wall(guess, zone) - guess);
};

export interface Density { readonly from: number; readonly to: number; readonly events: number }
/** How much happened in each of so many equal parts of a span, 0 to 1 (of the busiest, by the logarithm: one busy day must not make all others look empty). */
export const ticks = (blocks: readonly Density[], first: number, now: number, parts: number): readonly number[] => {
  const counts = Array.from({ length: parts }, () => 0);
  const length = Math.max(1, now - first) / parts;
  for (const { from, to, events } of blocks) {
    const a = Math.floor((within(from, first, now) - first) / length);
    const b = Math.floor((within(to, first, now) - first) / length);
    const touched = Math.min(b, parts - 1) - Math.min(a, parts - 1) + 1;
    for (let i = Math.min(a, parts - 1); i <= Math.min(b, parts - 1); i++) counts[i] = (counts[i] ?? 0) + events / touched;
  }
  const most = Math.log1p(Math.max(0, ...counts));
  return counts.map(c => (most === 0 ? 0 : Math.log1p(c) / most));
};
