import { limiter, type Pause } from './pause.js';

/** Something that is not at its end. `wish`: another one whenever somebody wished something else of it, as the sequence of that event. */
export interface Pending { readonly tenant: string; readonly id: string; readonly wish: number; /** Nothing is done until somebody wants it again. */ readonly resting?: true }

/** Of all tenants and of one: somebody who begins fifty does not keep the others waiting. */
export interface AtOnce { readonly all: number; readonly ofTenant: number }
export const AT_ONCE: AtOnce = { all: 60, ofTenant: 15 };
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

export interface WorkLog {
  warn(about: object, text: string): void;
  error(about: object, text: string): void;
}

export interface SupervisorOptions<P extends Pending> {
  /** Brings it to its end, or until the signal; reads from the log where it stands. A throw: called again in a moment. */
  work(pending: P, until: AbortSignal, key: string): Promise<void>;
  readonly log: WorkLog;
  readonly pause: Pause;
  isForgotten?(tenant: string): boolean;
  readonly atOnce?: AtOnce;
}

/** Keeps one piece of work per key, as its newest wish has it. */
export interface Supervisor<P extends Pending> {
  set(key: string, pending: P): void;
  /** Resolves when its work is over. */
  end(key: string): Promise<void>;
  readonly keys: () => readonly string[];
}

export const createSupervisor = <P extends Pending>({ work, log, pause, isForgotten = () => false, atOnce = AT_ONCE }: SupervisorOptions<P>, signal: AbortSignal): Supervisor<P> => {
  const working = new Map<string, { readonly wish: number; readonly stop: AbortController }>();
  /** The last work of each, which may still be ending. */
  const tails = new Map<string, Promise<void>>();
  const all = limiter(atOnce.all);
  const ofTenant = new Map<string, ReturnType<typeof limiter>>();

  const turn = (tenant: string): ReturnType<typeof limiter> => {
    const known = ofTenant.get(tenant) ?? limiter(atOnce.ofTenant);
    ofTenant.set(tenant, known);
    return run => known(() => all(run));
  };

  /** Until it is at its end: a store that can't be reached now is asked again. */
  const persist = async (key: string, pending: P, until: AbortSignal): Promise<void> => {
    for (let ms = FIRST_PAUSE; !until.aborted && !isForgotten(pending.tenant); ms = Math.min(LONGEST_PAUSE, ms * 2)) {
      try {
        return await work(pending, until, key);
      } catch (error) {
        if (until.aborted) return;
        log.warn({ err: error, key }, 'a process was interrupted and goes on in a moment');
        await pause(ms, until);
      }
    }
  };

  const end = (key: string): Promise<void> => {
    working.get(key)?.stop.abort();
    working.delete(key);
    return tails.get(key) ?? Promise.resolve();
  };

  return {
    end,
    keys: () => [...working.keys()],
    set(key, pending) {
      if (pending.resting) return void end(key);
      if (working.get(key)?.wish === pending.wish) return;
      // Another wish ends what was done for the one before; its work is over before the next begins.
      const before = end(key);
      const stop = new AbortController();
      const until = AbortSignal.any([signal, stop.signal]);
      const done = before.then(() => turn(pending.tenant)(() => persist(key, pending, until))).catch((error: unknown) => log.error({ err: error, key }, 'a process ended by a fault'));
      working.set(key, { wish: pending.wish, stop });
      tails.set(key, done);
      void done.finally(() => { if (tails.get(key) === done) tails.delete(key); });
    },
  };
};
