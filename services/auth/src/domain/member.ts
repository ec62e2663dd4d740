/** A person in a tenant; the aggregate's id is the person's. */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';
import { changedMeanwhile } from './ownership.js';
import { requireGrant, requireRole, requireTouch, type Granter } from './roles.js';
import { schemasOf } from './schemas.js';

const events = { MemberAdded: authEvents.MemberAdded, MemberRoleAssigned: authEvents.MemberRoleAssigned, MemberLeft: authEvents.MemberLeft, MemberRemoved: authEvents.MemberRemoved };
export type MemberEvent = EventOf<typeof events>;

/** `since`: sequence of the event that gave the role. */
export type MemberState = { readonly status: 'none' } | { readonly status: 'member'; readonly role: string; readonly since: number } | { readonly status: 'removed' };

/** `departure`: the sequence that made this member owner, for which another owner was found to stay; null: none was looked for. */
interface Departing { readonly departure: number | null }
export type MemberCommand =
  | { readonly type: 'AddMember'; readonly role: string; readonly granter: Granter }
  | ({ readonly type: 'AssignRole'; readonly role: string; readonly granter: Granter } & Departing)
  | ({ readonly type: 'RemoveMember'; readonly granter: Granter } & Departing)
  | ({ readonly type: 'LeaveTenant' } & Departing);

type Member = Extract<MemberState, { status: 'member' }>;
const required = (state: MemberState): Member => {
  if (state.status === 'member') return state;
  throw new Refusal('MEMBER.NOT_FOUND', 'This person is no member of the tenant.');
};
/** An owner goes only with a departure that was admitted for the very event that made them owner. */
const mayGo = (state: Member, { departure }: Departing): void => {
  if (state.role === 'owner' && departure !== state.since) throw changedMeanwhile();
};

const decider: Decider<MemberState, MemberCommand, MemberEvent> = {
  initialState: { status: 'none' },
  decide(state, command) {
    switch (command.type) {
      case 'AddMember':
        requireRole(command.role, command.granter);
        requireGrant(command.granter, command.role);
        if (state.status === 'member') throw new Refusal('MEMBER.EXISTS', 'This person is a member already.');
        return [{ type: 'MemberAdded', data: { role: command.role } }];
      case 'AssignRole': {
        requireRole(command.role, command.granter);
        const member = required(state);
        requireTouch(command.granter, member.role);
        requireGrant(command.granter, command.role);
        if (member.role === command.role) return [];
        mayGo(member, command);
        return [{ type: 'MemberRoleAssigned', data: { role: command.role } }];
      }
      case 'RemoveMember': {
        const member = required(state);
        requireTouch(command.granter, member.role);
        mayGo(member, command);
        return [{ type: 'MemberRemoved', data: {} }];
      }
      case 'LeaveTenant':
        mayGo(required(state), command);
        return [{ type: 'MemberLeft', data: {} }];
    }
  },
  evolve(state, event, { seq }) {
    switch (event.type) {
      case 'MemberAdded':
      case 'MemberRoleAssigned': return { status: 'member', role: event.data.role, since: seq };
      case 'MemberLeft':
      case 'MemberRemoved': return { status: 'removed' };
      default: return state;
    }
  },
};

export const member: AggregateType<MemberState, MemberCommand, MemberEvent> = { service: 'auth', name: 'member', decider, schemas: schemasOf(events) };
