import { keyedProjection, type Change, type Projection, type RecordedEvent, type ViewReader } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { CANCELLABLE, deploymentView, type DeploymentStep } from '@xanthus/proto/applications';
import type { DeploymentEvent } from '../deployment/deployment.js';

export type DeploymentRow = DataOf<typeof deploymentView>;
type StepRow = DeploymentRow['steps'][number];
/** Internal, never shown: deployments that are under way, `_deployments.<tenant>.<deployment>` */
export const UNDERWAY_DEPLOYMENTS = '_deployments';
export interface UnderwayRef { readonly tenant: string; readonly id: string; readonly application: string; /** Another one whenever somebody wished something. */ readonly wish: number }

/** Shown of each application. */
const MOST = 20;
/** Of which application a deployment is: `_deployment-of.<tenant>.<deployment>`; and which one has: `_deployments-of.<tenant>.<application>` */
const ownerKey = (tenant: string, id: string): string => `_deployment-of.${tenant}.${id}`;
const listKey = (tenant: string, application: string): string => `_deployments-of.${tenant}.${application}`;
const keyOf = (tenant: string, application: string, id: string): string => viewKey(tenant, 'deployments', application, id);

const waiting = (step: DeploymentStep): StepRow => ({ step, state: 'waiting', attempt: 0, started_at: null, duration_ms: null, text: '', problem: null });
const withStep = (row: DeploymentRow, step: DeploymentStep, rest: Partial<StepRow>): DeploymentRow => ({ ...row, steps: row.steps.map(s => (s.step === step ? { ...s, ...rest } : s)) });
const ended = (row: DeploymentRow, state: DeploymentRow['state'], at: string, rest: Partial<DeploymentRow> = {}): DeploymentRow => ({ ...row, state, cancelling: false, retry_at: null, ended_at: at, ...rest });
const withNext = (row: DeploymentRow): DeploymentRow => ({ ...row, next: row.state === 'working' && !row.cancelling && CANCELLABLE.includes(row.kind) ? ['cancel'] : row.state === 'failed' || row.state === 'cancelled' ? ['retry'] : [] });

const fold = (row: DeploymentRow, known: DeploymentEvent, event: RecordedEvent): DeploymentRow => {
  const at = event.occurred_at;
  switch (known.type) {
    case 'DeploymentStepStarted': return { ...withStep(row, known.data.step, { state: known.data.back ? 'undoing' : 'working', attempt: known.data.attempt, started_at: at, duration_ms: null, text: '', ...(known.data.back ? {} : { problem: null }) }), retry_at: null };
    case 'DeploymentStepProgressed': return withStep(row, known.data.step, { text: known.data.text });
    case 'DeploymentStepFinished': {
      const { step, back, skipped, duration_ms, text } = known.data;
      return withStep(row, step, { state: back ? 'undone' : skipped ? 'skipped' : 'done', duration_ms, text, ...(back ? {} : { problem: null }) });
    }
    case 'DeploymentStepFailed': {
      const { step, code, message, retry_at } = known.data;
      return { ...withStep(row, step, { state: 'failed', problem: { code, message } }), retry_at };
    }
    case 'DeploymentUndoStarted': return { ...row, state: 'undoing', retry_at: null, problem: { code: known.data.code, message: known.data.message } };
    case 'DeploymentCancelRequested': return { ...row, cancelling: true };
    case 'DeploymentRetried': {
      const from = row.steps.findIndex(s => s.step === known.data.from);
      return { ...row, state: 'working', cancelling: false, problem: null, retry_at: null, undone: false, left: [], ended_at: null, steps: row.steps.map((s, i) => (i < from ? s : waiting(s.step))) };
    }
    case 'DeploymentFinished': return ended(row, 'done', at, { problem: null });
    case 'DeploymentFailed': return ended(row, 'failed', at, { problem: { code: known.data.code, message: known.data.message }, undone: known.data.undone, left: known.data.left });
    case 'DeploymentCancelled': return ended(row, 'cancelled', at, { undone: true });
    default: return row;
  }
};

/** What is or was done to applications? `<tenant>.deployments.<application>.<deployment>` */
export const deploymentsProjection: Projection = {
  name: 'deployments', version: 1, schema: deploymentView.schema,
  async project(event: RecordedEvent, view: ViewReader): Promise<readonly Change[]> {
    if (event.aggregate.name !== 'deployment') return [];
    const known = event as unknown as DeploymentEvent;
    const { tenant, aggregate: { id } } = event;
    const owner = await view.get<string>(ownerKey(tenant, id));
    if (known.type === 'DeploymentStarted') {
      if (owner !== undefined) return [];
      const { application, kind, plan, steps, reason } = known.data;
      const row: DeploymentRow = {
        id, application, kind, plan, state: 'working', steps: steps.map(waiting), cancelling: false, problem: null, retry_at: null, undone: false, left: [], reason, started_at: event.occurred_at, started_by: event.actor, ended_at: null, next: [],
      };
      const all = [...((await view.get<string[]>(listKey(tenant, application))) ?? []), id];
      return [
        { key: keyOf(tenant, application, id), value: withNext(row) }, { key: ownerKey(tenant, id), value: application }, { key: listKey(tenant, application), value: all.slice(-MOST) },
        ...all.slice(0, -MOST).flatMap((old): Change[] => [{ key: keyOf(tenant, application, old), deleted: true }, { key: ownerKey(tenant, old), deleted: true }]),
      ];
    }
    if (owner === undefined) return [];
    const key = keyOf(tenant, owner, id);
    const before = await view.get<DeploymentRow>(key);
    if (!before) return [];
    const after = fold(before, known, event);
    return after === before ? [] : [{ key, value: withNext(after) }];
  },
};

/** What must the runner work on? */
export const underwayProjection: Projection = keyedProjection<UnderwayRef>({
  name: 'underway', version: 1, schema: 1,
  keys: event => (event.aggregate.name === 'deployment' ? [`${UNDERWAY_DEPLOYMENTS}.${event.tenant}.${event.aggregate.id}`] : []),
  evolve(ref, event) {
    const known = event as unknown as DeploymentEvent;
    const { tenant, aggregate: { id }, seq } = event;
    switch (known.type) {
      case 'DeploymentStarted': return { tenant, id, application: known.data.application, wish: seq };
      case 'DeploymentCancelRequested': return ref && { ...ref, wish: seq };
      case 'DeploymentRetried': return { tenant, id, application: ref?.application ?? '', wish: seq };
      case 'DeploymentFinished': case 'DeploymentFailed': case 'DeploymentCancelled': return undefined;
      default: return ref;
    }
  },
});
