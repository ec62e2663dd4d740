import type { Reactor } from '@xanthus/kernel';
import type { ApiKeys } from '../app/api-keys.js';

/** A key does at most what its maker may do, also later. */
export const revokeKeysWhenCreatorLosesRole = (keys: ApiKeys): Reactor => ({
  name: 'revoke-keys-when-creator-loses-role',
  types: ['MemberRoleAssigned', 'MemberRemoved', 'MemberLeft'],
  async react(event) {
    await keys.narrow({ tenant: event.tenant, actor: event.actor, now: event.occurred_at, command_id: event.id, correlation_id: event.correlation_id, traceparent: event.traceparent }, event.aggregate.id, event.seq);
  },
});
