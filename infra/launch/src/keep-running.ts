import { setTimeout as pause } from 'node:timers/promises';
import type { GuardedChild } from './guarded-child.js';

export interface Kept {
  /** Ends it, by SIGKILL after `graceMs`, and starts it again at once. */
  restart(graceMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds before the n-th restart in a row: 0.2 s doubling to 10 s. */
export const backoff = (failures: number): number => Math.min(10_000, 200 * 2 ** (failures - 1));
/** After so long a life a death counts as the first again. */
const STEADY_MS = 60_000;

/** Starts a child again whenever it ends, later and later while it keeps dying. `start` resolves when it is usable; `onDeath` hears each death. */
export async function keepRunning(start: () => Promise<GuardedChild>, onDeath: (code: number, waitMs: number) => void): Promise<Kept> {
  let stopping = false;
  let failures = 0;
  let child = await start();
  let restarting: Promise<void> | undefined;
  const abort = new AbortController();
  const watch = async (): Promise<void> => {
    for (;;) {
      const since = Date.now();
      const current = child;
      const code = await current.ended;
      if (stopping) return;
      if (restarting) { // on purpose
        await restarting.catch(() => undefined); // who asked for it hears; here it counts as one more death
        continue;
      }
      failures = Date.now() - since > STEADY_MS ? 1 : failures + 1;
      for (;;) {
        const wait = backoff(failures);
        onDeath(code, wait);
        await pause(wait, undefined, { signal: abort.signal }).catch(() => undefined);
        if (stopping) return;
        try {
          child = await start();
          break;
        } catch {
          failures += 1;
        }
      }
    }
  };
  const watching = watch();
  return {
    restart: (graceMs) => {
      restarting ??= (async () => {
        await child.stop(graceMs);
        if (!stopping) child = await start();
      })().finally(() => { restarting = undefined; });
      return restarting;
    },
    stop: async () => {
      stopping = true;
      abort.abort();
      await child.stop();
      await watching;
    },
  };
}
