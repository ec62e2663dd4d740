import type { Reactor } from '@xanthus/kernel';
import { INSTALLATION } from '@xanthus/proto';
import type { Sessions } from '../app/sessions.js';
import type { PersonEvent } from '../domain/person.js';

/** The command ends them before it answers; this is for the copy that died in between. The session in which the password was changed stays. */
export const endSessionsWhenPasswordChanged = (sessions: Pick<Sessions, 'endAll'>): Reactor => ({
  name: 'end-sessions-when-password-changed',
  types: ['PasswordChanged'],
  async react(event) {
    const { reason = 'changed' } = event.data as Extract<PersonEvent, { type: 'PasswordChanged' }>['data'];
    if (reason === 'rehashed') return;
    const context = { tenant: INSTALLATION, id: event.aggregate.id, actor: event.actor, now: event.occurred_at, command_id: event.id, correlation_id: event.correlation_id, traceparent: event.traceparent };
    await sessions.endAll(context, event.aggregate.id, reason === 'reset' ? 'password_reset' : 'password_changed', { keep: event.actor.session, openedBefore: event.occurred_at });
  },
});
