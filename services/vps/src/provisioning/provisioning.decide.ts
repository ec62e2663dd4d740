import { nextTry, Refusal, type AggregateType, type CommandContext, type Decider, type TryError } from '@xanthus/kernel';
import type { SetUpStep } from '@xanthus/proto/vps';
import { SET_UP_LIMITS } from './policy.js';
import { evolveProvisioning, initialProvisioning, type Made, type Plan, type ProvisioningEvent, type ProvisioningState, type Run } from './provisioning.js';

type DataOf<T extends ProvisioningEvent['type']> = Extract<ProvisioningEvent, { type: T }>['data'];

/** What people ask, and what a step has come to. A word of a step that is not the one under way came too late, and says nothing. */
export type ProvisioningCommand =
  | { readonly type: 'Start'; readonly data: Plan }
  | { readonly type: 'Begin'; readonly data: { readonly step: SetUpStep } }
  | { readonly type: 'Progress'; readonly data: DataOf<'StepProgressed'> }
  | { readonly type: 'Finish'; readonly data: { readonly step: SetUpStep; readonly detail: string } & Made }
  | { readonly type: 'Fail'; readonly data: { readonly step: SetUpStep; readonly error: TryError } }
  | { readonly type: 'Retry'; readonly data: { readonly from_step?: SetUpStep | undefined } }
  | { readonly type: 'RequestCancel' }
  /** `round`: of which beginning this is said. */
  | { readonly type: 'Cancelled'; readonly data: { readonly round: number } };

type Of<T extends ProvisioningCommand['type']> = Extract<ProvisioningCommand, { type: T }>;
type Events = readonly ProvisioningEvent[];

const notNow = (message: string): Refusal => new Refusal('SERVER.NOT_ALLOWED_NOW', message);
const DETAIL = 300;

const start = (state: ProvisioningState, { data }: Of<'Start'>): Events => {
  const busy = state.status === 'running' || state.status === 'cancelling';
  // The process of creation starts by itself, and perhaps twice; a set-up is a person's wish.
  if (data.kind === 'create') return state.status === 'none' ? [{ type: 'ProvisioningStarted', data }] : [];
  if (busy) throw new Refusal('SERVER.BUSY', 'It is being set up already. Follow that, or cancel it first.', undefined, true);
  return [{ type: 'ProvisioningStarted', data }];
};

/** The run, if this step of it is under way. */
const under = (state: ProvisioningState, step: SetUpStep): Run | undefined => (state.status === 'running' && state.run.step === step ? state.run : undefined);
const since = (from: string | null, now: string): number => Math.max(0, Date.parse(now) - Date.parse(from ?? now));

const finish = (state: ProvisioningState, { data }: Of<'Finish'>, { now }: CommandContext): Events => {
  const run = under(state, data.step);
  if (!run) return [];
  const done = { type: 'StepFinished', data: { ...data, detail: data.detail.slice(0, DETAIL), duration_ms: since(run.first_at, now) } } as const;
  return run.plan.steps.at(-1) === data.step ? [done, { type: 'ProvisioningFinished', data: { duration_ms: since(run.started_at, now) } }] : [done];
};

const fail = (state: ProvisioningState, { data: { step, error } }: Of<'Fail'>, { now }: CommandContext): Events => {
  const run = under(state, step);
  if (!run) return [];
  const { code, message } = error;
  const retry_at = nextTry(error, run.failures, SET_UP_LIMITS[step], Date.parse(now));
  const failed = { type: 'StepFailed', data: { step, attempt: Math.max(1, run.attempt), code, message, retryable: retry_at !== null, retry_at } } as const;
  return retry_at === null ? [failed, { type: 'ProvisioningFailed', data: { step, code, message } }] : [failed];
};

const retry = (state: ProvisioningState, { data }: Of<'Retry'>): Events => {
  if (state.status !== 'failed') throw notNow('Nothing of it has failed, so there is nothing to try again.');
  const { plan } = state.run;
  const from_step = data.from_step ?? state.failure.step;
  const at = plan.steps.indexOf(from_step);
  if (at < 0 || at > plan.steps.indexOf(state.failure.step)) throw notNow(`It failed at ${state.failure.step}: go on from there or from an earlier step.`);
  return [{ type: 'ProvisioningRetried', data: { from_step } }];
};

const requestCancel = (state: ProvisioningState): Events => {
  if (state.status === 'cancelling') return [];
  // A set-up that failed is put aside by it: the server stays as it is.
  if (state.status === 'running' || state.status === 'failed') return [{ type: 'ProvisioningCancelRequested', data: {} }];
  throw notNow('There is nothing under way that could be cancelled.');
};

export const provisioningDecider: Decider<ProvisioningState, ProvisioningCommand, ProvisioningEvent> = {
  initialState: initialProvisioning,
  evolve: evolveProvisioning,
  decide(state, command, context) {
    switch (command.type) {
      case 'Start': return start(state, command);
      case 'Begin': {
        const run = under(state, command.data.step);
        return run ? [{ type: 'StepStarted', data: { step: command.data.step, attempt: run.attempt + 1 } }] : [];
      }
      case 'Progress': return under(state, command.data.step) ? [{ type: 'StepProgressed', data: command.data }] : [];
      case 'Finish': return finish(state, command, context);
      case 'Fail': return fail(state, command, context);
      case 'Retry': return retry(state, command);
      case 'RequestCancel': return requestCancel(state);
      case 'Cancelled': return state.status === 'none' || state.status === 'finished' || state.status === 'cancelled' || state.run.round !== command.data.round ? [] : [{ type: 'ProvisioningCancelled', data: {} }];
    }
  },
};

export const provisioningType: AggregateType<ProvisioningState, ProvisioningCommand, ProvisioningEvent> = {
  service: 'vps', name: 'provisioning', decider: provisioningDecider,
  schemas: {
    ProvisioningStarted: 1, StepStarted: 1, StepProgressed: 1, StepFinished: 1, StepFailed: 1, ProvisioningFailed: 1, ProvisioningRetried: 1, ProvisioningCancelRequested: 1, ProvisioningCancelled: 1, ProvisioningFinished: 1,
  },
  snapshot: { schema: 1, every: 100 },
};
