import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { DnsUser } from '@xanthus/proto/dns';
import { evolveDomain, initialDomain, isUnderway, nextDomainStep, type ConfigurationEvent, type DomainProblem, type DomainState, type DomainStep, type StepValues, type UnderwayDomain } from './domain.js';

export type DomainCommand =
  | { readonly type: 'Configure'; readonly name: string; readonly redirect_www: boolean }
  | { readonly type: 'Undo' }
  | { readonly type: 'Use'; readonly by: DnsUser }
  | { readonly type: 'Unuse'; readonly by: Pick<DnsUser, 'service' | 'id'> }
  | { readonly type: 'Retry' }
  /** What the runner did. */
  | { readonly type: 'StartStep'; readonly step: DomainStep; readonly back: boolean; readonly attempt: number }
  | { readonly type: 'ObserveStep'; readonly step: DomainStep; readonly before: StepValues }
  | { readonly type: 'FinishStep'; readonly step: DomainStep; readonly back: boolean; readonly after: StepValues; readonly text: string; readonly duration_ms: number }
  | ({ readonly type: 'FailStep'; readonly step: DomainStep; readonly back: boolean; readonly attempt: number; readonly retry_at: string | null } & DomainProblem)
  | { readonly type: 'End'; readonly duration_ms: number };

type Events = readonly ConfigurationEvent[];
type Of<T extends DomainCommand['type']> = Extract<DomainCommand, { type: T }>;

const notConfigured = (): Refusal => new Refusal('DNS.NOT_CONFIGURED', 'This domain is not configured.');

const configure = (state: DomainState, { name, redirect_www }: Of<'Configure'>): Events => {
  if (state.status === 'absent' || state.status === 'undone') return [{ type: 'DomainConfigureStarted', data: { name, redirect_www } }];
  throw new Refusal('DNS.CONFIGURED', state.status === 'configured' ? 'This domain is configured already.' : 'This domain is being configured, or that has failed: go on with it, or undo it.');
};

/** @throws Refusal DNS.IN_USE, with those who use it by name */
export const requireUnused = ({ used_by }: Pick<DomainState, 'used_by'>): void => {
  if (used_by.length === 0) return;
  const names = used_by.slice(0, 5).map(u => u.name).join(', ');
  const [use, them] = used_by.length === 1 ? ['uses', 'it'] : ['use', 'them'];
  throw new Refusal('DNS.IN_USE', `${names}${used_by.length > 5 ? ` and ${used_by.length - 5} more` : ''} ${use} this domain. Delete or move ${them} first.`, { used_by });
};

const undo = (state: DomainState): Events => {
  if (state.status === 'absent' || state.status === 'undone') throw notConfigured();
  requireUnused(state);
  return state.status === 'undoing' ? [] : [{ type: 'DomainUndoStarted', data: {} }];
};

const usedBy = ({ used_by }: DomainState, { service, id }: Pick<DnsUser, 'service' | 'id'>): DnsUser | undefined => used_by.find(u => u.service === service && u.id === id);
const use = (state: DomainState, { by }: Of<'Use'>): Events => (usedBy(state, by)?.name === by.name ? [] : [{ type: 'DomainUsed', data: { by } }]);

const retry = (state: DomainState): Events => {
  if (state.status === 'absent' || state.status === 'undone') throw notConfigured();
  if (state.status !== 'failed') throw new Refusal('DNS.NOT_FAILED', 'Nothing of it has failed.');
  return [{ type: 'DomainRetried', data: {} }];
};

const isDue = (state: DomainState, step: DomainStep, back: boolean): state is UnderwayDomain => {
  if (!isUnderway(state)) return false;
  const next = nextDomainStep(state);
  return next.do === 'step' && next.step === step && next.back === back;
};

const failStep = (state: DomainState, { type: _type, ...failure }: Of<'FailStep'>): Events => {
  const { step, back, code, message } = failure;
  if (!isDue(state, step, back) || state.attempt !== failure.attempt) return [];
  return [{ type: 'DomainStepFailed', data: failure }, ...(failure.retry_at === null ? [{ type: 'DomainFailed' as const, data: { step, back, code, message } }] : [])];
};

const end = (state: DomainState, { duration_ms }: Of<'End'>): Events => {
  if (!isUnderway(state) || nextDomainStep(state).do !== 'end') return [];
  return [{ type: state.status === 'undoing' ? 'DomainUndone' : 'DomainConfigured', data: { duration_ms } }];
};

export const domainDecider: Decider<DomainState, DomainCommand, ConfigurationEvent> = {
  initialState: initialDomain,
  evolve: evolveDomain,
  decide(state, command) {
    switch (command.type) {
      case 'Configure': return configure(state, command);
      case 'Undo': return undo(state);
      case 'Use': return use(state, command);
      case 'Unuse': return usedBy(state, command.by) ? [{ type: 'DomainUnused', data: { by: { service: command.by.service, id: command.by.id } } }] : [];
      case 'Retry': return retry(state);
      case 'StartStep': return isDue(state, command.step, command.back) && state.attempt < command.attempt ? [{ type: 'DomainStepStarted', data: { step: command.step, attempt: command.attempt, back: command.back } }] : [];
      // Only once: what a second try finds may be our own doing.
      case 'ObserveStep': return isDue(state, command.step, false) && state.steps[command.step]?.before === undefined ? [{ type: 'DomainStepObserved', data: { step: command.step, before: { ...command.before } } }] : [];
      case 'FinishStep': {
        const { step, back, after, text, duration_ms } = command;
        return isDue(state, step, back) ? [{ type: 'DomainStepDone', data: { step, back, after: { ...after }, text, duration_ms } }] : [];
      }
      case 'FailStep': return failStep(state, command);
      case 'End': return end(state, command);
    }
  },
};

export const domainType: AggregateType<DomainState, DomainCommand, ConfigurationEvent> = {
  service: 'dns',
  name: 'domain',
  decider: domainDecider,
  schemas: { DomainConfigureStarted: 1, DomainStepStarted: 1, DomainStepObserved: 1, DomainStepDone: 1, DomainStepFailed: 1, DomainConfigured: 1, DomainUndoStarted: 1, DomainUndone: 1, DomainFailed: 1, DomainRetried: 1, DomainUsed: 1, DomainUnused: 1 },
};
