import type { Reactor } from '@xanthus/kernel';
import { authEvents } from '@xanthus/proto/auth';
import type { Invitations } from '../app/invitations.js';

/** The command has done this already unless it died in between: who accepted belongs to the tenant, and the address goes from the vault. */
export const finishInvitationWhenOver = (invitations: Invitations): Reactor => ({
  name: 'finish-invitation-when-over',
  types: ['InvitationAccepted', 'InvitationRevoked'],
  async react(event) {
    const { tenant, aggregate, actor, occurred_at, correlation_id, traceparent } = event;
    if (event.type === 'InvitationRevoked') return invitations.tidy(tenant, aggregate.id);
    const { person } = authEvents.InvitationAccepted.data.parse(event.data);
    await invitations.finish({ tenant, actor, now: occurred_at, command_id: `accept-${aggregate.id}`, correlation_id, traceparent }, aggregate.id, person);
  },
});
