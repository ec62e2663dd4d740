/** A person in a tenant; the aggregate's id is the person's. */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';
import { mayGrant, requireRole } from './roles.js';
import { schemasOf } from './schemas.js';

const events = { MemberAdded: authEvents.MemberAdded, MemberRoleAssigned: authEvents.MemberRoleAssigned, MemberRemoved: authEvents.MemberRemoved };
export type MemberEvent = EventOf<typeof events>;

export type MemberState = { readonly status: 'none' } | { readonly status: 'member'; readonly role: string } | { readonly status: 'removed' };

/** `granter`: role of who asks; null for the installation itself. `other_owners`: has the tenant an owner beside this member? */
interface Asked { readonly granter: string | null }
export type MemberCommand =
  | ({ readonly type: 'AddMember'; readonly role: string } & Asked)
  | ({ readonly type: 'AssignRole'; readonly role: string; readonly other_owners: boolean } & Asked)
  | ({ readonly type: 'RemoveMember'; readonly other_owners: boolean } & Asked);

const notFound = () => new Refusal('MEMBER.NOT_FOUND', 'This person is no member of the tenant.');
const lastOwner = () => new Refusal('MEMBER.LAST_OWNER', 'A tenant keeps at least one owner; make another member owner first.');
const allow = (granter: string | null, role: string): void => {
  if (!mayGrant(granter, role)) throw new Refusal('ROLE.TOO_HIGH', `Only a member whose own role is at least ${role} may do that.`);
};

const decider: Decider<MemberState, MemberCommand, MemberEvent> = {
  initialState: { status: 'none' },
  decide(state, command) {
    switch (command.type) {
      case 'AddMember':
        requireRole(command.role);
        allow(command.granter, command.role);
        if (state.status === 'member') throw new Refusal('MEMBER.EXISTS', 'This person is a member already.');
        return [{ type: 'MemberAdded', data: { role: command.role } }];
      case 'AssignRole':
        requireRole(command.role);
        if (state.status !== 'member') throw notFound();
        allow(command.granter, state.role);
        allow(command.granter, command.role);
        if (state.role === command.role) return [];
        if (state.role === 'owner' && !command.other_owners) throw lastOwner();
        return [{ type: 'MemberRoleAssigned', data: { role: command.role } }];
      case 'RemoveMember':
        if (state.status !== 'member') throw notFound();
        allow(command.granter, state.role);
        if (state.role === 'owner' && !command.other_owners) throw lastOwner();
        return [{ type: 'MemberRemoved', data: {} }];
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'MemberAdded':
      case 'MemberRoleAssigned': return { status: 'member', role: event.data.role };
      case 'MemberRemoved': return { status: 'removed' };
      default: return state;
    }
  },
};

export const member: AggregateType<MemberState, MemberCommand, MemberEvent> = { service: 'auth', name: 'member', decider, schemas: schemasOf(events) };
