/** A secret of a tenant that its services use. Its value lies in the vault; the log says who put it, who used it and why. */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { authEvents, SECRET_RECEIVERS } from '@xanthus/proto/auth';
import { schemasOf } from './schemas.js';

const events = { SecretPut: authEvents.SecretPut, SecretRotated: authEvents.SecretRotated, SecretUsed: authEvents.SecretUsed, SecretRemoved: authEvents.SecretRemoved };
export type SecretEvent = EventOf<typeof events>;
type Put = Extract<SecretEvent, { type: 'SecretPut' }>['data'];

/** `secret`: name of the value in the vault. */
export interface KeptSecret { readonly status: 'kept'; readonly name: string; readonly kind: Put['kind']; readonly fingerprint: string; readonly secret: string }
export type SecretState = { readonly status: 'none' } | KeptSecret | { readonly status: 'removed'; readonly name: string };

export type SecretCommand =
  | ({ readonly type: 'PutSecret' } & Put)
  | { readonly type: 'RotateSecret'; readonly fingerprint: string; readonly secret: string }
  | { readonly type: 'UseSecret'; readonly service: string; readonly reason: string }
  | { readonly type: 'RemoveSecret' };

const notFound = () => new Refusal('SECRET.NOT_FOUND', 'There is no such secret.');

const decider: Decider<SecretState, SecretCommand, SecretEvent> = {
  initialState: { status: 'none' },
  decide(state, command) {
    if (command.type === 'PutSecret') {
      const { type: _type, ...data } = command;
      if (state.status !== 'none') throw new Refusal('SECRET.NAME_TAKEN', 'This secret was put already; rotate it to replace its value.');
      return [{ type: 'SecretPut', data }];
    }
    if (command.type === 'RemoveSecret' && state.status === 'removed') return [];
    if (state.status !== 'kept') throw notFound();
    switch (command.type) {
      case 'RotateSecret':
        if (command.fingerprint === state.fingerprint) throw new Refusal('SECRET.SAME_VALUE', 'This is the value that is kept already.');
        return [{ type: 'SecretRotated', data: { fingerprint: command.fingerprint, secret: command.secret } }];
      case 'UseSecret':
        if (!(SECRET_RECEIVERS[state.kind] as readonly string[]).includes(command.service)) throw new Refusal('SECRET.NOT_FOR_YOU', `A ${state.kind} is not for ${command.service}.`);
        return [{ type: 'SecretUsed', data: { service: command.service, reason: command.reason } }];
      case 'RemoveSecret': return [{ type: 'SecretRemoved', data: {} }];
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'SecretPut': {
        const { name, kind, fingerprint, secret } = event.data;
        return { status: 'kept', name, kind, fingerprint, secret };
      }
      case 'SecretRotated': return state.status === 'kept' ? { ...state, ...event.data } : state;
      case 'SecretRemoved': return state.status === 'kept' ? { status: 'removed', name: state.name } : state;
      default: return state;
    }
  },
};

export const secret: AggregateType<SecretState, SecretCommand, SecretEvent> = { service: 'auth', name: 'secret', decider, schemas: schemasOf(events), snapshot: { schema: 1, every: 100 } };
