/** NATS users of the installation's own account, one per program. */
export const NATS_USERS = ['provisioner', 'auth', 'vps', 'dns', 'applications', 'terminals', 'audit', 'notifications', 'gateway', 'launch'] as const;
export type NatsUser = (typeof NATS_USERS)[number];

/** Programs that sign identities with an ed25519 key of their own. The provisioner only declares streams. */
export const SIGNING_SERVICES = ['auth', 'vps', 'dns', 'applications', 'terminals', 'audit', 'notifications', 'gateway', 'launch'] as const;

/** Each user may subscribe to answers under its own prefix only, so that no program reads another's answers. */
export const inboxPrefixOf = (user: string): string => `_INBOX_${user}`;
