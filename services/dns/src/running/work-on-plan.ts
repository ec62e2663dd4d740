import { nextTry, Refusal, tryError } from '@xanthus/kernel';
import { staleBecause, type MadeChange } from '../plan/changes.js';
import { planType } from '../plan/plan.decide.js';
import { isUnderway, nextStep, NOT_MADE, type NextStep, type UnderwayPlan } from '../plan/plan.js';
import { notOurs } from '../plan/owning.js';
import { wasMade } from '../plan/was-made.js';
import { zoneType } from '../zone/zone.decide.js';
import type { KnownRecord } from '../records/record.js';
import { TRIES } from './policy.js';
import type { ProcessPorts } from './ports.js';

type Part = Exclude<NextStep, { do: 'end' }>;
/** A zone of ten thousand records is not asked for again before each part: one look holds so long, ms. */
const LOOK_HOLDS = 3_000;
/** What the zone held for parts of one direction; those before a part change nothing of what the part is about. */
interface Look { holds: number; back: boolean; records: readonly KnownRecord[] }
interface Done { readonly changes: readonly MadeChange[]; readonly found: boolean }

const changedMeanwhile = (names: readonly string[]): Refusal =>
  new Refusal('DNS.PLAN_STALE', `The zone was changed outside while the plan was applied (${names.slice(0, 5).join(', ')}). Take back what was done, or make a new plan.`, { names: names.slice(0, 50) });

/** Records may be given back, and zones released, while a plan waits. */
const requireOurs = async (ports: ProcessPorts, tenant: string, plan: UnderwayPlan, changes: Part['changes']): Promise<void> => {
  const zone = await ports.read(zoneType, tenant, plan.zone);
  const others = zone.status === 'managed' ? notOurs(zone, plan, changes) : [];
  if (others.length > 0) throw changedMeanwhile(others.map(c => (c.op === 'create' ? c.after.name : c.before.name)));
};

/**
 * Makes a part, all of it or nothing. A try whose answer was lost is looked for first, so that nothing is made twice.
 * @throws Refusal
 */
const makePart = async (ports: ProcessPorts, tenant: string, plan: UnderwayPlan, next: Part, look: Look): Promise<Done | 'not made'> => {
  const provider = await ports.provider(tenant, plan.zone);
  if (plan.sent !== null || next.do === 'look') {
    const outcome = wasMade(next.changes, await provider.records(plan.zone));
    if (outcome.made === 'all') return { changes: outcome.changes, found: true };
    if (outcome.made === 'unclear') throw changedMeanwhile(outcome.names);
    if (next.do === 'look') return 'not made';
  } else if (next.part > 0 || next.back || Math.abs(ports.now() - (plan.approved ?? 0)) >= LOOK_HOLDS) {
    // The first part was looked at when the plan was approved; time has passed since for the others, and for the first one if nobody worked on it.
    if (ports.now() >= look.holds || look.back !== next.back) Object.assign(look, { records: await provider.records(plan.zone), holds: ports.now() + LOOK_HOLDS, back: next.back });
    const stale = staleBecause(next.changes, look.records);
    if (stale.length > 0) throw changedMeanwhile(stale.map(c => (c.op === 'create' ? c.after.name : c.before.name)));
  }
  if (!next.back) await requireOurs(ports, tenant, plan, next.changes);
  return { changes: await provider.apply(plan.zone, next.changes), found: false };
};

const part = async (ports: ProcessPorts, tenant: string, id: string, plan: UnderwayPlan, next: Part, look: Look): Promise<string | undefined> => {
  const { part: at, back, attempt } = next;
  const begun = ports.now();
  // Not decided: somebody has cancelled since it was looked at, or another copy began it. Nothing is made that is not written down first.
  if (next.do === 'part' && !(await ports.handle(planType, tenant, id, { type: 'StartPart', part: at, back, attempt })).decided) return undefined;
  try {
    const done = await makePart(ports, tenant, plan, next, look);
    if (done === 'not made') {
      await ports.handle(planType, tenant, id, { type: 'FailPart', part: at, back, attempt, code: NOT_MADE, message: 'It was stopped before Cloudflare made it.', retry_at: new Date(ports.now()).toISOString() });
      return undefined;
    }
    // The zone's own history first: if we are killed in between, the part is found made and told again, once.
    await ports.handle(zoneType, tenant, plan.zone, { type: 'RecordChanges', plan: id, reason: plan.reason, ...(plan.by === undefined ? {} : { by: plan.by }), ...(plan.mark === undefined ? {} : { mark: plan.mark }), part: at, back, changes: done.changes });
    await ports.handle(planType, tenant, id, { type: 'FinishPart', part: at, back, changes: done.changes, duration_ms: Math.max(0, Math.round(ports.now() - begun)), found_done: done.found });
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) ports.log.error({ err: error, plan: id }, 'a part of a plan ended by a fault');
    const failure = tryError(error);
    const retry_at = nextTry(failure, attempt - 1, { tries: TRIES }, ports.now());
    await ports.handle(planType, tenant, id, { type: 'FailPart', part: at, back, attempt, code: failure.code, message: failure.message, retry_at });
    return retry_at ?? undefined;
  }
};

/**
 * Brings a plan that is under way to its end, or until the signal. Everything is read from the log, each part is written down before and after: whoever is
 * killed anywhere in it leaves nothing that the next one does not find.
 * @throws what the event store throws; call again
 */
export const workOnPlan = async (ports: ProcessPorts, tenant: string, id: string, signal: AbortSignal): Promise<void> => {
  const begun = ports.now();
  const look: Look = { holds: 0, back: false, records: [] };
  let wait: string | undefined;
  for (;;) {
    if (wait !== undefined) await ports.pause(Date.parse(wait) - ports.now(), signal);
    if (signal.aborted) return;
    const plan = await ports.read(planType, tenant, id);
    if (!isUnderway(plan)) return;
    const next = nextStep(plan);
    if (next.do === 'end') await ports.handle(planType, tenant, id, { type: 'End', duration_ms: Math.max(0, Math.round(ports.now() - begun)) });
    else wait = await part(ports, tenant, id, plan, next, look);
  }
};
