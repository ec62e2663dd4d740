import { watchViewBucket } from '@xanthus/jetstream';
import { viewKey, type ViewValue } from '@xanthus/proto';
import { TARGETS, type Target } from '../views/targets.js';
import type { VpsContext } from '../vps.context.js';
import { limiter, untilAborted } from './pause.js';
import { watchServer } from './server-watch.js';

const MAX_DIALS = 20;

interface Watched { readonly text: string; readonly stop: AbortController; readonly done: Promise<void> }

/** Watches every server that is not blocked, as the internal view `_targets` names them, until the signal. Run it in one copy only. */
export const runMonitor = async (vps: VpsContext, signal: AbortSignal): Promise<void> => {
  const watched = new Map<string, Watched>();
  /** Keys told since a reset; those that were not are gone. */
  let told: Set<string> | undefined;
  const dial = limiter(MAX_DIALS);

  const end = (key: string): Promise<void> => {
    const before = watched.get(key);
    watched.delete(key);
    before?.stop.abort();
    return before?.done ?? Promise.resolve();
  };

  const set = (key: string, target: Target): void => {
    const text = JSON.stringify(target);
    if (watched.get(key)?.text === text) return;
    const before = end(key);
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    // The old connection ends before the new one begins: one per server.
    const done = before.then(() => (target.blocked ? undefined : watchServer(vps, { target, signal: both, dial })))
      .catch((error: unknown) => vps.log.error({ err: error, server: target.id }, 'the watch of a server ended by a fault'));
    watched.set(key, { text, stop, done });
  };

  /** Written by the watch only, so deleted after it ended. */
  const forget = (key: string): void => {
    const [, tenant = '', id = ''] = key.split('.');
    void end(key).then(() => vps.views.putSample(viewKey(tenant, 'metrics', id), undefined)).catch((error: unknown) => vps.log.debug({ err: error, server: id }, 'the last sample was not removed'));
  };

  const watch = await watchViewBucket(vps.nc, 'vps', {
    filters: [`${TARGETS}.>`],
    onEntry: ({ key, kind, value }) => {
      told?.add(key);
      if (kind === 'put') set(key, (value as ViewValue<Target>).data);
      else forget(key);
    },
    onReset: () => { told = new Set(); },
    onSync: () => {
      if (told) for (const key of watched.keys()) if (!told.has(key)) forget(key);
      told = undefined;
    },
  });
  await untilAborted(signal);
  await watch.stop();
  await Promise.all([...watched.keys()].map(end));
};
