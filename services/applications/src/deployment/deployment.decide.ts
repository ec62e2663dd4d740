import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import { CANCELLABLE, type DeploymentStep, type MadeObject, type WorkKind } from '@xanthus/proto/applications';
import { evolveDeployment, initialDeployment, isUnderway, leftOf, nextStep, type DeploymentEvent, type DeploymentState, type Problem, type StartedDeployment, type UnderwayDeployment } from './deployment.js';
import { STEPS } from './steps.js';

export type DeploymentCommand =
  | { readonly type: 'Start'; readonly application: string; readonly kind: WorkKind; readonly plan: string | null; readonly with: StartedDeployment['with']; readonly reason: string }
  | { readonly type: 'Cancel' }
  | { readonly type: 'Retry' }
  /** What the process did. `step`, `attempt` and `back` say of which try: what comes twice counts once. */
  | { readonly type: 'StartStep'; readonly step: DeploymentStep; readonly attempt: number; readonly back: boolean }
  | { readonly type: 'Progress'; readonly step: DeploymentStep; readonly text: string }
  | { readonly type: 'FinishStep'; readonly step: DeploymentStep; readonly back: boolean; readonly duration_ms: number; readonly made?: readonly MadeObject[]; readonly gone?: readonly MadeObject[]; readonly skipped?: boolean; readonly text?: string }
  /** Without `retry_at` it failed for good: with `undo` what was made is taken back, else it stays as it is. */
  | ({ readonly type: 'FailStep'; readonly step: DeploymentStep; readonly attempt: number; readonly back: boolean; readonly retry_at: string | null; readonly undo: boolean } & Problem)
  /** Somebody wants it to stop, and the step that ran has ended. */
  | { readonly type: 'TurnBack' }
  /** As `nextStep` says: done, or everything is taken back. */
  | { readonly type: 'End'; readonly duration_ms: number };

type Events = readonly DeploymentEvent[];
type Of<T extends DeploymentCommand['type']> = Extract<DeploymentCommand, { type: T }>;

const notUnderway = (): Refusal => new Refusal('APPLICATION.NOT_BUSY', 'Nothing is under way.');
const tooLate = (message: string): Refusal => new Refusal('APPLICATION.TOO_LATE', message);

const cancel = (state: DeploymentState): Events => {
  if (state.status === 'absent' || !isUnderway(state)) throw notUnderway();
  if (!CANCELLABLE.includes(state.kind)) throw tooLate(`What a ${state.kind} has begun cannot be taken back; wait until it has ended.`);
  if (state.cancelling) return [];
  if (state.status === 'undoing') throw tooLate('It failed and is being taken back already.');
  if (nextStep(state).do === 'finish') throw tooLate('All of its steps are done.');
  return [{ type: 'DeploymentCancelRequested', data: {} }];
};

const retry = (state: DeploymentState): Events => {
  if (state.status !== 'failed' && state.status !== 'cancelled') return [];
  // Where all was taken back, it begins anew.
  const wholly = state.status === 'cancelled' || state.undone;
  const from = wholly ? state.steps[0] : state.steps[state.done.length] ?? state.steps.at(-1);
  return from === undefined ? [] : [{ type: 'DeploymentRetried', data: { from } }];
};

const isDue = (state: DeploymentState, step: DeploymentStep, back: boolean): state is UnderwayDeployment => {
  if (!isUnderway(state)) return false;
  // A step that runs is told of even if somebody wants it to stop meanwhile.
  const next = nextStep(state.status === 'working' ? { ...state, cancelling: false } : state);
  return next.do === 'step' && next.step === step && next.back === back;
};

const failStep = (state: DeploymentState, { type: _type, undo, ...failure }: Of<'FailStep'>): Events => {
  if (!isDue(state, failure.step, failure.back) || state.attempt !== failure.attempt) return [];
  const { code, message, back } = failure;
  const failed: DeploymentEvent = { type: 'DeploymentStepFailed', data: failure };
  if (failure.retry_at !== null) return [failed];
  if (undo && !back) return [failed, { type: 'DeploymentUndoStarted', data: { because: 'failed', code, message } }];
  return [failed, { type: 'DeploymentFailed', data: { code, message, undone: false, left: [...leftOf(state)].slice(0, 200) } }];
};

const end = (state: DeploymentState, { duration_ms }: Of<'End'>): Events => {
  if (!isUnderway(state)) return [];
  const next = nextStep(state);
  if (next.do === 'finish') return [{ type: 'DeploymentFinished', data: { duration_ms } }];
  if (next.do !== 'end-undo' || state.status !== 'undoing') return [];
  return [next.as === 'cancelled' ? { type: 'DeploymentCancelled', data: {} } : { type: 'DeploymentFailed', data: { ...state.problem, undone: true, left: [] } }];
};

export const deploymentDecider: Decider<DeploymentState, DeploymentCommand, DeploymentEvent> = {
  initialState: initialDeployment,
  evolve: evolveDeployment,
  decide(state, command) {
    switch (command.type) {
      case 'Start': {
        const { type: _type, ...about } = command;
        return state.status === 'absent' ? [{ type: 'DeploymentStarted', data: { ...about, steps: [...STEPS[command.kind]] } }] : [];
      }
      case 'Cancel': return cancel(state);
      case 'Retry': return retry(state);
      case 'StartStep': return isDue(state, command.step, command.back) && nextStep(state).do === 'step' && state.attempt < command.attempt ? [{ type: 'DeploymentStepStarted', data: { step: command.step, attempt: command.attempt, back: command.back } }] : [];
      case 'Progress': return isUnderway(state) && (isDue(state, command.step, false) || isDue(state, command.step, true)) ? [{ type: 'DeploymentStepProgressed', data: { step: command.step, text: command.text.slice(0, 500) } }] : [];
      case 'FinishStep': {
        const { step, back, duration_ms, made = [], gone = [], skipped = false, text = '' } = command;
        return isDue(state, step, back) ? [{ type: 'DeploymentStepFinished', data: { step, back, duration_ms, made: [...made], gone: [...gone], skipped, text: text.slice(0, 500) } }] : [];
      }
      case 'FailStep': return failStep(state, command);
      case 'TurnBack': return isUnderway(state) && nextStep(state).do === 'turn-back' ? [{ type: 'DeploymentUndoStarted', data: { because: 'cancelled', code: 'APPLICATION.CANCELLED', message: 'Somebody stopped it.' } }] : [];
      case 'End': return end(state, command);
    }
  },
};

export const deploymentType: AggregateType<DeploymentState, DeploymentCommand, DeploymentEvent> = {
  service: 'applications',
  name: 'deployment',
  decider: deploymentDecider,
  schemas: {
    DeploymentStarted: 1, DeploymentStepStarted: 1, DeploymentStepProgressed: 1, DeploymentStepFinished: 1, DeploymentStepFailed: 1, DeploymentUndoStarted: 1, DeploymentCancelRequested: 1, DeploymentRetried: 1, DeploymentFinished: 1, DeploymentFailed: 1,
    DeploymentCancelled: 1,
  },
};
