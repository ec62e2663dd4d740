import type { Reactor } from '@xanthus/kernel';
import type { Credentials } from '../app/credentials.js';

/** The command has done this already unless it died in between; a revocation must reach the servers all the same. */
export const applyAccountWhenCredentialChanged = (credentials: Credentials): Reactor => ({
  name: 'apply-account-when-credential-changed',
  types: ['CredentialCreated', 'CredentialRevoked'],
  react: event => credentials.reconcile(event.tenant, event.aggregate.id),
});
