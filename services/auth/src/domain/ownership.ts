/**
 * Owners of a tenant go one after the other: one aggregate per tenant, id = the tenant. It holds who is about to lose the role, not who has it: that
 * stands in the members' own histories. Every departure is decided on this one log and needs another owner who is not about to go, so one always stays,
 * however many copies of auth decide at once.
 */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';
import { schemasOf } from './schemas.js';

const events = { OwnerDeparting: authEvents.OwnerDeparting };
export type OwnershipEvent = EventOf<typeof events>;

/** `departing`: person → sequence of the event that had made them owner. One who was made owner again later counts again. `seq`: of the last departure. */
export interface OwnershipState { readonly departing: Readonly<Record<string, number>>; readonly seq: number }

/** An owner, and the sequence of the event that made them one. */
export interface Owner { readonly person: string; readonly since: number }
export interface AdmitDeparture {
  readonly type: 'AdmitDeparture';
  readonly leaving: Owner;
  /** All owners, read after the state at `seen`. */
  readonly owners: readonly Owner[];
  readonly seen: number;
}

const lastOwner = (): Refusal => new Refusal('MEMBER.LAST_OWNER', 'A tenant keeps at least one owner; make another member owner first.');
/** Somebody else changed it in between: the caller looks again. */
export const changedMeanwhile = (): Refusal => new Refusal('MEMBER.CHANGED', 'This membership changed a moment ago; look again and repeat.', undefined, true);

const decider: Decider<OwnershipState, AdmitDeparture, OwnershipEvent> = {
  initialState: { departing: {}, seq: 0 },
  decide(state, { leaving, owners, seen }) {
    if (state.seq !== seen) throw changedMeanwhile();
    const stays = owners.some(o => o.person !== leaving.person && (state.departing[o.person] ?? -1) < o.since);
    if (!stays) throw lastOwner();
    // The try before this one got no further; it is finished now.
    return state.departing[leaving.person] === leaving.since ? [] : [{ type: 'OwnerDeparting', data: { person: leaving.person, as_of: leaving.since } }];
  },
  evolve(state, event, { seq }) {
    return event.type === 'OwnerDeparting' ? { departing: { ...state.departing, [event.data.person]: event.data.as_of }, seq } : state;
  },
};

export const ownership: AggregateType<OwnershipState, AdmitDeparture, OwnershipEvent> = { service: 'auth', name: 'ownership', decider, schemas: schemasOf(events) };
