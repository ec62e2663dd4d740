/** How long a step may take, and what is tried again by itself. Pure. */
import { Refusal } from '@xanthus/kernel';
import type { RemovalStep, SetUpStep } from '@xanthus/proto/vps';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export interface Limit { /** Of the whole step, ms, without the pauses between tries. */ readonly time: number; /** Failed tries before a person is asked. */ readonly tries: number }

/** The set-up script gives up by itself after five minutes of waiting for K3s or Traefik: these are longer, so that its own words are heard. */
export const SET_UP_LIMITS: Readonly<Record<SetUpStep, Limit>> = {
  // With their pauses these outlast five minutes in which a provider is away.
  key: { time: MINUTE, tries: 10 },
  server: { time: 2 * MINUTE, tries: 10 },
  boot: { time: 5 * MINUTE, tries: 10 },
  ssh: { time: 6 * MINUTE, tries: 3 },
  prepare: { time: 15 * MINUTE, tries: 2 },
  k3s: { time: 12 * MINUTE, tries: 2 },
  helm: { time: 8 * MINUTE, tries: 3 },
  traefik: { time: 8 * MINUTE, tries: 2 },
  verify: { time: 5 * MINUTE, tries: 3 },
  ready: { time: MINUTE, tries: 5 },
};
export const REMOVAL_LIMITS: Readonly<Record<RemovalStep, Limit>> = {
  stop: { time: MINUTE, tries: 3 },
  delete: { time: 3 * MINUTE, tries: 12 },
  gone: { time: 5 * MINUTE, tries: 12 },
  key: { time: MINUTE, tries: 12 },
  secrets: { time: MINUTE, tries: 6 },
};

/** A step that a restart of ours interrupted gets at least this long again, ms. */
const LEAST = 30 * SECOND;
/** What is left of a step's time. */
export const timeLeft = (limit: Limit, first: string | null, now: number): number => (first === null ? limit.time : Math.max(Math.min(LEAST, limit.time), limit.time - (now - Date.parse(first))));

const FIRST_PAUSE = 2 * SECOND;
const LONGEST_PAUSE = MINUTE;
/** Whoever asks us to come back later than this is not waited for. */
const PATIENCE = 60 * MINUTE;

export interface StepError { readonly code: string; readonly message: string; readonly retryable: boolean; readonly retry_at?: string }

/** When the next try comes by itself; null: a person decides. `failures`: before this one. */
export const nextTry = (error: StepError, failures: number, limit: Limit, now: number): string | null => {
  if (!error.retryable || failures + 1 >= limit.tries) return null;
  const own = now + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures);
  const theirs = error.retry_at === undefined ? own : Date.parse(error.retry_at);
  if (theirs - now > PATIENCE) return null;
  return new Date(Number.isNaN(theirs) ? own : Math.max(own, theirs)).toISOString();
};

/** What passes by itself for others does not pass while somebody waits for a machine: another type or place is a person's choice. */
const ASK_AT_ONCE: ReadonlySet<string> = new Set(['PROVIDER.SOLD_OUT', 'SERVER.HOST_KEY_CHANGED', 'SERVER.SET_UP_TIMEOUT']);

const MESSAGE = 500;
/** Whatever a step threw, as events tell it. A fault of ours is tried again, and never shown in its own words. */
export const stepError = (error: unknown): StepError => {
  if (!(error instanceof Refusal)) return { code: 'INTERNAL', message: 'Something went wrong on our side. It is tried again; if it stays so, see the log of the service.', retryable: true };
  const { retry_at } = (error.details ?? {}) as { readonly retry_at?: unknown };
  return { code: error.code, message: error.message.slice(0, MESSAGE), retryable: error.retryable && !ASK_AT_ONCE.has(error.code), ...(typeof retry_at === 'string' ? { retry_at } : {}) };
};
