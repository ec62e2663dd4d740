/** A person, in the tenant `xanthus`: name, address and password hash lie in the vault; the log has references only. */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';
import { schemasOf } from './schemas.js';

const events = { PersonRegistered: authEvents.PersonRegistered, PasswordChanged: authEvents.PasswordChanged, LoginRefused: authEvents.LoginRefused };
export type PersonEvent = EventOf<typeof events>;

export type PersonState = { readonly status: 'unknown' } | { readonly status: 'registered'; readonly secret: string };

export type PersonCommand =
  | { readonly type: 'RegisterPerson'; readonly secret: string }
  | { readonly type: 'RefuseLogin'; readonly reason: 'wrong_password' | 'not_a_member' };

const decider: Decider<PersonState, PersonCommand, PersonEvent> = {
  initialState: { status: 'unknown' },
  decide(state, command) {
    switch (command.type) {
      case 'RegisterPerson':
        if (state.status === 'registered') throw new Refusal('PERSON.EXISTS', 'This person is registered already.');
        return [{ type: 'PersonRegistered', data: { secret: command.secret } }];
      case 'RefuseLogin':
        return state.status === 'registered' ? [{ type: 'LoginRefused', data: { reason: command.reason } }] : [];
    }
  },
  evolve(state, event) {
    return event.type === 'PersonRegistered' ? { status: 'registered', secret: event.data.secret } : state;
  },
};

export const person: AggregateType<PersonState, PersonCommand, PersonEvent> = { service: 'auth', name: 'person', decider, schemas: schemasOf(events), snapshot: { schema: 1, every: 100 } };
