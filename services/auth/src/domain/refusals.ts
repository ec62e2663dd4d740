/** How many log-ins were refused that belong to no person; one aggregate per day, in the tenant `xanthus`. */
import type { AggregateType, Decider } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';
import { schemasOf } from './schemas.js';

const events = { RefusalsCounted: authEvents.RefusalsCounted };
export type RefusalsEvent = EventOf<typeof events>;
export type RefusalsCommand = { readonly type: 'CountRefusals' } & RefusalsEvent['data'];

const decider: Decider<null, RefusalsCommand, RefusalsEvent> = {
  initialState: null,
  decide(_state, { type: _type, ...data }) {
    return [{ type: 'RefusalsCounted', data }];
  },
  evolve: () => null,
};

export const refusals: AggregateType<null, RefusalsCommand, RefusalsEvent> = { service: 'auth', name: 'refusals', decider, schemas: schemasOf(events), snapshot: { schema: 1, every: 100 } };
