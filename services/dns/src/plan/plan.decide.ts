import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import { RECORDS_PER_EVENT, type DnsUser } from '@xanthus/proto/dns';
import type { Change, MadeChange } from './changes.js';
import { evolvePlan, initialPlan, isUnderway, nextStep, type PlanEvent, type PlanProblem, type PlanState, type UnderwayPlan } from './plan.js';
import type { Risk, RiskKind } from './risks.js';

export interface Draft {
  readonly zone: string; readonly zone_name: string; readonly from: 'wishes' | 'file' | 'undo' | 'drift' | 'time'; readonly undoes: string | null; readonly reason: string; readonly hash: string;
  readonly changes: readonly Change[]; readonly risks: readonly Risk[]; readonly records: number; /** Whose records these are. */ readonly mark?: DnsUser;
}
export type PlanCommand =
  /** `per_part`: changes that are applied as one; as many as an event holds unless given. */
  | { readonly type: 'Make'; readonly draft: Draft; readonly per_part?: number }
  | { readonly type: 'Apply'; readonly hash: string; readonly accept: readonly RiskKind[]; /** What has changed since, in words; undefined: nothing that matters. */ readonly stale?: { readonly message: string; readonly names: readonly string[] } | undefined }
  | { readonly type: 'Cancel'; readonly roll_back: boolean }
  | { readonly type: 'Resume'; readonly how: 'apply' | 'roll_back' }
  | { readonly type: 'Discard' }
  /** What the runner did. `part` and `attempt` say of which try: an answer that comes twice counts once. */
  | { readonly type: 'StartPart'; readonly part: number; readonly back: boolean; readonly attempt: number }
  | { readonly type: 'FinishPart'; readonly part: number; readonly back: boolean; readonly changes: readonly MadeChange[]; readonly duration_ms: number; readonly found_done: boolean }
  | ({ readonly type: 'FailPart'; readonly part: number; readonly back: boolean; readonly attempt: number; readonly retry_at: string | null } & PlanProblem)
  | { readonly type: 'End'; readonly duration_ms: number };

type Events = readonly PlanEvent[];
type Of<T extends PlanCommand['type']> = Extract<PlanCommand, { type: T }>;

const unknown = (): Refusal => new Refusal('DNS.PLAN_UNKNOWN', 'There is no such plan.');
const over = (state: PlanState): Refusal => new Refusal('DNS.PLAN_OVER', `This plan is ${state.status}. Make another one.`, { status: state.status });

const make = (state: PlanState, { draft, per_part = RECORDS_PER_EVENT }: Of<'Make'>): Events => {
  if (state.status !== 'absent') return [];
  const { changes, risks, ...about } = draft;
  const count = (op: Change['op']): number => changes.filter(c => c.op === op).length;
  const parts = Array.from({ length: Math.ceil(changes.length / per_part) }, (_, i) => changes.slice(i * per_part, (i + 1) * per_part));
  return [
    { type: 'PlanMade', data: { ...about, creates: count('create'), updates: count('update'), deletes: count('delete'), risks: risks.map(r => ({ ...r, names: [...r.names] })) } },
    ...parts.map(part => ({ type: 'PlanPart' as const, data: { changes: part } })),
  ];
};

const apply = (state: PlanState, { hash, accept, stale }: Of<'Apply'>): Events => {
  if (state.status === 'absent') throw unknown();
  if (state.status !== 'draft') throw over(state);
  if (state.hash !== hash) throw new Refusal('DNS.PLAN_OTHER_HASH', 'This is another plan than the one that you saw. Look at it again.');
  if (stale) throw new Refusal('DNS.PLAN_STALE', stale.message, { names: stale.names.slice(0, 50) });
  const open = state.risks.filter(r => r.asks_again && !accept.includes(r.kind));
  if (open.length > 0) throw new Refusal('DNS.RISK_NOT_ACCEPTED', `This plan needs a second yes: ${open.map(r => r.message).join(' ')}`, { risks: open.map(r => r.kind) });
  return [{ type: 'PlanApplyStarted', data: { accept: [...new Set(accept)] } }];
};

const cancel = (state: PlanState, { roll_back }: Of<'Cancel'>): Events => {
  if (state.status === 'absent') throw unknown();
  if (state.status === 'rolling-back') return [];
  if (state.status !== 'applying') throw over(state);
  return state.stopping === (roll_back ? 'roll_back' : 'stay') ? [] : [{ type: 'PlanCancelRequested', data: { roll_back } }];
};

const resume = (state: PlanState, { how }: Of<'Resume'>): Events => {
  if (state.status === 'absent') throw unknown();
  if (state.status !== 'failed') throw over(state);
  return [{ type: 'PlanResumed', data: { how } }];
};

const discard = (state: PlanState): Events => {
  if (state.status === 'absent') throw unknown();
  if (state.status !== 'draft') throw over(state);
  return [{ type: 'PlanDiscarded', data: {} }];
};

/** Is this the try that is due? */
const isDue = (state: PlanState, part: number, back: boolean): state is UnderwayPlan => {
  if (!isUnderway(state)) return false;
  const next = nextStep(state);
  return next.do !== 'end' && next.part === part && next.back === back;
};

const end = (state: PlanState, { duration_ms }: Of<'End'>): Events => {
  if (!isUnderway(state)) return [];
  const next = nextStep(state);
  if (next.do !== 'end') return [];
  return [next.as === 'applied' ? { type: 'PlanApplied', data: { duration_ms } } : next.as === 'stopped' ? { type: 'PlanStopped', data: {} } : { type: 'PlanRolledBack', data: {} }];
};

const failPart = (state: PlanState, { type: _type, ...failure }: Of<'FailPart'>): Events => {
  if (!isDue(state, failure.part, failure.back) || state.attempt !== failure.attempt) return [];
  const { part, code, message } = failure;
  return [{ type: 'PlanPartFailed', data: failure }, ...(failure.retry_at === null ? [{ type: 'PlanFailed' as const, data: { part, code, message } }] : [])];
};

export const planDecider: Decider<PlanState, PlanCommand, PlanEvent> = {
  initialState: initialPlan,
  evolve: evolvePlan,
  decide(state, command) {
    switch (command.type) {
      case 'Make': return make(state, command);
      case 'Apply': return apply(state, command);
      case 'Cancel': return cancel(state, command);
      case 'Resume': return resume(state, command);
      case 'Discard': return discard(state);
      case 'StartPart': return isDue(state, command.part, command.back) && state.attempt < command.attempt ? [{ type: 'PlanPartStarted', data: { part: command.part, attempt: command.attempt, back: command.back } }] : [];
      case 'FinishPart': {
        const { part, back, changes, duration_ms, found_done } = command;
        return isDue(state, part, back) ? [{ type: 'PlanPartDone', data: { part, back, changes: [...changes], duration_ms, found_done } }] : [];
      }
      case 'FailPart': return failPart(state, command);
      case 'End': return end(state, command);
    }
  },
};

export const planType: AggregateType<PlanState, PlanCommand, PlanEvent> = {
  service: 'dns',
  name: 'plan',
  decider: planDecider,
  schemas: {
    PlanMade: 1, PlanPart: 1, PlanApplyStarted: 1, PlanPartStarted: 1, PlanPartDone: 1, PlanPartFailed: 1, PlanApplied: 1, PlanFailed: 1, PlanCancelRequested: 1, PlanResumed: 1, PlanStopped: 1, PlanRolledBack: 1, PlanDiscarded: 1,
  },
};
