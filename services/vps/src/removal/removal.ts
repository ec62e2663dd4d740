/** How far the deleting of a server is. */
import type { DomainEvent, EventContext } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { REMOVAL_STEPS, type removalEvents, type RemovalStep } from '@xanthus/proto/vps';

export type RemovalEvent = EventOf<typeof removalEvents>;

export interface RemovalRun {
  /** How often it was begun: once, and at each wish after a failure. */
  readonly rounds: number;
  readonly started_at: string;
  /** The step that is next or under way; null after the last. */
  readonly step: RemovalStep | null;
  readonly attempt: number;
  readonly failures: number;
  readonly first_at: string | null;
  readonly retry_at: string | null;
}

export type RemovalState =
  | { readonly status: 'none' }
  | { readonly status: 'running' | 'finished'; readonly run: RemovalRun }
  | { readonly status: 'failed'; readonly run: RemovalRun; readonly failure: { readonly step: RemovalStep; readonly code: string; readonly message: string } };

export const initialRemoval: RemovalState = { status: 'none' };
const FRESH = { attempt: 0, failures: 0, first_at: null, retry_at: null } as const;

/** Total: what does not fit changes nothing. */
export const evolveRemoval = (state: RemovalState, event: RemovalEvent | DomainEvent, context: Pick<EventContext, 'occurred_at'>): RemovalState => {
  const known = event as RemovalEvent;
  const at = context.occurred_at;
  if (known.type === 'RemovalStarted') return state.status === 'none' ? { status: 'running', run: { rounds: 1, started_at: at, step: REMOVAL_STEPS[0], ...FRESH } } : state;
  if (state.status === 'none') return state;
  const { run } = state;
  switch (known.type) {
    case 'RemovalStepStarted': return known.data.step === run.step ? { ...state, run: { ...run, attempt: known.data.attempt, first_at: run.first_at ?? at, retry_at: null } } : state;
    case 'RemovalStepFinished': return known.data.step === run.step ? { ...state, run: { ...run, step: REMOVAL_STEPS[REMOVAL_STEPS.indexOf(known.data.step) + 1] ?? null, ...FRESH } } : state;
    case 'RemovalStepFailed': return known.data.step === run.step ? { ...state, run: { ...run, failures: run.failures + 1, retry_at: known.data.retry_at } } : state;
    case 'RemovalFailed': return { status: 'failed', run: { ...run, retry_at: null }, failure: known.data };
    case 'RemovalRetried': return state.status === 'failed' ? { status: 'running', run: { ...run, rounds: known.data.round, ...FRESH } } : state;
    case 'RemovalFinished': return { status: 'finished', run: { ...run, step: null } };
    default: return state;
  }
};
