import {
  handleCommand, upcastEvent, type AggregateCache, type AggregateRef, type AggregateType, type CommandContext, type CommandOptions, type CommandResult, type DomainEvent, type EventStore, type SnapshotStore,
} from '@xanthus/kernel';

/** `handleCommand` with this service's store, snapshots and hot aggregates. */
export type Handle = <S, C, E extends DomainEvent>(type: AggregateType<S, C, E>, context: CommandContext, command: C, claims?: CommandOptions['claims']) => Promise<CommandResult<S, E>>;

export const handleWith = (store: EventStore, snapshots: SnapshotStore, cache: AggregateCache): Handle =>
  (type, context, command, claims = []) => handleCommand(store, type, context, command, { snapshots, cache, claims });

/** The state of an aggregate as the leader has it now: for a check on another aggregate than the one that is decided on. */
export type ReadState = <S, C, E extends DomainEvent>(type: AggregateType<S, C, E>, tenant: string, id: string) => Promise<S>;

export const readWith = (store: EventStore): ReadState => async (type, tenant, id) => {
  const ref: AggregateRef = { tenant, service: type.service, aggregate: type.name, id };
  const { events } = await store.load(ref, { leader: true });
  return events.reduce((state, stored) => {
    const event = upcastEvent(type, stored);
    return type.decider.evolve(state, event as never, { tenant: event.tenant, id, seq: event.seq, occurred_at: event.occurred_at, actor: event.actor });
  }, type.decider.initialState);
};
