import { watchViewBucket } from '@xanthus/jetstream';
import type { ViewValue } from '@xanthus/proto';
import { limiter, untilAborted } from '../monitor/pause.js';
import { RUNS, type PendingRun } from '../views/runs.js';
import type { VpsContext } from '../vps.context.js';
import type { ProcessPorts } from './ports.js';
import { workOn } from './work-on.js';

/** Servers that are worked on at a time, of all tenants and of one: somebody who makes fifty does not keep the others waiting. */
const AT_ONCE = 60;
const OF_ONE_TENANT = 15;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

interface Working { readonly wish: number; readonly stop: AbortController }

/** Works on every server that the internal view `_runs` names, until the signal. Run it in one copy only; a second one for a moment does no harm. */
export const runProcesses = async (vps: Pick<VpsContext, 'nc' | 'log' | 'forgotten'>, ports: ProcessPorts, signal: AbortSignal): Promise<void> => {
  const working = new Map<string, Working>();
  /** The last work of each, which may still be ending. */
  const tails = new Map<string, Promise<void>>();
  const all = limiter(AT_ONCE);
  const ofTenant = new Map<string, ReturnType<typeof limiter>>();
  let told: Set<string> | undefined;

  const turn = (tenant: string): ReturnType<typeof limiter> => {
    const known = ofTenant.get(tenant) ?? limiter(OF_ONE_TENANT);
    ofTenant.set(tenant, known);
    return work => known(() => all(work));
  };

  /** Until it is at its end: a store that can't be reached now is asked again. */
  const persist = async ({ tenant, id }: PendingRun, until: AbortSignal): Promise<void> => {
    for (let ms = FIRST_PAUSE; !until.aborted && !vps.forgotten.has(tenant); ms = Math.min(LONGEST_PAUSE, ms * 2)) {
      try {
        return await workOn(ports, tenant, id, until);
      } catch (error) {
        if (until.aborted) return;
        vps.log.warn({ err: error, server: id }, 'the process of a server was interrupted and goes on in a moment');
        await ports.pause(ms, until);
      }
    }
  };

  const end = (key: string): Promise<void> => {
    const before = working.get(key);
    working.delete(key);
    before?.stop.abort();
    return tails.get(key) ?? Promise.resolve();
  };

  const set = (key: string, run: PendingRun): void => {
    if (working.get(key)?.wish === run.wish) return;
    // Another wish ends what was done for the one before; its work is over before the next begins.
    const before = end(key);
    const stop = new AbortController();
    const until = AbortSignal.any([signal, stop.signal]);
    const done = before.then(() => turn(run.tenant)(() => persist(run, until))).catch((error: unknown) => vps.log.error({ err: error, server: run.id }, 'the process of a server ended by a fault'));
    working.set(key, { wish: run.wish, stop });
    tails.set(key, done);
    void done.then(() => { if (tails.get(key) === done) tails.delete(key); });
  };

  const watch = await watchViewBucket(vps.nc, 'vps', {
    filters: [`${RUNS}.>`],
    onEntry: ({ key, kind, value }) => {
      told?.add(key);
      if (kind === 'put') set(key, (value as ViewValue<PendingRun>).data);
      else void end(key);
    },
    onReset: () => { told = new Set(); },
    onSync: () => {
      if (told) for (const key of working.keys()) if (!told.has(key)) void end(key);
      told = undefined;
    },
  });
  await untilAborted(signal);
  await watch.stop();
  await Promise.all([...working.keys()].map(end));
};
