import { nextTry, type AggregateType, type CommandContext, type Decider, type TryError } from '@xanthus/kernel';
import { REMOVAL_STEPS, type RemovalStep } from '@xanthus/proto/vps';
import { REMOVAL_LIMITS } from '../provisioning/policy.js';
import { evolveRemoval, initialRemoval, type RemovalEvent, type RemovalRun, type RemovalState } from './removal.js';

/** A word of a step that is not the one under way came too late, and says nothing. */
export type RemovalCommand =
  /** Also after a failure: then from the step that failed. */
  | { readonly type: 'StartRemoval'; readonly data: { readonly reason: 'deleted' | 'cancelled'; readonly name: string; /** The how manieth wish this is. */ readonly round: number } }
  | { readonly type: 'BeginStep'; readonly data: { readonly step: RemovalStep } }
  | { readonly type: 'FinishStep'; readonly data: { readonly step: RemovalStep; readonly detail: string } }
  | { readonly type: 'FailStep'; readonly data: { readonly step: RemovalStep; readonly error: TryError } };

type Of<T extends RemovalCommand['type']> = Extract<RemovalCommand, { type: T }>;
type Events = readonly RemovalEvent[];
const DETAIL = 300;

const under = (state: RemovalState, step: RemovalStep): RemovalRun | undefined => (state.status === 'running' && state.run.step === step ? state.run : undefined);
const since = (from: string | null, now: string): number => Math.max(0, Date.parse(now) - Date.parse(from ?? now));

const finish = (state: RemovalState, { data: { step, detail } }: Of<'FinishStep'>, { now }: CommandContext): Events => {
  const run = under(state, step);
  if (!run) return [];
  const done = { type: 'RemovalStepFinished', data: { step, duration_ms: since(run.first_at, now), detail: detail.slice(0, DETAIL) } } as const;
  return REMOVAL_STEPS.at(-1) === step ? [done, { type: 'RemovalFinished', data: { duration_ms: since(run.started_at, now) } }] : [done];
};

const fail = (state: RemovalState, { data: { step, error } }: Of<'FailStep'>, { now }: CommandContext): Events => {
  const run = under(state, step);
  if (!run) return [];
  const { code, message } = error;
  const retry_at = nextTry(error, run.failures, REMOVAL_LIMITS[step], Date.parse(now));
  const failed = { type: 'RemovalStepFailed', data: { step, attempt: Math.max(1, run.attempt), code, message, retryable: retry_at !== null, retry_at } } as const;
  return retry_at === null ? [failed, { type: 'RemovalFailed', data: { step, code, message } }] : [failed];
};

export const removalDecider: Decider<RemovalState, RemovalCommand, RemovalEvent> = {
  initialState: initialRemoval,
  evolve: evolveRemoval,
  decide(state, command, context) {
    switch (command.type) {
      case 'StartRemoval': {
        const { round, ...data } = command.data;
        if (state.status === 'none') return [{ type: 'RemovalStarted', data }];
        return state.status === 'failed' && round > state.run.rounds ? [{ type: 'RemovalRetried', data: { round } }] : [];
      }
      case 'BeginStep': {
        const run = under(state, command.data.step);
        return run ? [{ type: 'RemovalStepStarted', data: { step: command.data.step, attempt: run.attempt + 1 } }] : [];
      }
      case 'FinishStep': return finish(state, command, context);
      case 'FailStep': return fail(state, command, context);
    }
  },
};

export const removalType: AggregateType<RemovalState, RemovalCommand, RemovalEvent> = {
  service: 'vps', name: 'removal', decider: removalDecider,
  schemas: { RemovalStarted: 1, RemovalStepStarted: 1, RemovalStepFinished: 1, RemovalStepFailed: 1, RemovalFailed: 1, RemovalRetried: 1, RemovalFinished: 1 },
};
