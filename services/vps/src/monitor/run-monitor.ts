import { watchViewBucket } from '@xanthus/jetstream';
import { limiter, pause, untilAborted } from '@xanthus/processes';
import { parseViewKey, viewKey, type ViewValue } from '@xanthus/proto';
import type { AlertsRow } from '../views/alerts.js';
import type { ServerRow } from '../views/servers.js';
import { TARGETS, type Target } from '../views/targets.js';
import type { VpsContext } from '../vps.context.js';
import { openAlertDesk } from './alert-desk.js';
import { knownOf, type Known } from './finding.js';
import { watchServer } from './server-watch.js';

/** Handshakes cost processor time; who did not answer before costs hardly any, and must not hold up those who do. */
const MAX_DIALS = 20;
const MAX_RETRIES = 100;

interface Watched { readonly text: string; readonly stop: AbortController; readonly done: Promise<void> }

/** Watches every server that is not blocked, as the internal view `_targets` names them, until the signal. Run it in one copy only. */
export const runMonitor = async (vps: VpsContext, signal: AbortSignal): Promise<void> => {
  const watched = new Map<string, Watched>();
  /** Keys told since a reset; those that were not are gone. */
  let told: Set<string> | undefined;
  const [first, again] = [limiter(MAX_DIALS), limiter(MAX_RETRIES)];
  const dial = <T>(work: () => Promise<T>, failedBefore: boolean): Promise<T> => (failedBefore ? again : first)(work);
  const desk = openAlertDesk(vps);
  /** What the view shows, by `<tenant>.<id>`. */
  const rows = new Map<string, Known>();

  const end = (key: string): Promise<void> => {
    const before = watched.get(key);
    watched.delete(key);
    before?.stop.abort();
    return before?.done ?? Promise.resolve();
  };

  /** A fault of ours in one round must not leave a server unwatched. */
  const watchOn = async (target: Target, until: AbortSignal): Promise<void> => {
    const name = `${target.tenant}.${target.id}`;
    while (!until.aborted) {
      try {
        return await watchServer(vps, { target, signal: until, dial, saw: desk.watch(target), known: () => rows.get(name) });
      } catch (error) {
        vps.log.error({ err: error, server: target.id }, 'the watch of a server ended by a fault; it begins anew');
        await pause(vps.config.XANTHUS_METRICS_INTERVAL_MS, until);
      }
    }
  };

  const set = (key: string, target: Target): void => {
    const text = JSON.stringify(target);
    if (watched.get(key)?.text === text) return;
    const before = end(key);
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    // The old connection ends before the new one begins: one per server.
    const done = before.then(() => (target.blocked ? undefined : watchOn(target, both)));
    watched.set(key, { text, stop, done });
  };

  /** Written by the watch only, so deleted after it ended. */
  const forget = (key: string): void => {
    const [, tenant = '', id = ''] = key.split('.');
    void end(key).then(() => vps.views.putSample(viewKey(tenant, 'metrics', id), undefined)).catch((error: unknown) => vps.log.debug({ err: error, server: id }, 'the last sample was not removed'));
  };

  const watch = await watchViewBucket(vps.nc, 'vps', {
    filters: [`${TARGETS}.>`, '*.alerts.*', '*.servers.*'],
    onEntry: ({ key, kind, value }) => {
      const data = kind === 'put' ? (value as ViewValue).data : undefined;
      const { tenant = '', view, id = '' } = parseViewKey(key) ?? {};
      const name = `${tenant}.${id}`;
      if (view === 'alerts') return desk.set(name, data as AlertsRow | undefined);
      if (view === 'servers') {
        return void (data === undefined ? rows.delete(name) : rows.set(name, knownOf(data as ServerRow)));
      }
      told?.add(key);
      if (data !== undefined) set(key, data as Target);
      else forget(key);
    },
    onReset: () => {
      told = new Set();
      desk.clear();
      rows.clear();
    },
    onSync: () => {
      if (told) for (const key of watched.keys()) if (!told.has(key)) forget(key);
      told = undefined;
    },
  });
  await untilAborted(signal);
  await watch.stop();
  await Promise.all([...watched.keys()].map(end));
};
