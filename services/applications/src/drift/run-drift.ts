import { handleAsService, pause, runRounds, watchKeys } from '@xanthus/processes';
import { applicationType } from '../application/application.decide.js';
import type { ApplicationsContext } from '../applications.context.js';
import { reach } from '../life/reach.js';
import type { ApplicationRow } from '../views/applications.js';
import { isQuiet } from '../watch/watched.js';
import { findingsOf } from './findings.js';

/** Each is three calls on its server. */
const AT_ONCE = 2;
const PATIENCE = 60_000;

/** Compares every application's objects with its release from time to time, until the signal. Run it in one copy only. */
export const runDrift = async (on: ApplicationsContext, signal: AbortSignal): Promise<void> => {
  const rows = new Map<string, ApplicationRow>();
  await Promise.all([
    watchKeys(on.nc, 'applications', { filters: ['*.applications.*'], put: (key, data) => void rows.set(key, data as ApplicationRow), gone: key => void rows.delete(key), keys: () => rows.keys() }, signal),
    runRounds({
      every: on.config.XANTHUS_APPLICATIONS_DRIFT_INTERVAL_MS, pause, atOnce: AT_ONCE, patience: PATIENCE, log: on.log,
      // One that cannot be reached is told by the watch; asking it for its objects too helps nobody.
      items: () => [...rows].filter(([key, row]) => isQuiet(row) && row.health !== 'unknown' && row.health !== 'missing' && !on.forgotten.has(key.slice(0, key.indexOf('.')))),
      look: async ([key, row], until) => lookForDrift(on, { tenant: key.slice(0, key.indexOf('.')), id: row.id }, until),
      failed: ([, { id }], error) => on.log.debug({ err: error, application: id }, 'the objects of an application could not be compared'),
    }, signal),
  ]);
};

/** @throws Refusal CLUSTER.… */
const lookForDrift = async (on: ApplicationsContext, { tenant, id }: { readonly tenant: string; readonly id: string }, signal: AbortSignal): Promise<void> => {
  const { state, whose, mask, cluster } = await reach(on, { tenant, id }, { reason: 'compare objects with their release' });
  const findings = await findingsOf(await cluster(), whose, { mask, scaled: state.scaled }, { signal, timeout_ms: 30_000 });
  await handleAsService(on, applicationType, tenant, id, { type: 'NoteDrift', findings });
};
