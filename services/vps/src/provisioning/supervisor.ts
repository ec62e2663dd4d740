import type { PendingRun } from '../views/runs.js';
import { limiter } from '../monitor/pause.js';
import type { ProcessPorts } from './ports.js';
import { workOn } from './work-on.js';

/** Servers that are worked on at a time, of all tenants and of one: somebody who makes fifty does not keep the others waiting. */
const AT_ONCE = 60;
const OF_ONE_TENANT = 15;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

interface Working { readonly wish: number; readonly stop: AbortController }

/** Keeps one piece of work per server, as its newest wish has it. */
export interface Supervisor {
  set(key: string, run: PendingRun): void;
  /** Resolves when its work is over. */
  end(key: string): Promise<void>;
  readonly keys: () => readonly string[];
}

export const createSupervisor = (ports: ProcessPorts, isForgotten: (tenant: string) => boolean, signal: AbortSignal): Supervisor => {
  const working = new Map<string, Working>();
  /** The last work of each, which may still be ending. */
  const tails = new Map<string, Promise<void>>();
  const all = limiter(AT_ONCE);
  const ofTenant = new Map<string, ReturnType<typeof limiter>>();

  const turn = (tenant: string): ReturnType<typeof limiter> => {
    const known = ofTenant.get(tenant) ?? limiter(OF_ONE_TENANT);
    ofTenant.set(tenant, known);
    return work => known(() => all(work));
  };

  /** Until it is at its end: a store that can't be reached now is asked again. */
  const persist = async ({ tenant, id }: PendingRun, until: AbortSignal): Promise<void> => {
    for (let ms = FIRST_PAUSE; !until.aborted && !isForgotten(tenant); ms = Math.min(LONGEST_PAUSE, ms * 2)) {
      try {
        return await workOn(ports, tenant, id, until);
      } catch (error) {
        if (until.aborted) return;
        ports.log.warn({ err: error, server: id }, 'the process of a server was interrupted and goes on in a moment');
        await ports.pause(ms, until);
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
    set(key, run) {
      if (working.get(key)?.wish === run.wish) return;
      // Another wish ends what was done for the one before; its work is over before the next begins.
      const before = end(key);
      const stop = new AbortController();
      const until = AbortSignal.any([signal, stop.signal]);
      const done = before.then(() => turn(run.tenant)(() => persist(run, until))).catch((error: unknown) => ports.log.error({ err: error, server: run.id }, 'the process of a server ended by a fault'));
      working.set(key, { wish: run.wish, stop });
      tails.set(key, done);
      void done.finally(() => { if (tails.get(key) === done) tails.delete(key); });
    },
  };
};
