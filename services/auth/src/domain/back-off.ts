/** Back-off of guesses: how long after so many failures. Pure; who counts is `adapters/login-throttle.ts`. */

/** `count`: tries that have not been forgiven; `last`: time of the newest, `until`: the next is heard from then on. ms since 1970. */
export interface Tries { readonly count: number; readonly last: number; readonly until: number }

export interface BackOff {
  /** Failures that cost nothing. */
  readonly free: number;
  /** ms after the first one too many; doubles with each. */
  readonly first: number;
  readonly longest: number;
}

/** Somebody mistypes five times; an office behind one address more often. */
export const ACCOUNT_BACK_OFF: BackOff = { free: 5, first: 5_000, longest: 15 * 60_000 };
export const ADDRESS_BACK_OFF: BackOff = { free: 20, first: 5_000, longest: 15 * 60_000 };
/** Tries are forgotten after this long without another, ms. */
const FORGET = 60 * 60_000;

const NONE: Tries = { count: 0, last: 0, until: 0 };
const remembered = (tries: Tries | undefined, now: number): Tries => (tries === undefined || now - tries.last > FORGET ? NONE : tries);
const pauseAfter = (count: number, { free, first, longest }: BackOff): number => (count <= free ? 0 : Math.min(longest, first * 2 ** Math.min(count - free - 1, 30)));

/** ms until the next try is heard; 0 now. */
export const waitOf = (tries: Tries | undefined, now: number): number => Math.max(0, remembered(tries, now).until - now);

/** A try counts as failed from its beginning, so that many at once do not pass as one. */
export const counted = (tries: Tries | undefined, limits: BackOff, now: number): Tries => {
  const count = remembered(tries, now).count + 1;
  return { count, last: now, until: now + pauseAfter(count, limits) };
};

/** One try less, where others came after it: it was no failure. Their pause stays. */
export const forgiven = (tries: Tries | undefined, now: number): Tries | undefined => {
  const before = remembered(tries, now);
  return before.count <= 1 ? undefined : { ...before, count: before.count - 1 };
};
