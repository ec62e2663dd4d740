import type { DomainEvent } from '@xanthus/kernel';
import type { DataOf, EventOf } from '@xanthus/proto';
import type { planEvents } from '@xanthus/proto/applications';

export type PlanEvent = EventOf<typeof planEvents>;
export type PlanAbout = DataOf<typeof planEvents.ApplicationPlanMade>;
export type PlanState =
  | { readonly status: 'absent' }
  | ({ readonly status: 'draft' } & PlanAbout)
  | ({ readonly status: 'taken'; readonly taken_by: DataOf<typeof planEvents.ApplicationPlanTaken> } & PlanAbout);

export const initialPlan: PlanState = { status: 'absent' };

/** Total: an event that does not fit the state, or that is not known, changes nothing. */
export const evolvePlan = (state: PlanState, event: PlanEvent | DomainEvent): PlanState => {
  const known = event as PlanEvent;
  switch (known.type) {
    case 'ApplicationPlanMade': return state.status === 'absent' ? { status: 'draft', ...known.data } : state;
    case 'ApplicationPlanTaken': return state.status === 'draft' ? { ...state, status: 'taken', taken_by: known.data } : state;
    default: return state;
  }
};

/** Nothing stands in the way of it. */
export const isReady = ({ detail }: Pick<PlanAbout, 'detail'>): boolean => detail.conflicts.length === 0;
