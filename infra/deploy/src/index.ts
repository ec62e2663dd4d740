export type { CredentialReach } from './accounts.js';
export { accountJwt, lookupAccount, newCredential, openOperator, pushAccount, sameAccount, type CredentialAccount, type NewCredential, type OperatorKeys } from './credentials.js';
export { initOperator, operatorFiles, type OperatorFiles } from './operator.js';
export { natsServerConfig, type ServerConfigOptions } from './server-config.js';
export { inboxPrefixOf, type NatsUser } from './users.js';
