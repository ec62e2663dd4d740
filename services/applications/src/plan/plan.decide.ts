import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { PlanDetail } from '@xanthus/proto/applications';
import { evolvePlan, initialPlan, isReady, type PlanAbout, type PlanEvent, type PlanState } from './plan.js';

export type WarningKind = PlanDetail['warnings'][number]['kind'];
export type PlanCommand =
  | ({ readonly type: 'Make' } & PlanAbout)
  | { readonly type: 'Take'; readonly application: string; readonly deployment: string };

export interface Wanted { readonly kind: PlanAbout['kind']; /** Null: a new one. */ readonly application: string | null; readonly hash: string; readonly accept: readonly WarningKind[]; readonly now: string }

const KINDS: Readonly<Record<PlanAbout['kind'], string>> = { deploy: 'deploy', upgrade: 'upgrade', 'set-values': 'set-values', rollback: 'rollback', expose: 'expose', revert: 'revert', delete: 'delete' };

/** May this plan be carried out as it was seen? Whether the world is still as it was is asked after that. @throws Refusal PLAN.* */
export const checkPlan = (state: PlanState, { kind, application, hash, accept, now }: Wanted): PlanAbout => {
  if (state.status === 'absent') throw new Refusal('PLAN.UNKNOWN', 'There is no such plan. Make one first.');
  if (state.kind !== kind || state.application !== application) throw new Refusal('PLAN.OTHER_KIND', `This plan is for ${KINDS[state.kind]}${state.application === application ? '' : ' of another application'}. Make one for ${KINDS[kind]}.`, { kind: state.kind });
  if (state.status === 'taken') throw new Refusal('PLAN.OVER', 'This plan was carried out already. Make another one.', state.taken_by);
  if (state.hash !== hash) throw new Refusal('PLAN.OTHER_HASH', 'This is another plan than the one that you saw. Look at it again.');
  if (now > state.expires_at) throw new Refusal('PLAN.OVER', 'This plan is more than an hour old. Make another one.', { expires_at: state.expires_at });
  if (!isReady(state)) throw new Refusal('PLAN.CONFLICTS', `Something stands in the way: ${state.detail.conflicts.map(c => c.message).join(' ')}`, { conflicts: state.detail.conflicts });
  const open = state.detail.warnings.filter(w => w.asks_again && !accept.includes(w.kind));
  if (open.length > 0) throw new Refusal('PLAN.WARNING_NOT_ACCEPTED', `This plan needs a second yes: ${open.map(w => w.message).join(' ')}`, { warnings: open.map(w => w.kind) });
  return state;
};

export const planDecider: Decider<PlanState, PlanCommand, PlanEvent> = {
  initialState: initialPlan,
  evolve: evolvePlan,
  decide(state, command) {
    const { type, ...data } = command;
    if (type === 'Make') return state.status === 'absent' ? [{ type: 'ApplicationPlanMade', data: data as PlanAbout }] : [];
    const { application, deployment } = data as Extract<PlanCommand, { type: 'Take' }>;
    return state.status === 'draft' ? [{ type: 'ApplicationPlanTaken', data: { application, deployment } }] : [];
  },
};

export const planType: AggregateType<PlanState, PlanCommand, PlanEvent> = { service: 'applications', name: 'plan', decider: planDecider, schemas: { ApplicationPlanMade: 1, ApplicationPlanTaken: 1 } };
