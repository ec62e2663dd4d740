/** A key of a program, in its tenant. What is kept is a hash of 256 random bits: nothing to guess, so nothing slow to hash it with. */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { Actor, EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';
import { requireGrant, requireRole, requireTouch, type Granter } from './roles.js';
import { schemasOf } from './schemas.js';

const events = { ApiKeyCreated: authEvents.ApiKeyCreated, ApiKeyUsed: authEvents.ApiKeyUsed, ApiKeyRevoked: authEvents.ApiKeyRevoked };
export type ApiKeyEvent = EventOf<typeof events>;
type Creation = Extract<ApiKeyEvent, { type: 'ApiKeyCreated' }>['data'];
export type RevokeReason = Extract<ApiKeyEvent, { type: 'ApiKeyRevoked' }>['data']['reason'];

export type ApiKeyState = { readonly status: 'none' } | ({ readonly status: 'active' | 'revoked'; readonly created_by: Actor; readonly used_at: string | null } & Creation);
export type ApiKeyCommand =
  | ({ readonly type: 'CreateApiKey'; readonly granter: Granter } & Creation)
  | { readonly type: 'NoteUse' }
  | { readonly type: 'RevokeApiKey'; readonly reason: RevokeReason; readonly granter: Granter };

/** A key lives a year at most, ms. */
export const LONGEST_LIFE = 366 * 24 * 3_600_000;
/** A use is noted this often at most, ms. */
const USE_NOTED_EVERY = 60_000;

const notFound = () => new Refusal('KEY.NOT_FOUND', 'There is no such API key.');
const ms = (iso: string): number => Date.parse(iso);

const decider: Decider<ApiKeyState, ApiKeyCommand, ApiKeyEvent> = {
  initialState: { status: 'none' },
  decide(state, command, context) {
    switch (command.type) {
      case 'CreateApiKey': {
        const { type: _type, granter, ...data } = command;
        if (state.status !== 'none') throw new Refusal('KEY.EXISTS', 'This key was made already; it is answered once. Revoke it and make another.');
        requireRole(data.role, granter);
        requireGrant(granter, data.role);
        const life = ms(data.expires_at) - ms(context.now);
        if (!(life > 0 && life <= LONGEST_LIFE)) throw new Refusal('KEY.EXPIRY_INVALID', 'A key ends in the future, and within a year from now.');
        return [{ type: 'ApiKeyCreated', data }];
      }
      case 'NoteUse':
        if (state.status !== 'active') throw notFound();
        return state.used_at !== null && ms(context.now) - ms(state.used_at) < USE_NOTED_EVERY ? [] : [{ type: 'ApiKeyUsed', data: {} }];
      case 'RevokeApiKey':
        if (state.status === 'none') throw notFound();
        if (state.status === 'revoked') return [];
        requireTouch(command.granter, state.role);
        return [{ type: 'ApiKeyRevoked', data: { reason: command.reason } }];
    }
  },
  evolve(state, event, context) {
    switch (event.type) {
      case 'ApiKeyCreated': return { status: 'active', created_by: context.actor, used_at: null, ...event.data };
      case 'ApiKeyUsed': return state.status === 'none' ? state : { ...state, used_at: context.occurred_at };
      case 'ApiKeyRevoked': return state.status === 'none' ? state : { ...state, status: 'revoked' };
      default: return state;
    }
  },
};

export const apiKey: AggregateType<ApiKeyState, ApiKeyCommand, ApiKeyEvent> = { service: 'auth', name: 'api-key', decider, schemas: schemasOf(events), snapshot: { schema: 1, every: 100 } };
