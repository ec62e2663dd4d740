import { handle, readState, type AggregateCache, type AggregateType, type CommandContext, type CommandOptions, type CommandResult, type DomainEvent, type EventStore, type SnapshotStore } from '@xanthus/kernel';

/** `handle` with this service's store, snapshots and hot aggregates. */
export type Handle = <S, C, E extends DomainEvent>(type: AggregateType<S, C, E>, context: CommandContext, command: C, claims?: CommandOptions['claims']) => Promise<CommandResult<S, E>>;

export const handleWith = (store: EventStore, snapshots: SnapshotStore, cache: AggregateCache): Handle => (type, context, command, claims) => handle({ store, snapshots, cache }, type, context, command, claims);

/** The state of an aggregate as the leader has it now: for a check on another aggregate than the one that is decided on. */
export type ReadState = <S, C, E extends DomainEvent>(type: AggregateType<S, C, E>, tenant: string, id: string) => Promise<S>;

export const readWith = (store: EventStore): ReadState => (type, tenant, id) => readState({ store }, type, tenant, id);
