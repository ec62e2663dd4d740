/** NATS accounts of tenants' credentials, and the pull consumers that they follow streams with. */
import { AckPolicy, DeliverPolicy, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { accountJwt, lookupAccount, newCredential, openOperator, pushAccount, sameAccount, type CredentialAccount, type NewCredential } from '@xanthus/deploy';
import { connectNats, type Logger } from '@xanthus/jetstream';
import { Refusal } from '@xanthus/kernel';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AccountRecord } from '../views/credentials.js';

export interface TenantAccounts {
  /** New keys; nothing is told to anybody yet. @throws Refusal CREDENTIAL.UNAVAILABLE */
  make(c: { readonly tenant: string; readonly id: string; readonly name: string; readonly follow: readonly string[] }): Promise<NewCredential>;
  /** Makes NATS agree with the record: consumers and account of an active one, neither consumers nor imports of a revoked one. Safe to repeat. */
  apply(record: AccountRecord): Promise<void>;
  /** NATS was gone and is back, perhaps from an older copy of its files. */
  onReconnect(fn: () => void): void;
  stop(): Promise<void>;
}

/** Two tenants can't collide and nobody can guess another's: tenant, credential id and name, separated by what no token has. */
export const consumerName = (c: { readonly tenant: string; readonly id: string; readonly name: string }): string => `${c.tenant}_${c.id}_${c.name}`;
export const consumersOf = (c: { readonly tenant: string; readonly id: string; readonly name: string; readonly follow: readonly string[] }): Record<string, string> =>
  Object.fromEntries(c.follow.map(stream => [stream, consumerName(c)]));

const unavailable = () => new Refusal('CREDENTIAL.UNAVAILABLE', 'Credentials are off: XANTHUS_OPERATOR_DIR is not set, so no NATS account can be made.');

export const noTenantAccounts = (): TenantAccounts => ({
  make: async () => { throw unavailable(); },
  apply: async () => { throw unavailable(); },
  onReconnect: () => undefined,
  stop: async () => undefined,
});

/** @throws a sentence if the folder does not hold the operator's keys */
export const openTenantAccounts = async (o: { readonly nc: NatsConnection; readonly servers: string; readonly operatorDir: string; readonly log: Logger }): Promise<TenantAccounts> => {
  const keys = openOperator(o.operatorDir);
  const credentials = await readFile(join(o.operatorDir, 'sys.creds'), 'utf8');
  const system = await connectNats({ servers: o.servers, credentials, name: 'auth-accounts', inboxPrefix: '_INBOX_sys' });
  const jsm = await jetstreamManager(o.nc, { checkAPI: false });

  const consumers = async (record: AccountRecord): Promise<void> => {
    for (const stream of record.follow) {
      if (record.revoked) {
        await jsm.consumers.delete(stream, consumerName(record)).catch((error: unknown) => o.log.debug({ stream, err: error }, 'the consumer was gone already'));
        continue;
      }
      await jsm.consumers.add(stream, {
        durable_name: consumerName(record), description: `credential ${record.name} of ${record.tenant}`, filter_subject: `evt.${record.tenant}.>`,
        ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.All, ack_wait: 30_000_000_000, max_ack_pending: 1_000, max_waiting: 64,
      });
    }
  };

  /** Only where the servers have something else: a new import would disturb the requests that are under way. */
  const push = async (account: CredentialAccount): Promise<void> => {
    const wanted = await accountJwt(keys, account);
    const known = await lookupAccount(system, account.account).catch(() => undefined);
    if (known === undefined || !sameAccount(known, wanted)) await pushAccount(system, wanted);
  };

  return {
    make: c => newCredential({ tenant: c.tenant, id: c.id, name: c.name, consumers: consumersOf(c) }),
    async apply(record) {
      const account: CredentialAccount = { ...record, consumers: consumersOf(record) };
      // A revoked one is refused first and tidied up after; a new one finds its consumers there.
      if (record.revoked) await push(account);
      await consumers(record);
      if (!record.revoked) await push(account);
    },
    onReconnect(fn) {
      void (async () => {
        for await (const status of system.status()) if (status.type === 'reconnect') fn();
      })();
    },
    stop: () => system.close(),
  };
};
