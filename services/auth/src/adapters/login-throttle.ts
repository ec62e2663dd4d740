/** Counts guesses for all copies of auth: per account, address, device or person, in a bucket whose keys live for an hour. Keys are HMACs: nothing personal. */
import { setTimeout as delay } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { attemptsBucket, kvGet, kvPut } from '@xanthus/jetstream';
import { ConflictError } from '@xanthus/kernel';
import { counted, forgiven, waitOf, type BackOff, type Tries } from '../domain/back-off.js';

export interface Guess { readonly kind: 'account' | 'address' | 'device' | 'person' | 'link'; /** A token of a subject. */ readonly key: string; readonly limits: BackOff }

/** Counted as failed until one of these is called. */
export interface Attempt {
  /** ms until the next try is heard, if this one fails; of the key that waits longest. */
  readonly pause: number;
  /** The proof was right: `reset` keys start anew, the others have one try less. */
  succeeded(reset: readonly Guess['kind'][]): Promise<void>;
  /** It was no guess: one try less on every key. */
  forgiven(): Promise<void>;
}

export interface LoginThrottle {
  /** Counts a try on every key, or on none if one of them has to wait. */
  begin(guesses: readonly Guess[]): Promise<Attempt | { readonly wait: number }>;
}

/** Where the counters lie. `revision` of one that never was is 0. */
export interface Counters {
  get(key: string): Promise<{ readonly tries: Tries | undefined; readonly revision: number }>;
  /** @returns the new revision. @throws ConflictError */
  put(key: string, tries: Tries | undefined, revision: number): Promise<number>;
}

export const kvCounters = (nc: NatsConnection, bucket = attemptsBucket('auth').name): Counters => ({
  async get(key) {
    const found = await kvGet<Tries>(nc, bucket, key);
    return { tries: found?.value, revision: found?.revision ?? 0 };
  },
  put: (key, tries, revision) => kvPut(nc, bucket, key, tries, revision),
});

/** So many writers on one key at once are an attack, or soon over. */
const TURNS = 12;
/** Longest pause before another turn, so that copies who met do not meet again. ms */
const APART = 8;
const BUSY = 1_000;

interface Held { readonly guess: Guess; readonly before: Tries | undefined; readonly after: Tries; readonly revision: number }

export const loginThrottle = (counters: Counters, now: () => number = Date.now): LoginThrottle => {
  const keyOf = ({ kind, key }: Guess): string => `${kind}.${key}`;
  const turns = new Map<string, Promise<unknown>>();
  /** Within this copy one after the other: only copies meet. */
  const inTurn = async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const mine = (turns.get(key) ?? Promise.resolve()).then(work, work);
    turns.set(key, mine);
    try {
      return await mine;
    } finally {
      if (turns.get(key) === mine) turns.delete(key);
    }
  };
  /** Reads, decides and writes until nobody was in between. */
  const change = async (guess: Guess, decide: (tries: Tries | undefined, revision: number) => Tries | undefined | 'leave'): Promise<number | 'left' | 'busy'> => {
    const key = keyOf(guess);
    for (let turn = 0; turn < TURNS; turn++) {
      const { tries, revision } = await counters.get(key);
      const next = decide(tries, revision);
      if (next === 'leave') return 'left';
      try {
        return await counters.put(key, next, revision);
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
        await delay(Math.random() * APART);
      }
    }
    return 'busy';
  };
  const count = (guess: Guess): Promise<Held | { readonly wait: number }> => inTurn(keyOf(guess), async () => {
    let before: Tries | undefined;
    let after: Tries | undefined;
    let wait = 0;
    const revision = await change(guess, (tries) => {
      wait = waitOf(tries, now());
      if (wait > 0) return 'leave';
      before = tries;
      after = counted(tries, guess.limits, now());
      return after;
    });
    if (typeof revision !== 'number' || after === undefined) return { wait: wait || BUSY };
    return { guess, before, after, revision };
  });
  const undo = ({ guess, before, revision: mine }: Held): Promise<unknown> =>
    inTurn(keyOf(guess), () => change(guess, (tries, revision) => (revision === mine ? before : tries === undefined ? 'leave' : forgiven(tries, now()))));
  const reset = ({ guess }: Held): Promise<unknown> => inTurn(keyOf(guess), () => change(guess, tries => (tries === undefined ? 'leave' : undefined)));

  return {
    async begin(guesses) {
      const results = await Promise.all(guesses.map(count));
      const held = results.filter(r => 'guess' in r);
      const waits = results.map(r => ('wait' in r ? r.wait : 0));
      const wait = Math.max(0, ...waits);
      if (wait > 0) {
        await Promise.all(held.map(undo));
        return { wait };
      }
      return {
        pause: Math.max(0, ...held.map(h => h.after.until - h.after.last)),
        async succeeded(kinds) {
          await Promise.all(held.map(h => (kinds.includes(h.guess.kind) ? reset(h) : undo(h))));
        },
        async forgiven() {
          await Promise.all(held.map(undo));
        },
      };
    },
  };
};
