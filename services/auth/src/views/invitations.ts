import { keyedProjection } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import { invitationView } from '@xanthus/proto/auth';
import { authEvent } from './event.js';

/** Which invitations are open? */
export const invitations = keyedProjection<DataOf<typeof invitationView>>({
  name: 'invitations', version: 1, schema: invitationView.schema,
  own: { view: 'invitations', aggregates: ['invitation'] },
  evolve(data, recorded) {
    const event = authEvent(recorded);
    switch (event?.type) {
      case 'InvitationCreated': return { id: event.aggregate.id, role: event.data.role, invited_at: event.occurred_at, invited_by: event.actor, expires_at: event.data.expires_at, sent: 1 };
      case 'InvitationResent': return data && { ...data, expires_at: event.data.expires_at, sent: data.sent + 1 };
      case 'InvitationAccepted':
      case 'InvitationRevoked': return undefined;
      default: return data;
    }
  },
});
