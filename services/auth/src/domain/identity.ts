/**
 * A person as somebody else knows them, in the tenant `xanthus`. The aggregate's id is a keyed hash of kind, provider, issuer and subject,
 * so an identity is one aggregate for ever and can belong to one person only.
 */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';
import { schemasOf } from './schemas.js';

const events = { IdentityLinked: authEvents.IdentityLinked, IdentityUnlinked: authEvents.IdentityUnlinked };
export type IdentityEvent = EventOf<typeof events>;
type Link = Extract<IdentityEvent, { type: 'IdentityLinked' }>['data'];
type UnlinkReason = Extract<IdentityEvent, { type: 'IdentityUnlinked' }>['data']['reason'];

export type LinkedIdentity = { readonly status: 'linked' } & Link;
export type IdentityState = { readonly status: 'none' } | LinkedIdentity;
export type IdentityCommand =
  | ({ readonly type: 'LinkIdentity' } & Link)
  /** `person`: whose it must be. */
  | { readonly type: 'UnlinkIdentity'; readonly person: string; readonly reason: UnlinkReason };

const decider: Decider<IdentityState, IdentityCommand, IdentityEvent> = {
  initialState: { status: 'none' },
  decide(state, command) {
    switch (command.type) {
      case 'LinkIdentity': {
        const { type: _type, ...data } = command;
        if (state.status === 'none') return [{ type: 'IdentityLinked', data }];
        if (state.person === data.person) return [];
        throw new Refusal('IDENTITY.TAKEN', 'This identity belongs to another account already. Log in with it there and unlink it first.');
      }
      case 'UnlinkIdentity':
        if (state.status === 'none' || state.person !== command.person) throw new Refusal('IDENTITY.NOT_FOUND', 'You have no such identity.');
        return [{ type: 'IdentityUnlinked', data: { reason: command.reason } }];
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'IdentityLinked': return { status: 'linked', ...event.data };
      case 'IdentityUnlinked': return { status: 'none' };
      default: return state;
    }
  },
};

export const identity: AggregateType<IdentityState, IdentityCommand, IdentityEvent> = { service: 'auth', name: 'identity', decider, schemas: schemasOf(events) };
