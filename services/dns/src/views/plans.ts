import { keyedProjection, type Change, type Projection, type RecordedEvent, type ViewReader } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { planView } from '@xanthus/proto/dns';
import type { PlanEvent } from '../plan/plan.js';

export type PlanRow = DataOf<typeof planView>;
/** Internal, never shown: plans that are under way, `_plans.<tenant>.<plan>` */
export const UNDERWAY_PLANS = '_plans';
export interface UnderwayRef { readonly tenant: string; readonly id: string; /** Another one whenever somebody wished something. */ readonly wish: number }

const NEXT: Readonly<Record<PlanRow['state'], PlanRow['next']>> = {
  draft: ['apply', 'discard'], applying: ['cancel'], 'rolling-back': [], failed: ['resume'], applied: ['undo'], stopped: ['undo'], 'rolled-back': [], discarded: [],
};
const inState = (row: PlanRow, state: PlanRow['state'], rest: Partial<PlanRow> = {}): PlanRow => ({ ...row, state, next: [...NEXT[state]], problem: null, retry_at: null, ...rest });

const fold = (row: PlanRow | undefined, event: RecordedEvent): PlanRow | undefined => {
  const known = event as unknown as PlanEvent;
  const at = event.occurred_at;
  if (known.type === 'PlanMade') {
    const { records: _records, ...about } = known.data;
    return { id: event.aggregate.id, ...about, undone_by: null, state: 'draft', parts: 0, parts_done: 0, problem: null, retry_at: null, next: [...NEXT.draft], made_at: at, made_by: event.actor, applied_by: null, ended_at: null };
  }
  if (!row) return undefined;
  switch (known.type) {
    case 'PlanPart': return { ...row, parts: row.parts + 1 };
    case 'PlanApplyStarted': return inState(row, 'applying', { applied_by: event.actor });
    case 'PlanPartStarted': return { ...row, retry_at: null };
    case 'PlanPartDone': return { ...row, parts_done: row.parts_done + (known.data.back ? -1 : 1), problem: null };
    case 'PlanPartFailed': return { ...row, problem: { code: known.data.code, message: known.data.message }, retry_at: known.data.retry_at };
    case 'PlanFailed': return inState(row, 'failed', { problem: { code: known.data.code, message: known.data.message } });
    case 'PlanCancelRequested': return known.data.roll_back ? inState(row, 'rolling-back') : row;
    case 'PlanResumed': return inState(row, known.data.how === 'apply' ? 'applying' : 'rolling-back');
    case 'PlanApplied': return inState(row, 'applied', { ended_at: at });
    case 'PlanStopped': return inState(row, 'stopped', { ended_at: at });
    case 'PlanRolledBack': return inState(row, 'rolled-back', { ended_at: at });
    case 'PlanDiscarded': return inState(row, 'discarded', { ended_at: at });
    default: return row;
  }
};

const ofPlans = keyedProjection<PlanRow>({
  name: 'plans', version: 1, schema: planView.schema,
  keys: event => (event.aggregate.name === 'plan' ? [viewKey(event.tenant, 'plans', event.aggregate.id)] : []),
  evolve: fold,
});

/** Which plans are there, and how far are they? `<tenant>.plans.<plan>`. What an undo has undone is marked when that was applied. */
export const plansProjection: Projection = {
  ...ofPlans,
  async project(event: RecordedEvent, view: ViewReader): Promise<readonly Change[]> {
    const own = await ofPlans.project(event, view);
    const known = event as unknown as PlanEvent;
    if (event.aggregate.name !== 'plan' || known.type !== 'PlanApplied') return own;
    const undoes = (await view.get<PlanRow>(viewKey(event.tenant, 'plans', event.aggregate.id)))?.undoes ?? null;
    const key = undoes === null ? undefined : viewKey(event.tenant, 'plans', undoes);
    const undone = key === undefined ? undefined : await view.get<PlanRow>(key);
    return key === undefined || !undone ? own : [...own, { key, value: { ...undone, undone_by: event.aggregate.id, next: [] } satisfies PlanRow }];
  },
};

/** What must the runner work on? */
export const underwayPlansProjection: Projection = keyedProjection<UnderwayRef>({
  name: 'underway-plans', version: 1, schema: 1,
  keys: event => (event.aggregate.name === 'plan' ? [`${UNDERWAY_PLANS}.${event.tenant}.${event.aggregate.id}`] : []),
  evolve(ref, event) {
    switch ((event as unknown as PlanEvent).type) {
      case 'PlanApplyStarted': case 'PlanResumed': case 'PlanCancelRequested': return { tenant: event.tenant, id: event.aggregate.id, wish: event.seq };
      case 'PlanApplied': case 'PlanStopped': case 'PlanRolledBack': case 'PlanFailed': return undefined;
      default: return ref;
    }
  },
});
