import { streamName, type AggregateRef, type Written } from '@xanthus/proto';
import type { AggregateCache } from './aggregate-cache.js';
import type { AggregateType } from './decider.js';
import type { EventStore, SnapshotStore } from './event-store.js';
import type { CommandContext, DomainEvent, RecordedEvent } from './event.js';
import { foldOn, nothing } from './fold.js';
import { handleCommand, type CommandOptions, type CommandResult } from './handle-command.js';
import { upcastEvent } from './upcast.js';

/** Where a service keeps its aggregates. The context of every service is one, and goes in as it is. */
export interface Aggregates {
  readonly store: EventStore;
  readonly snapshots?: SnapshotStore | undefined;
  readonly cache?: AggregateCache | undefined;
}

/** One command on one aggregate: `handleCommand` with the service's store, snapshots and hot aggregates. @throws Refusal, ConflictError, UncertainError as there */
export const handle = <S, C, E extends DomainEvent>(on: Aggregates, type: AggregateType<S, C, E>, context: CommandContext, command: C, claims: CommandOptions['claims'] = []): Promise<CommandResult<S, E>> =>
  handleCommand(on.store, type, context, command, { snapshots: on.snapshots, cache: on.cache, claims });

/** What a command answers: `{id, stream, seq}` of its result and nothing more. */
export const writtenBy = ({ id, stream, seq }: Written): Written => ({ id, stream, seq });

/** All events of an aggregate as of the leader, oldest first, lifted to the schemas of today; none if it never was. @throws UncertainError no answer from the store */
export const eventsOf = async <S, C, E extends DomainEvent>(on: Pick<Aggregates, 'store'>, type: AggregateType<S, C, E>, tenant: string, id: string): Promise<readonly RecordedEvent[]> =>
  (await on.store.load(refOf(type, tenant, id), { leader: true })).events.map((event) => upcastEvent(type, event));

/**
 * The state of an aggregate and the sequence of its last event (0: none), as of the leader: for a decision about another one, or for an answer.
 * What is in memory is only continued. @throws UncertainError no answer from the store
 */
export const readWithSeq = async <S, C, E extends DomainEvent>(on: Omit<Aggregates, 'snapshots'>, type: AggregateType<S, C, E>, tenant: string, id: string): Promise<{ readonly state: S; readonly seq: number }> => {
  const { store, cache } = on;
  const ref = refOf(type, tenant, id);
  const cached = cache?.get<S>(ref);
  const last = cached === undefined ? 0 : await store.lastSequence(ref);
  if (cached?.seq === last) return cached;
  // Shorter than what was remembered: the log was restored from an older copy.
  const start = cached !== undefined && cached.seq < last ? cached : nothing(type);
  const folded = foldOn(type, start, (await store.load(ref, { after: start.seq, leader: true, atLeast: last })).events);
  cache?.set(ref, folded);
  return folded;
};

/** The state alone of `readWithSeq`. */
export const readState = async <S, C, E extends DomainEvent>(on: Omit<Aggregates, 'snapshots'>, type: AggregateType<S, C, E>, tenant: string, id: string): Promise<S> => (await readWithSeq(on, type, tenant, id)).state;

/** What an earlier try of this very command wrote, as of the leader, with its last event: then nothing outside is done a second time. Undefined: the first try. @throws UncertainError no answer from the store */
export const earlierTry = async <S, C, E extends DomainEvent>(
  on: Pick<Aggregates, 'store'>, type: AggregateType<S, C, E>, { tenant, id, command_id }: Pick<CommandContext, 'tenant' | 'id' | 'command_id'>,
): Promise<(Written & { readonly event: DomainEvent }) | undefined> => {
  const mine = (await on.store.load(refOf(type, tenant, id), { leader: true })).events.findLast((event) => event.command_id === command_id);
  return mine && { id, stream: streamName(type.service), seq: mine.seq, event: upcastEvent(type, mine) };
};

const refOf = <S, C, E extends DomainEvent>({ service, name }: AggregateType<S, C, E>, tenant: string, id: string): AggregateRef => ({ tenant, service, aggregate: name, id });
