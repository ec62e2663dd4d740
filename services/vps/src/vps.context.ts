import type { NatsConnection } from '@nats-io/transport-node';
import type { Views } from '@xanthus/jetstream';
import type { AggregateCache, EventStore, SnapshotStore } from '@xanthus/kernel';
import type { Logger } from '@xanthus/nest';
import { natsPorts, type AddressPolicy } from '@xanthus/net';
import type { SshPool } from '@xanthus/ssh';
import type { DataKeys, Vault } from '@xanthus/vault';
import type { Providers } from './providers/open-accounts.js';
import { readSandbox, type Sandbox } from './adoption/sandbox.js';
import type { VpsConfig } from './vps.config.js';

/** Everything that this service's use cases stand on; made once by the composition root. */
export interface VpsContext {
  readonly nc: NatsConnection;
  readonly log: Logger;
  readonly config: Pick<VpsConfig, 'XANTHUS_SANDBOX_FILE' | 'XANTHUS_SSH_ALLOW' | 'XANTHUS_METRICS_INTERVAL_MS' | 'XANTHUS_NATS_URL' | 'XANTHUS_SSH_CONFIG' | 'XANTHUS_SSH_CONFIG_TENANT'>;
  readonly store: EventStore;
  readonly snapshots: SnapshotStore;
  readonly cache: AggregateCache;
  readonly views: Views;
  readonly vault: Vault;
  /** Tenants that were forgotten while this copy ran: nothing goes on for them. */
  readonly forgotten: ReadonlySet<string>;
  readonly keys: DataKeys;
  /** One connection per server, by its id. */
  readonly pool: SshPool;
  /** Accounts at providers, as ports that are bound to them. */
  readonly providers: Providers;
}

export const sandboxOf = (vps: VpsContext): Promise<Sandbox | undefined> => readSandbox(vps.config.XANTHUS_SANDBOX_FILE);

/** Addresses that may be connected to: public ones, what the operator allows, and the sandbox at its exact address. */
export const addressPolicy = async (vps: VpsContext): Promise<AddressPolicy> => {
  const sandbox = await sandboxOf(vps);
  return {
    allow: vps.config.XANTHUS_SSH_ALLOW,
    setting: 'XANTHUS_SSH_ALLOW',
    endpoints: sandbox ? [{ host: sandbox.host, port: sandbox.port }] : [],
    ownPorts: natsPorts(vps.config.XANTHUS_NATS_URL),
  };
};
