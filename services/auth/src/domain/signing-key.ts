/** A key that signs access tokens, in the tenant `xanthus`; the id is its `kid`, the private half lies in the vault. */
import type { AggregateType, Decider } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';
import { schemasOf } from './schemas.js';

const events = { SigningKeyMade: authEvents.SigningKeyMade, SigningKeyRetired: authEvents.SigningKeyRetired };
export type SigningKeyEvent = EventOf<typeof events>;

export type SigningKeyState = { readonly status: 'none' } | { readonly status: 'active'; readonly secret: string } | { readonly status: 'retired' };
export type SigningKeyCommand = { readonly type: 'MakeSigningKey'; readonly x: string; readonly secret: string } | { readonly type: 'RetireSigningKey' };

const decider: Decider<SigningKeyState, SigningKeyCommand, SigningKeyEvent> = {
  initialState: { status: 'none' },
  decide(state, command, context) {
    switch (command.type) {
      case 'MakeSigningKey': return state.status === 'none' ? [{ type: 'SigningKeyMade', data: { kid: context.id, x: command.x, secret: command.secret } }] : [];
      case 'RetireSigningKey': return state.status === 'active' ? [{ type: 'SigningKeyRetired', data: {} }] : [];
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'SigningKeyMade': return { status: 'active', secret: event.data.secret };
      case 'SigningKeyRetired': return { status: 'retired' };
      default: return state;
    }
  },
};

export const signingKey: AggregateType<SigningKeyState, SigningKeyCommand, SigningKeyEvent> = { service: 'auth', name: 'signing-key', decider, schemas: schemasOf(events) };
