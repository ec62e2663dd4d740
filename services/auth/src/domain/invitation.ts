/** An invitation to a tenant: bound to an address (in the vault), one link at a time, used once. Only hashes of tokens are kept. */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { Actor, EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';
import { requireGrant, requireRole, requireTouch, type Granter } from './roles.js';
import { schemasOf } from './schemas.js';

const events = {
  InvitationCreated: authEvents.InvitationCreated, InvitationResent: authEvents.InvitationResent, InvitationAccepted: authEvents.InvitationAccepted, InvitationRevoked: authEvents.InvitationRevoked,
  InvitationRefused: authEvents.InvitationRefused,
};
export type InvitationEvent = EventOf<typeof events>;

export interface OpenInvitation { readonly status: 'open'; readonly role: string; readonly secret: string; readonly token_sha256: string; readonly expires_at: string; /** Who made it or sent it last. */ readonly by: Actor; readonly refusals: number }
export type InvitationState = { readonly status: 'none' } | OpenInvitation | { readonly status: 'accepted'; readonly token_sha256: string; readonly role: string; readonly person: string } | { readonly status: 'revoked' };

export type InvitationCommand =
  | { readonly type: 'CreateInvitation'; readonly role: string; readonly granter: Granter; readonly secret: string; readonly token_sha256: string; readonly expires_at: string }
  | { readonly type: 'ResendInvitation'; readonly granter: Granter; readonly token_sha256: string; readonly expires_at: string }
  | { readonly type: 'RevokeInvitation'; readonly granter: Granter }
  /** Changes nothing: does this token count now? Asked before anything is made. */
  | { readonly type: 'CheckInvitation'; readonly token_sha256: string }
  | { readonly type: 'AcceptInvitation'; readonly token_sha256: string; readonly person: string }
  | { readonly type: 'RefuseInvitation'; readonly reason: 'wrong_token' | 'expired' | 'other_address' };

/** Refusals that are noted per link: enough to be seen, too few to fill a log. */
const NOTED = 20;

export const invalid = (): Refusal => new Refusal('INVITATION.INVALID', 'This invitation is not valid: it was used or withdrawn, or a newer link was made. Ask who invited you for a fresh one.');
const over = (): Refusal => new Refusal('INVITATION.OVER', 'This invitation was accepted or withdrawn already; make another.');
const open = (state: InvitationState): OpenInvitation => {
  if (state.status === 'none') throw new Refusal('INVITATION.NOT_FOUND', 'There is no such invitation.');
  if (state.status !== 'open') throw over();
  return state;
};

const check = (state: InvitationState, token_sha256: string, now: string): void => {
  if (state.status !== 'open' || state.token_sha256 !== token_sha256) throw invalid();
  if (state.expires_at <= now) throw new Refusal('INVITATION.EXPIRED', 'This invitation has expired. Ask who invited you to send it again.');
};

const decider: Decider<InvitationState, InvitationCommand, InvitationEvent> = {
  initialState: { status: 'none' },
  decide(state, command, context) {
    switch (command.type) {
      case 'CreateInvitation': {
        const { type: _type, granter, ...data } = command;
        if (state.status !== 'none') throw new Refusal('INVITATION.EXISTS', 'This invitation was made already; its link is shown once. Send it again for a fresh one.');
        requireRole(data.role, granter);
        requireGrant(granter, data.role);
        return [{ type: 'InvitationCreated', data }];
      }
      case 'ResendInvitation': {
        const { type: _type, granter, ...data } = command;
        const { role } = open(state);
        requireRole(role, granter);
        requireGrant(granter, role);
        return [{ type: 'InvitationResent', data }];
      }
      case 'RevokeInvitation':
        requireTouch(command.granter, open(state).role);
        return [{ type: 'InvitationRevoked', data: {} }];
      case 'CheckInvitation':
        check(state, command.token_sha256, context.now);
        return [];
      case 'AcceptInvitation':
        // whoever tries again after a crash finds what the first try did
        if (state.status === 'accepted' && state.token_sha256 === command.token_sha256 && state.person === command.person) return [];
        check(state, command.token_sha256, context.now);
        return [{ type: 'InvitationAccepted', data: { person: command.person } }];
      case 'RefuseInvitation':
        return state.status === 'open' && state.refusals < NOTED ? [{ type: 'InvitationRefused', data: { reason: command.reason } }] : [];
    }
  },
  evolve(state, event, { actor }) {
    switch (event.type) {
      case 'InvitationCreated': return { status: 'open', ...event.data, by: actor, refusals: 0 };
      case 'InvitationResent': return state.status === 'open' ? { ...state, ...event.data, by: actor, refusals: 0 } : state;
      case 'InvitationAccepted': return state.status === 'open' ? { status: 'accepted', token_sha256: state.token_sha256, role: state.role, person: event.data.person } : state;
      case 'InvitationRevoked': return { status: 'revoked' };
      case 'InvitationRefused': return state.status === 'open' ? { ...state, refusals: state.refusals + 1 } : state;
      default: return state;
    }
  },
};

export const invitation: AggregateType<InvitationState, InvitationCommand, InvitationEvent> = { service: 'auth', name: 'invitation', decider, schemas: schemasOf(events) };
