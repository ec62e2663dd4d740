import type { DomainEvent, EventContext } from '@xanthus/kernel';
import type { Actor, DataOf, EventOf } from '@xanthus/proto';
import type { deploymentEvents, DeploymentStep, MadeObject, WorkKind } from '@xanthus/proto/applications';

export type DeploymentEvent = EventOf<typeof deploymentEvents>;
export type StartedDeployment = DataOf<typeof deploymentEvents.DeploymentStarted>;
export interface Problem { readonly code: string; readonly message: string }
export interface FinishedStep { readonly step: DeploymentStep; readonly skipped: boolean; readonly made: readonly MadeObject[]; readonly gone: readonly MadeObject[] }

interface Run {
  readonly application: string;
  readonly kind: WorkKind;
  readonly plan: string | null;
  readonly steps: readonly DeploymentStep[];
  readonly with: StartedDeployment['with'];
  readonly reason: string;
  /** Who had it done, or had it go on. */
  readonly by: Actor;
  readonly started_at: string;
  /** In order. */
  readonly done: readonly FinishedStep[];
  /** Tries of the step that is due. */
  readonly attempt: number;
  /** Steps that were begun: each may have made something, finished or not. */
  readonly begun: readonly DeploymentStep[];
  /** A person wants it to stop. */
  readonly cancelling: boolean;
}
interface Undo { readonly because: 'failed' | 'cancelled'; readonly problem: Problem; /** Steps that were taken back. */ readonly undone: readonly DeploymentStep[] }

export type DeploymentState =
  | { readonly status: 'absent' }
  | ({ readonly status: 'working' } & Run)
  | ({ readonly status: 'undoing' } & Run & Undo)
  | ({ readonly status: 'done' } & Run)
  | ({ readonly status: 'failed'; readonly problem: Problem; readonly undone: boolean; readonly left: readonly MadeObject[] } & Run)
  | ({ readonly status: 'cancelled' } & Run);
export type UnderwayDeployment = Extract<DeploymentState, { status: 'working' | 'undoing' }>;

export const initialDeployment: DeploymentState = { status: 'absent' };
export const isUnderway = (state: DeploymentState): state is UnderwayDeployment => state.status === 'working' || state.status === 'undoing';

/** What comes next of a deployment that is under way. */
export type NextStep =
  | { readonly do: 'step'; readonly step: DeploymentStep; readonly attempt: number; readonly back: boolean }
  /** Somebody wants it to stop: from here on back. */
  | { readonly do: 'turn-back' }
  | { readonly do: 'finish' }
  /** Everything is taken back. */
  | { readonly do: 'end-undo'; readonly as: 'failed' | 'cancelled' };

export const nextStep = (state: UnderwayDeployment): NextStep => {
  const attempt = state.attempt + 1;
  if (state.status === 'undoing') {
    const step = state.begun.findLast(s => !state.undone.includes(s));
    return step === undefined ? { do: 'end-undo', as: state.because } : { do: 'step', step, attempt, back: true };
  }
  const step = state.steps[state.done.length];
  if (step === undefined) return { do: 'finish' };
  return state.cancelling ? { do: 'turn-back' } : { do: 'step', step, attempt, back: false };
};

/** What was made by it and is not seen to be gone. */
export const leftOf = ({ done, ...state }: Pick<Run, 'done'> & { readonly undone?: readonly DeploymentStep[] }): readonly MadeObject[] => done.filter(s => state.undone?.includes(s.step) !== true).flatMap(s => s.made);

const runOf = ({ application, kind, plan, steps, with: more, reason, by, started_at, done, attempt, begun, cancelling }: Run): Run => ({ application, kind, plan, steps, with: more, reason, by, started_at, done, attempt, begun, cancelling });

const retried = (state: Extract<DeploymentState, { status: 'failed' | 'cancelled' }>, from: DeploymentStep, by: Actor): DeploymentState => {
  const at = Math.max(state.steps.indexOf(from), 0);
  const done = state.done.slice(0, Math.min(at, state.done.length));
  return { ...runOf(state), status: 'working', by, done, attempt: 0, cancelling: false, begun: state.begun.filter(s => state.steps.indexOf(s) < at) };
};

/** Total: an event that does not fit the state, or that is not known, changes nothing. */
export const evolveDeployment = (state: DeploymentState, event: DeploymentEvent | DomainEvent, context?: EventContext): DeploymentState => {
  const known = event as DeploymentEvent;
  const by: Actor = context?.actor ?? { kind: 'system', id: 'unknown' };
  if (known.type === 'DeploymentStarted') {
    return state.status === 'absent' ? { status: 'working', ...known.data, by, started_at: context?.occurred_at ?? '', done: [], attempt: 0, begun: [], cancelling: false } : state;
  }
  if (state.status === 'absent') return state;
  switch (known.type) {
    case 'DeploymentStepStarted': {
      const { step, attempt } = known.data;
      return isUnderway(state) ? { ...state, attempt, begun: state.begun.includes(step) ? state.begun : [...state.begun, step] } : state;
    }
    case 'DeploymentStepFinished': {
      const { step, back, skipped, made, gone } = known.data;
      if (state.status === 'undoing' && back) return { ...state, attempt: 0, undone: [...state.undone, step] };
      return state.status === 'working' && !back ? { ...state, attempt: 0, done: [...state.done, { step, skipped, made, gone }] } : state;
    }
    case 'DeploymentUndoStarted': return state.status === 'working' ? { ...state, status: 'undoing', attempt: 0, because: known.data.because, problem: { code: known.data.code, message: known.data.message }, undone: [] } : state;
    case 'DeploymentCancelRequested': return state.status === 'working' ? { ...state, cancelling: true } : state;
    case 'DeploymentRetried': return state.status === 'failed' || state.status === 'cancelled' ? retried(state, known.data.from, by) : state;
    case 'DeploymentFinished': return { ...runOf(state), status: 'done' };
    case 'DeploymentFailed': {
      const { code, message, undone, left } = known.data;
      return { ...runOf(state), status: 'failed', problem: { code, message }, undone, left };
    }
    case 'DeploymentCancelled': return { ...runOf(state), status: 'cancelled' };
    default: return state;
  }
};
