import type { Reactor } from '@xanthus/kernel';
import type { ApiKeys } from '../app/api-keys.js';

/** A key does at most what its maker may do, also later. */
export const revokeKeysWhenCreatorLosesRole = (keys: ApiKeys): Reactor => ({
  name: 'revoke-keys-when-creator-loses-role',
  types: ['MemberRoleAssigned', 'MemberRemoved', 'MemberLeft', 'RoleDefined', 'RoleRemoved'],
  async react(event) {
    const who = event.aggregate.name === 'role' ? null : event.aggregate.id;
    await keys.narrow({ tenant: event.tenant, actor: event.actor, now: event.occurred_at, command_id: event.id, correlation_id: event.correlation_id, traceparent: event.traceparent }, who, event.seq);
  },
});
