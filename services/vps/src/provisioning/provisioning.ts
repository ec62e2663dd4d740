/** How far the making of a server is. */
import type { DomainEvent, EventContext } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import type { provisioningEvents, SetUpStep } from '@xanthus/proto/vps';

export type ProvisioningEvent = EventOf<typeof provisioningEvents>;
export type Plan = Extract<ProvisioningEvent, { type: 'ProvisioningStarted' }>['data'];

/** What the provider gave us so far. */
export interface Made { readonly key_ref?: string; readonly provider_ref?: string; readonly host?: string; readonly port?: number }

export interface Run {
  readonly plan: Plan;
  readonly made: Made;
  /** Steps that were begun at some time: what they make may be there, told or not. */
  readonly begun: readonly SetUpStep[];
  readonly started_at: string;
  /** Counts the beginnings: each set-up, and each time that a person said to try again. */
  readonly round: number;
  /** The step that is next or under way; null after the last. */
  readonly step: SetUpStep | null;
  /** Tries of this step, and how many of them failed, since it was begun or a person said to try again. */
  readonly attempt: number;
  readonly failures: number;
  readonly first_at: string | null;
  /** The next try comes then. */
  readonly retry_at: string | null;
  /** How often a person said to try again. */
  readonly retries: number;
  /** Bytes of the script's log that were told already. */
  readonly log_after: number;
}

export type ProvisioningState =
  | { readonly status: 'none' }
  | { readonly status: 'running' | 'cancelling' | 'cancelled' | 'finished'; readonly run: Run }
  | { readonly status: 'failed'; readonly run: Run; readonly failure: { readonly step: SetUpStep; readonly code: string; readonly message: string } };

export const initialProvisioning: ProvisioningState = { status: 'none' };

const FRESH = { attempt: 0, failures: 0, first_at: null, retry_at: null } as const;

const begin = (plan: Plan, at: string, before: ProvisioningState): Run => ({
  plan, made: before.status === 'none' ? {} : before.run.made, begun: before.status === 'none' ? [] : before.run.begun, started_at: at, round: before.status === 'none' ? 1 : before.run.round + 1, step: plan.steps[0] ?? null, retries: 0, log_after: 0, ...FRESH,
});

const finished = (run: Run, data: Extract<ProvisioningEvent, { type: 'StepFinished' }>['data']): Run => {
  const { key_ref, provider_ref, host, port } = data;
  const made = { ...run.made, ...(key_ref === undefined ? {} : { key_ref }), ...(provider_ref === undefined ? {} : { provider_ref }), ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) };
  return { ...run, made, step: run.plan.steps[run.plan.steps.indexOf(data.step) + 1] ?? null, ...FRESH };
};

/** Total: what does not fit changes nothing. */
export const evolveProvisioning = (state: ProvisioningState, event: ProvisioningEvent | DomainEvent, context: Pick<EventContext, 'occurred_at'>): ProvisioningState => {
  const known = event as ProvisioningEvent;
  const at = context.occurred_at;
  if (known.type === 'ProvisioningStarted') return state.status === 'running' || state.status === 'cancelling' ? state : { status: 'running', run: begin(known.data, at, state) };
  if (state.status === 'none') return state;
  const { run } = state;
  switch (known.type) {
    case 'StepStarted':
      if (state.status !== 'running' || known.data.step !== run.step) return state;
      return { ...state, run: { ...run, attempt: known.data.attempt, begun: run.begun.includes(known.data.step) ? run.begun : [...run.begun, known.data.step], first_at: run.first_at ?? at, retry_at: null } };
    case 'StepProgressed': return known.data.after === undefined ? state : { ...state, run: { ...run, log_after: known.data.after } };
    case 'StepFinished': return known.data.step === run.step ? { ...state, run: finished(run, known.data) } : state;
    case 'StepFailed': return known.data.step === run.step ? { ...state, run: { ...run, failures: run.failures + 1, retry_at: known.data.retry_at } } : state;
    case 'ProvisioningFailed': return { status: 'failed', run: { ...run, retry_at: null }, failure: known.data };
    case 'ProvisioningRetried': return state.status === 'failed' ? { status: 'running', run: { ...run, step: known.data.from_step, round: run.round + 1, retries: run.retries + 1, ...FRESH } } : state;
    case 'ProvisioningCancelRequested': return state.status === 'running' || state.status === 'failed' ? { status: 'cancelling', run: { ...run, retry_at: null } } : state;
    case 'ProvisioningCancelled': return { status: 'cancelled', run };
    case 'ProvisioningFinished': return { status: 'finished', run: { ...run, step: null } };
    default: return state;
  }
};
