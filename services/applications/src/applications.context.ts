import type { NatsConnection } from '@nats-io/transport-node';
import { markerKey, type Views } from '@xanthus/jetstream';
import { handleCommand, upcastEvent, type AggregateCache, type AggregateType, type CommandContext, type CommandOptions, type CommandResult, type DomainEvent, type EventStore, type RecordedEvent, type SnapshotStore } from '@xanthus/kernel';
import type { Call, CapabilityMirror, IdentitySigner, Logger } from '@xanthus/nest';
import { streamName, type Written } from '@xanthus/proto';
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

type Type<S, C, E extends DomainEvent> = AggregateType<S, C, E>;
type Kept = Pick<ApplicationsContext, 'store' | 'snapshots' | 'cache'>;

export const handle = <S, C, E extends DomainEvent>(on: Kept, type: Type<S, C, E>, context: CommandContext, command: C, claims: CommandOptions['claims'] = []): Promise<CommandResult<S, E>> =>
  handleCommand(on.store, type, context, command, { snapshots: on.snapshots, cache: on.cache, claims });

export const writtenBy = ({ id, stream, seq }: Written): Written => ({ id, stream, seq });

export const eventsOf = async <S, C, E extends DomainEvent>(on: Pick<ApplicationsContext, 'store'>, type: Type<S, C, E>, tenant: string, id: string): Promise<readonly RecordedEvent[]> =>
  (await on.store.load({ tenant, service: type.service, aggregate: type.name, id }, { leader: true })).events.map(e => upcastEvent(type, e));

const foldOf = <S, C, E extends DomainEvent>(type: Type<S, C, E>, tenant: string, id: string, events: readonly RecordedEvent[]): S =>
  events.reduce((state, e) => type.decider.evolve(state, e as unknown as E, { tenant, id, seq: e.seq, occurred_at: e.occurred_at, actor: e.actor }), type.decider.initialState);

/** The state of an aggregate and the sequence of its last event, for a decision about another one. Leader-routed. */
export const readWithSeq = async <S, C, E extends DomainEvent>(on: Pick<ApplicationsContext, 'store'>, type: Type<S, C, E>, tenant: string, id: string): Promise<{ readonly state: S; readonly seq: number }> => {
  const events = await eventsOf(on, type, tenant, id);
  return { state: foldOf(type, tenant, id, events), seq: events.at(-1)?.seq ?? 0 };
};
export const readState = async <S, C, E extends DomainEvent>(on: Pick<ApplicationsContext, 'store'>, type: Type<S, C, E>, tenant: string, id: string): Promise<S> => (await readWithSeq(on, type, tenant, id)).state;

/** What an earlier try of this very command wrote: then nothing outside is done a second time. */
export const earlierTry = async <S, C, E extends DomainEvent>(on: Pick<ApplicationsContext, 'store'>, type: Type<S, C, E>, call: Pick<Call, 'tenant' | 'id' | 'command_id'>): Promise<(Written & { readonly event: DomainEvent }) | undefined> => {
  const { events } = await on.store.load({ tenant: call.tenant, service: type.service, aggregate: type.name, id: call.id });
  const mine = events.findLast(e => e.command_id === call.command_id);
  return mine && { id: call.id, stream: streamName(type.service), seq: mine.seq, event: upcastEvent(type, mine) };
};

/** A unique name as a marker: keyed per tenant, so that the log tells no names to who reads subjects only. */
export const nameKey = async (on: Pick<ApplicationsContext, 'keys'>, tenant: string, name: string): Promise<string> => markerKey((await on.keys.get(tenant)).mark, name);
