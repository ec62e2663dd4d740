/** A NATS credential of a tenant for another service. Public keys only; its secret was answered once. */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import { allows, type EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';
import { compileCapabilities, requireGrant, requireRole, rolesOf, type Granter } from './roles.js';
import { schemasOf } from './schemas.js';

const events = { CredentialCreated: authEvents.CredentialCreated, CredentialRevoked: authEvents.CredentialRevoked };
export type CredentialEvent = EventOf<typeof events>;
type Creation = Extract<CredentialEvent, { type: 'CredentialCreated' }>['data'];

export type CredentialState = { readonly status: 'none' } | ({ readonly status: 'active' | 'revoked' } & Creation);
export type CredentialCommand =
  | ({ readonly type: 'CreateCredential'; readonly granter: Granter } & Creation)
  | { readonly type: 'RevokeCredential' };

const decider: Decider<CredentialState, CredentialCommand, CredentialEvent> = {
  initialState: { status: 'none' },
  decide(state, command, context) {
    switch (command.type) {
      case 'CreateCredential': {
        const { type: _type, granter, ...data } = command;
        if (state.status !== 'none') throw new Refusal('CREDENTIAL.NAME_TAKEN', 'This credential was made already; its text is answered once. Revoke it and make another.');
        requireRole(data.role, granter);
        requireGrant(granter, data.role);
        const rights = compileCapabilities(data.role, context.tenant, { kind: 'credential', id: context.id }, rolesOf(granter));
        const refused = data.follow.filter(stream => !allows(rights, { what: 'stream', stream, filter: `evt.${context.tenant}.>` }));
        if (refused.length > 0) throw new Refusal('CREDENTIAL.CANNOT_FOLLOW', `The role ${data.role} may not read ${refused.join(', ')}.`, { streams: refused });
        return [{ type: 'CredentialCreated', data }];
      }
      case 'RevokeCredential':
        if (state.status === 'none') throw new Refusal('CREDENTIAL.NOT_FOUND', 'There is no such credential.');
        return state.status === 'active' ? [{ type: 'CredentialRevoked', data: {} }] : [];
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'CredentialCreated': return { status: 'active', ...event.data };
      case 'CredentialRevoked': return state.status === 'none' ? state : { ...state, status: 'revoked' };
      default: return state;
    }
  },
};

export const credential: AggregateType<CredentialState, CredentialCommand, CredentialEvent> = { service: 'auth', name: 'credential', decider, schemas: schemasOf(events) };
