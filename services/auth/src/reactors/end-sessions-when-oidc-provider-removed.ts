import type { Reactor } from '@xanthus/kernel';
import type { OidcSessions } from '../app/oidc/sessions.js';

/** What a provider vouched for does not outlive it. */
export const endSessionsWhenOidcProviderRemoved = (sessions: OidcSessions): Reactor => ({
  name: 'end-sessions-when-oidc-provider-removed',
  types: ['OidcProviderRemoved'],
  react: event => sessions.endOf(`${event.tenant}.${event.aggregate.id}`, event.occurred_at),
});
