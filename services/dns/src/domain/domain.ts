import type { DomainEvent, EventContext } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { DOMAIN_STEPS, type DnsUser, type domainEvents } from '@xanthus/proto/dns';

export type ConfigurationEvent = EventOf<typeof domainEvents>;
export type DomainStep = (typeof DOMAIN_STEPS)[number];
/** Settings as they are called at Cloudflare, ids of what was made. Null: there was none. */
export type StepValues = Readonly<Record<string, string | null>>;
export interface DomainProblem { readonly code: string; readonly message: string }

/** What is known of a step. `before` is kept from its first try on, whatever happens later: undoing puts exactly that back. */
export interface StepState { readonly before?: StepValues; readonly after?: StepValues; readonly at: 'begun' | 'done' | 'back' }

interface About { readonly name: string; readonly redirect_www: boolean; readonly steps: Readonly<Partial<Record<DomainStep, StepState>>>; readonly attempt: number }

type Phase =
  | { readonly status: 'absent' }
  | ({ readonly status: 'configuring' | 'undoing' } & About)
  | ({ readonly status: 'failed'; readonly back: boolean; readonly step: DomainStep; readonly problem: DomainProblem } & About)
  | ({ readonly status: 'configured' } & About)
  | { readonly status: 'undone'; readonly name: string };
/** Whoever uses the domain does so whether it is configured or not. */
export type DomainState = Phase & { readonly used_by: readonly DnsUser[] };

export type UnderwayDomain = Extract<DomainState, { status: 'configuring' | 'undoing' }>;
export const isUnderway = (state: DomainState): state is UnderwayDomain => state.status === 'configuring' || state.status === 'undoing';

export const initialDomain: DomainState = { status: 'absent', used_by: [] };

/** Of a domain that is configured, in order. */
export const stepsOf = ({ redirect_www }: Pick<About, 'redirect_www'>): readonly DomainStep[] => DOMAIN_STEPS.filter(step => step !== 'redirect' || redirect_www);

const withStep = (state: About, step: DomainStep, change: Partial<StepState>): Pick<About, 'steps' | 'attempt'> => ({ steps: { ...state.steps, [step]: { at: 'begun', ...state.steps[step], ...change } }, attempt: 0 });
const bare = ({ name, redirect_www, steps, attempt }: About): About => ({ name, redirect_www, steps, attempt });

const evolvePhase = (state: Phase, known: ConfigurationEvent): Phase => {
  if (known.type === 'DomainConfigureStarted') return state.status === 'absent' || state.status === 'undone' ? { status: 'configuring', ...known.data, steps: {}, attempt: 0 } : state;
  if (state.status === 'absent' || state.status === 'undone') return state;
  switch (known.type) {
    case 'DomainStepStarted': return { ...state, attempt: known.data.attempt };
    case 'DomainStepObserved': return { ...state, steps: { ...state.steps, [known.data.step]: { ...state.steps[known.data.step], at: 'begun', before: known.data.before } } };
    case 'DomainStepDone': return { ...state, ...withStep(state, known.data.step, known.data.back ? { at: 'back' } : { at: 'done', after: known.data.after }) };
    case 'DomainFailed': return { ...bare(state), status: 'failed', back: known.data.back, step: known.data.step, problem: { code: known.data.code, message: known.data.message } };
    case 'DomainRetried': return state.status === 'failed' ? { ...bare(state), status: state.back ? 'undoing' : 'configuring', attempt: 0 } : state;
    case 'DomainConfigured': return { ...bare(state), status: 'configured' };
    case 'DomainUndoStarted': return { ...bare(state), status: 'undoing', attempt: 0 };
    case 'DomainUndone': return { status: 'undone', name: state.name };
    default: return state;
  }
};

const others = (used_by: readonly DnsUser[], { service, id }: Pick<DnsUser, 'service' | 'id'>): DnsUser[] => used_by.filter(u => u.service !== service || u.id !== id);

/** Total: an event that does not fit the state, or that is not known, changes nothing. */
export const evolveDomain = (state: DomainState, event: ConfigurationEvent | DomainEvent, _context?: EventContext): DomainState => {
  const known = event as ConfigurationEvent;
  switch (known.type) {
    case 'DomainUsed': return { ...state, used_by: [...others(state.used_by, known.data.by), known.data.by] };
    case 'DomainUnused': return { ...state, used_by: others(state.used_by, known.data.by) };
    default: return { ...evolvePhase(state, known), used_by: state.used_by };
  }
};

export type NextDomainStep = { readonly do: 'step'; readonly step: DomainStep; readonly back: boolean; readonly attempt: number; readonly known: StepState | undefined } | { readonly do: 'end' };

/** Forward in order; back in the reverse, every step that was begun: one that was not finished may have changed something too. */
export const nextDomainStep = (state: UnderwayDomain): NextDomainStep => {
  const back = state.status === 'undoing';
  const order = stepsOf(state);
  const step = back ? [...order].reverse().find(s => state.steps[s] !== undefined && state.steps[s].at !== 'back') : order.find(s => state.steps[s]?.at !== 'done');
  return step === undefined ? { do: 'end' } : { do: 'step', step, back, attempt: state.attempt + 1, known: state.steps[step] };
};
