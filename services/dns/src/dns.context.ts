import type { NatsConnection } from '@nats-io/transport-node';
import type { Views } from '@xanthus/jetstream';
import type { AggregateCache, EventStore } from '@xanthus/kernel';
import type { Logger } from '@xanthus/nest';
import type { CloudflareAccounts } from './provider/accounts.js';

/** Everything that this service's use cases stand on; made once by the composition root. */
export interface DnsContext {
  readonly nc: NatsConnection;
  readonly log: Logger;
  readonly store: EventStore;
  readonly cache: AggregateCache;
  readonly views: Views;
  /** The linked accounts of tenants, as DNS providers. */
  readonly accounts: CloudflareAccounts;
  readonly now: () => number;
  /** Asked instead of the zone's own name servers. */
  readonly resolvers: readonly string[];
}
