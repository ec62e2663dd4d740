import type { Reactor } from '@xanthus/kernel';
import type { Secrets } from '../app/secrets.js';

/** The command has done this already unless it died in between; a value that was replaced must go all the same. */
export const destroyValuesWhenSecretChanged = (secrets: Secrets): Reactor => ({
  name: 'destroy-values-when-secret-changed',
  types: ['SecretRotated', 'SecretRemoved'],
  react: event => secrets.tidy(event.tenant, event.aggregate.id),
});
