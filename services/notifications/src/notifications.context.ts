import type { NatsConnection } from '@nats-io/transport-node';
import type { Views } from '@xanthus/jetstream';
import { handle, newId, type AggregateCache, type Aggregates, type AggregateType, type CommandResult, type DomainEvent, type EventStore, type SnapshotStore } from '@xanthus/kernel';
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

/** What the service does by itself. `cause`: the event that it follows from, and an id that is the same at every try. */
export const handleAsService = <S, C, E extends DomainEvent>(on: Aggregates & Pick<NotificationsContext, 'now'>, type: AggregateType<S, C, E>, tenant: string, id: string, command: C, cause?: { readonly command_id: string; readonly correlation_id: string }): Promise<CommandResult<S, E>> => {
  const own = newId();
  return handle(on, type, { tenant, id, actor: { kind: 'service', id: 'notifications' }, now: new Date(on.now()).toISOString(), command_id: cause?.command_id ?? own, correlation_id: cause?.correlation_id ?? own }, command);
};
