import type { NatsConnection } from '@nats-io/transport-node';
import type { Views } from '@xanthus/jetstream';
import type { AggregateCache, EventStore, SnapshotStore } from '@xanthus/kernel';
import type { CapabilityMirror, IdentitySigner, Logger } from '@xanthus/nest';
import type { DataKeys, Vault } from '@xanthus/vault';
import type { Places } from './access/places.js';
import type { ApplicationsConfig } from './applications.config.js';
import type { ClusterOf } from './cluster/cluster.js';
import type { Charts, DnsPort, SealedReleases, VpsPort } from './running/ports.js';
import type { Versions } from './versions/index.js';

/** What is reached over the network. */
export interface Outside {
  readonly clusterOf: ClusterOf;
  readonly charts: Charts;
  readonly versions: Versions;
  readonly dns: DnsPort;
  readonly vps: VpsPort;
  readonly places: Places;
}

/** Everything that this service's use cases stand on; made once by the composition root. */
export interface ApplicationsContext extends Outside {
  readonly nc: NatsConnection;
  readonly log: Logger;
  readonly config: ApplicationsConfig;
  readonly signer: IdentitySigner;
  readonly store: EventStore;
  readonly snapshots: SnapshotStore;
  readonly cache: AggregateCache;
  readonly views: Views;
  readonly vault: Vault;
  readonly keys: DataKeys;
  readonly sealed: SealedReleases;
  /** What people may do, beyond the command that they gave. */
  readonly rights: CapabilityMirror;
  /** Tenants that were forgotten while this copy ran: nothing goes on for them. */
  readonly forgotten: ReadonlySet<string>;
  readonly now: () => number;
}
