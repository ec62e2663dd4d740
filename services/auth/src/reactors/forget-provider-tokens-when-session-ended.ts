import type { Reactor } from '@xanthus/kernel';
import type { OidcSessions } from '../app/oidc/sessions.js';

/** Nobody needs to ask a provider about a session that is over. */
export const forgetProviderTokensWhenSessionEnded = (sessions: OidcSessions): Reactor => ({
  name: 'forget-provider-tokens-when-session-ended',
  types: ['SessionEnded'],
  react: event => sessions.forget(event.aggregate.id),
});
