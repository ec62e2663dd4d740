/** What is tried again by itself, and when. Pure. */
import { Refusal } from '@xanthus/kernel';

const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;
/** Failed tries before a person is asked. */
const TRIES = 6;
/** Whoever asks us to come back later than this is not waited for, ms. */
const PATIENCE = 60 * 60_000;

export interface TryError { readonly code: string; readonly message: string; readonly retryable: boolean; readonly retry_at?: string }

const MESSAGE = 500;
/** Whatever a try threw, as events tell it. A fault of ours is tried again, and never shown in its own words. */
export const tryError = (error: unknown): TryError => {
  if (!(error instanceof Refusal)) return { code: 'INTERNAL', message: 'Something went wrong on our side. It is tried again; if it stays so, see the log of the service.', retryable: true };
  const { retry_at } = (error.details ?? {}) as { readonly retry_at?: unknown };
  return { code: error.code, message: error.message.slice(0, MESSAGE), retryable: error.retryable, ...(typeof retry_at === 'string' ? { retry_at } : {}) };
};

/** When the next try comes by itself; null: a person decides. @param attempt the one that failed, from 1 */
export const nextTry = (error: TryError, attempt: number, now: number): string | null => {
  if (!error.retryable || attempt >= TRIES) return null;
  const own = now + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1));
  const theirs = error.retry_at === undefined ? own : Date.parse(error.retry_at);
  if (theirs - now > PATIENCE) return null;
  return new Date(Number.isNaN(theirs) ? own : Math.max(own, theirs)).toISOString();
};
