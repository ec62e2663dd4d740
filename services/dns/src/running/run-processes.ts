import { watchViewBucket } from '@xanthus/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { ViewValue } from '@xanthus/proto';
import { UNDERWAY_DOMAINS } from '../views/domains.js';
import { UNDERWAY_PLANS, type UnderwayRef } from '../views/plans.js';
import type { ProcessPorts } from './ports.js';
import { workOnDomain } from './work-on-domain.js';
import { workOnPlan } from './work-on-plan.js';

const WORK = { [UNDERWAY_PLANS]: workOnPlan, [UNDERWAY_DOMAINS]: workOnDomain } as const;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

interface Working { readonly wish: number; readonly stop: AbortController; readonly done: Promise<void> }

const untilAborted = (signal: AbortSignal): Promise<void> => new Promise(resolve => {
  if (signal.aborted) resolve();
  else signal.addEventListener('abort', () => resolve(), { once: true });
});

/** Works on every plan and domain that the internal views name, until the signal. Run it in one copy only; a second one for a moment does no harm. */
export const runProcesses = async (nc: NatsConnection, ports: ProcessPorts, signal: AbortSignal): Promise<void> => {
  const working = new Map<string, Working>();
  /** Keys told since a reset; those that were not are gone. */
  let told: Set<string> | undefined;

  const persist = async (kind: keyof typeof WORK, { tenant, id }: UnderwayRef, until: AbortSignal): Promise<void> => {
    for (let ms = FIRST_PAUSE; !until.aborted; ms = Math.min(LONGEST_PAUSE, ms * 2)) {
      try {
        return await WORK[kind](ports, tenant, id, until);
      } catch (error) {
        if (until.aborted) return;
        ports.log.warn({ err: error, kind, id }, 'a process was interrupted and goes on in a moment');
        await ports.pause(ms, until);
      }
    }
  };
  const end = (key: string): Promise<void> => {
    const before = working.get(key);
    working.delete(key);
    before?.stop.abort();
    return before?.done ?? Promise.resolve();
  };
  const set = (key: string, ref: UnderwayRef): void => {
    if (working.get(key)?.wish === ref.wish) return;
    const before = end(key);
    const stop = new AbortController();
    const kind = key.startsWith(`${UNDERWAY_PLANS}.`) ? UNDERWAY_PLANS : UNDERWAY_DOMAINS;
    const done = before.then(() => persist(kind, ref, AbortSignal.any([signal, stop.signal]))).catch((error: unknown) => ports.log.error({ err: error, id: ref.id }, 'a process ended by a fault'));
    working.set(key, { wish: ref.wish, stop, done });
  };

  const watch = await watchViewBucket(nc, 'dns', {
    filters: [`${UNDERWAY_PLANS}.>`, `${UNDERWAY_DOMAINS}.>`],
    onEntry: ({ key, kind, value }) => {
      told?.add(key);
      if (kind === 'put') set(key, (value as ViewValue<UnderwayRef>).data);
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
