import type { NatsConnection } from '@nats-io/transport-node';
import type { Views } from '@xanthus/jetstream';
import type { AggregateCache, EventStore, SnapshotStore } from '@xanthus/kernel';
import type { Logger } from '@xanthus/nest';
import type { DataKeys, Vault } from '@xanthus/vault';
import type { Gather } from './delivery/when.js';
import type { Senders } from './senders/sender.js';
import type { Trials } from './use-cases/trials.js';

/** Everything that this service's use cases stand on; made once by the composition root. */
export interface NotificationsContext {
  readonly nc: NatsConnection;
  readonly log: Logger;
  readonly store: EventStore;
  readonly snapshots: SnapshotStore;
  readonly cache: AggregateCache;
  readonly views: Views;
  readonly vault: Vault;
  readonly keys: DataKeys;
  readonly senders: Senders;
  readonly trials: Trials;
  /** Where the console is; null: nobody said. */
  readonly publicUrl: string | null;
  readonly gather: Gather;
  /** After the first failed try, ms. */
  readonly firstPause: number;
  /** Tenants that were forgotten while this copy ran: nothing goes on for them. */
  readonly forgotten: ReadonlySet<string>;
  readonly now: () => number;
}
