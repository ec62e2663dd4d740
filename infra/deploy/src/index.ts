export { API_PREFIX, type CredentialReach } from './accounts.js';
export { accountJwt, lookupAccount, newCredential, openOperator, pushAccount, sameAccount, type CredentialAccount, type NewCredential, type OperatorKeys } from './credentials.js';
export { initOperator, operatorFiles, type OperatorFiles } from './operator.js';
export { permissionsOf } from './permissions.js';
export { natsServerConfig, type ServerConfigOptions } from './server-config.js';
export { inboxPrefixOf, NATS_USERS, SIGNING_SERVICES, type NatsUser } from './users.js';
