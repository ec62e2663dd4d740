/** Upgrades without being asked: within their window, by a plan like any other, as whoever wanted it so. A version that failed is not taken again. */
import { eventsOf, handle, newId, readState, Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { pause, runRounds, watchKeys } from '@xanthus/processes';
import { commandSubject, type Actor } from '@xanthus/proto';
import type { ApplicationEvent } from '../application/application.js';
import { applicationType } from '../application/application.decide.js';
import type { ApplicationsContext } from '../applications.context.js';
import { planType } from '../plan/plan.decide.js';
import { entryNow } from '../use-cases/catalog.js';
import type { makePlan } from '../use-cases/plans.js';
import { mustBeAllowed } from '../use-cases/rights.js';
import type { workByPlan } from '../use-cases/work.js';
import type { ApplicationRow } from '../views/applications.js';
import { chooseUpdate } from './choose.js';
import { isWithin } from './window.js';

const EVERY = 5 * 60_000;
const AT_ONCE = 2;
const PATIENCE = 60_000;
/** What could not be planned is tried again so much later: what stands in its way is for a person. ms */
const AGAIN = 6 * 60 * 60_000;

export interface UpdateWays { readonly makePlan: typeof makePlan; readonly workByPlan: typeof workByPlan }

/** Until the signal. Run it in one copy only. */
export const runUpdates = async (on: ApplicationsContext, ways: UpdateWays, signal: AbortSignal): Promise<void> => {
  const rows = new Map<string, ApplicationRow>();
  const updates = createUpdates(on, ways);
  await Promise.all([
    watchKeys(on.nc, 'applications', { filters: ['*.applications.*'], put: (key, data) => void rows.set(key, data as ApplicationRow), gone: key => void rows.delete(key), keys: () => rows.keys() }, signal),
    runRounds({
      every: EVERY, pause, atOnce: AT_ONCE, patience: PATIENCE, log: on.log,
      items: () => [...rows].map(([key, row]) => ({ tenant: key.slice(0, key.indexOf('.')), row })).filter(({ tenant, row }) => row.updates.auto !== 'none' && row.work === null && !on.forgotten.has(tenant)),
      look: ({ tenant, row }, until) => updates.look(tenant, row, until),
      failed: ({ row }, error) => on.log.info({ err: error, application: row.id }, 'an application could not be upgraded by itself'),
    }, signal),
  ]);
};

const SERVICE: Actor = { kind: 'service', id: 'applications' };

export const createUpdates = (on: ApplicationsContext, ways: UpdateWays) => {
  const tried = new Map<string, { readonly version: string; readonly at: number }>();

  const callOf = (tenant: string, id: string, signal: AbortSignal): Call => {
    const [command_id, now] = [newId(), new Date(on.now()).toISOString()];
    const about = { tenant, id, actor: SERVICE, command_id, correlation_id: command_id, now };
    return { ...about, identity: { kind: 'service', id: 'applications', tenant }, signal, context: () => about };
  };

  /** Whoever said last that it is to be so must still be one who may do it. */
  const mayStill = (tenant: string, row: ApplicationRow, events: readonly ApplicationEvent[], actors: readonly Actor[]): boolean => {
    const at = events.findLastIndex(e => e.type === 'UpdatePolicySet' || e.type === 'ApplicationRequested');
    const by = actors[at];
    if (by?.kind !== 'person' && by?.kind !== 'credential') return false;
    const identity = { kind: by.kind, id: by.id, tenant };
    try {
      mustBeAllowed(on, { tenant, identity }, { server: row.server, zone: null });
    } catch {
      return false;
    }
    return on.rights.allows(tenant, by.id, { what: 'command', subject: commandSubject({ tenant, service: 'applications', aggregate: 'application', id: row.id, verb: 'upgrade' }) });
  };

  /** The version of an upgrade that we began ourselves and that has failed. */
  const hold = async (tenant: string, row: ApplicationRow, events: readonly ApplicationEvent[], actors: readonly Actor[]): Promise<string | undefined> => {
    const at = events.findLastIndex(e => e.type === 'WorkStarted' && e.data.kind === 'upgrade' && e.data.deployment === row.deployment);
    const begun = events[at];
    if (begun?.type !== 'WorkStarted' || actors[at]?.kind !== 'service' || begun.data.plan === null) return undefined;
    const plan = await readState(on, planType, tenant, begun.data.plan);
    if (plan.status === 'absent' || row.held.includes(plan.detail.version)) return undefined;
    const call = callOf(tenant, row.id, AbortSignal.timeout(PATIENCE));
    await handle(on, applicationType, call.context(), { type: 'HoldUpdate', version: plan.detail.version, message: row.problem?.message ?? 'The upgrade failed.' });
    return plan.detail.version;
  };

  return {
    async look(tenant: string, row: ApplicationRow, signal: AbortSignal): Promise<void> {
      const recorded = await eventsOf(on, applicationType, tenant, row.id);
      const [events, actors] = [recorded as unknown as readonly ApplicationEvent[], recorded.map(e => e.actor)];
      const failed = row.failed === 'upgrade' ? await hold(tenant, row, events, actors) : undefined;
      if (row.status !== 'running') return;
      const { time_zone } = await on.vps.server(tenant, row.server);
      if (!isWithin(row.updates.window, time_zone, on.now()) || !mayStill(tenant, row, events, actors)) return;
      // The view may not have it yet.
      const held = [...row.held, ...events.flatMap(e => (e.type === 'UpdateHeld' ? [e.data.version] : [])), ...(failed === undefined ? [] : [failed])];
      const { versions } = await on.versions.of(await entryNow(on, tenant, row.entry));
      const version = chooseUpdate({ from: row.version, auto: row.updates.auto, held, offered: versions });
      const before = tried.get(row.id);
      if (version === undefined || (before?.version === version && on.now() - before.at < AGAIN)) return;
      tried.set(row.id, { version, at: on.now() });
      const plan = await ways.makePlan(on, { ...callOf(tenant, newId(), signal) }, { wish: { kind: 'upgrade', application: row.id, version }, reason: `by itself: ${row.updates.auto} updates` });
      // What asks again is for a person to answer.
      const asking = plan.detail.warnings.filter(w => w.asks_again);
      if (!plan.ready || asking.length > 0) throw new Refusal('PLAN.CONFLICTS', `${version} waits for a person: ${[...plan.detail.conflicts, ...asking].map(c => c.message).join(' ')}`);
      await ways.workByPlan(on, callOf(tenant, row.id, signal), 'upgrade', { plan: plan.id, hash: plan.hash, accept: [] });
    },
  };
};
