/** How long the work of a step may take, what is tried again by itself, and when. Pure: deciders use it. */
import { Refusal } from './refusal.js';

export interface Limit { /** Of the whole step, ms, without the pauses between tries. */ readonly time: number; /** Failed tries before a person is asked. */ readonly tries: number }

export interface TryError { readonly code: string; readonly message: string; readonly retryable: boolean; readonly retry_at?: string }

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A step that a restart of ours interrupted gets at least this long again, ms. */
const LEAST = 30 * SECOND;
const FIRST_PAUSE = 2 * SECOND;
const LONGEST_PAUSE = MINUTE;
/** Whoever asks us to come back later than this is not waited for. */
const PATIENCE = 60 * MINUTE;
/** Of a message, as events tell it. */
const MESSAGE = 500;

/** What is left of a step's time, ms. @param first when its first try began */
export const timeLeft = ({ time }: Pick<Limit, 'time'>, first: string | null, now: number): number => (first === null ? time : Math.max(Math.min(LEAST, time), time - (now - Date.parse(first))));

/** When the next try comes by itself; null: a person decides. @param failures before this one */
export const nextTry = (error: TryError, failures: number, { tries }: Pick<Limit, 'tries'>, now: number): string | null => {
  if (!error.retryable || failures + 1 >= tries) return null;
  const own = now + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures);
  const theirs = error.retry_at === undefined ? own : Date.parse(error.retry_at);
  if (theirs - now > PATIENCE) return null;
  return new Date(Number.isNaN(theirs) ? own : Math.max(own, theirs)).toISOString();
};

/**
 * Whatever a try threw, as events tell it. A fault of ours is tried again, and never shown in its own words.
 * @param askAtOnce codes that are a person's choice although they might pass by themselves
 */
export const tryError = (error: unknown, askAtOnce?: ReadonlySet<string>): TryError => {
  if (!(error instanceof Refusal)) return { code: 'INTERNAL', message: 'Something went wrong on our side. It is tried again; if it stays so, see the log of the service.', retryable: true };
  const { retry_at } = (error.details ?? {}) as { readonly retry_at?: unknown };
  return { code: error.code, message: error.message.slice(0, MESSAGE), retryable: error.retryable && askAtOnce?.has(error.code) !== true, ...(typeof retry_at === 'string' ? { retry_at } : {}) };
};
