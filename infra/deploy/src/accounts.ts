/** Claims of the accounts. What crosses an account's border is listed here and nowhere else. */
import type { Account, Export, Import, Permissions, User } from '@nats-io/jwt';

const UNLIMITED = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 } as const;

export const systemAccountClaims = (): Partial<Account> => ({ limits: UNLIMITED });

/** The system user that auth holds may hand accounts to the servers, ask for them and hear the answers; no server control, no statistics. */
export const SYSTEM_USER_PERMISSIONS: Partial<User> = {
  pub: { allow: ['$SYS.REQ.CLAIMS.UPDATE', '$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP'] },
  sub: { allow: ['_INBOX_sys.>'] },
};

const exported = (name: string, subject: string, response: 'Singleton' | 'Stream'): Export => ({ name, subject, type: 'service', token_req: true, response_type: response });

/** Everything that tenants may reach of ours, each import only with an activation token that names the tenant's account. */
export const xanthusAccountClaims = (): Partial<Account> => ({
  limits: { ...UNLIMITED, mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1, max_ack_pending: -1, mem_max_stream_bytes: -1, disk_max_stream_bytes: -1 },
  exports: [
    exported('doors', 'ext.*.>', 'Singleton'),
    exported('consumer-next', '$JS.API.CONSUMER.MSG.NEXT.*.*', 'Stream'),
    exported('consumer-info', '$JS.API.CONSUMER.INFO.*.*', 'Singleton'),
    exported('consumer-ack', '$JS.ACK.*.*.>', 'Singleton'),
  ],
});

/** What a credential of a tenant reaches: the doors of its tenant and the pull consumers made for it, by stream. */
export interface CredentialReach {
  readonly tenant: string;
  /** `{VPS: 'acme_01jd…_billing'}` */
  readonly consumers: Readonly<Record<string, string>>;
}

/** JetStream's API as a credential sees it: its own account has no JetStream, whose refusal would come first under the real name. */
export const API_PREFIX = 'XAN.API';

/** An import before its activation token: `subject` as we export it, `local_subject` as the credential calls it. */
export type PlainImport = Pick<Import, 'name' | 'subject' | 'local_subject' | 'share'>;

export const importsOf = (reach: CredentialReach): readonly PlainImport[] => [
  { name: 'commands', subject: `ext.${reach.tenant}.cmd.>`, local_subject: `cmd.${reach.tenant}.>`, share: true },
  { name: 'queries', subject: `ext.${reach.tenant}.qry.>`, local_subject: `qry.${reach.tenant}.>`, share: true },
  ...Object.entries(reach.consumers).flatMap(([stream, consumer]) => [
    { name: `next-${stream}`, subject: `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, local_subject: `${API_PREFIX}.CONSUMER.MSG.NEXT.${stream}.${consumer}` },
    { name: `info-${stream}`, subject: `$JS.API.CONSUMER.INFO.${stream}.${consumer}`, local_subject: `${API_PREFIX}.CONSUMER.INFO.${stream}.${consumer}` },
    { name: `ack-${stream}`, subject: `$JS.ACK.${stream}.${consumer}.>`, local_subject: `$JS.ACK.${stream}.${consumer}.>` },
  ]),
];

/** The credential's user: exactly its imports, and answers. Everything else is a permissions violation, by the server. */
export const credentialPermissions = (reach: CredentialReach): Permissions => ({
  pub: { allow: importsOf(reach).map(i => i.local_subject ?? i.subject) },
  sub: { allow: ['_INBOX.>'] },
});

/** Limits of a credential's account: a runaway client of a tenant must not starve the others. */
export const CREDENTIAL_LIMITS = { subs: 1_000, data: -1, payload: 1_048_576, imports: 64, exports: 0, wildcards: true, conn: 32, leaf: 0 } as const;
