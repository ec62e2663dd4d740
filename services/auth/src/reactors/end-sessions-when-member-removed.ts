import type { Views } from '@xanthus/jetstream';
import type { Reactor } from '@xanthus/kernel';
import { INSTALLATION, type DataOf } from '@xanthus/proto';
import type { sessionView } from '@xanthus/proto/auth';
import type { Sessions } from '../app/sessions.js';

/** Whoever leaves a tenant is logged out there; sessions in other tenants stay. */
export const endSessionsWhenMemberRemoved = (sessions: Sessions, views: Views): Reactor => ({
  name: 'end-sessions-when-member-removed',
  types: ['MemberRemoved', 'MemberLeft'],
  async react(event) {
    const person = event.aggregate.id;
    const open = await views.list<DataOf<typeof sessionView>>(INSTALLATION, 'sessions', person);
    for (const { value } of open.filter(s => s.value.data.tenant === event.tenant)) {
      await sessions.end({
        tenant: INSTALLATION, id: value.data.id, actor: event.actor, now: event.occurred_at, command_id: `${event.id}-${value.data.id}`, correlation_id: event.correlation_id, traceparent: event.traceparent,
      }, 'member_removed', null);
    }
  },
});
