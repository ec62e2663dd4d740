import type { NatsConnection } from '@nats-io/transport-node';
import type { Views } from '@xanthus/jetstream';
import { handleCommand, readAggregate, upcastEvent, type AggregateCache, type AggregateType, type CommandContext, type CommandOptions, type CommandResult, type DomainEvent, type EventStore, type RecordedEvent } from '@xanthus/kernel';
import type { Logger } from '@xanthus/nest';
import type { Written } from '@xanthus/proto';
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

type Type<S, C, E extends DomainEvent> = AggregateType<S, C, E>;
type Kept = Pick<DnsContext, 'store' | 'cache'>;

export const handle = <S, C, E extends DomainEvent>(dns: Kept, type: Type<S, C, E>, context: CommandContext, command: C, claims: CommandOptions['claims'] = []): Promise<CommandResult<S, E>> =>
  handleCommand(dns.store, type, context, command, { cache: dns.cache, claims });

export const writtenBy = ({ id, stream, seq }: Written): Written => ({ id, stream, seq });

export const eventsOf = async <S, C, E extends DomainEvent>(dns: Pick<DnsContext, 'store'>, type: Type<S, C, E>, tenant: string, id: string): Promise<readonly RecordedEvent[]> =>
  (await dns.store.load({ tenant, service: type.service, aggregate: type.name, id }, { leader: true })).events.map(e => upcastEvent(type, e));

export const foldOf = <S, C, E extends DomainEvent>(type: Type<S, C, E>, tenant: string, id: string, events: readonly RecordedEvent[]): S =>
  events.reduce((state, e) => type.decider.evolve(state, e as unknown as E, { tenant, id, seq: e.seq, occurred_at: e.occurred_at, actor: e.actor }), type.decider.initialState);

/** The state of an aggregate, for a decision about another one. */
export const readState = <S, C, E extends DomainEvent>(dns: Kept, type: Type<S, C, E>, tenant: string, id: string): Promise<S> => readAggregate(dns.store, type, { tenant, id }, dns.cache);
