import type { Actor, AggregateRef, EventEnvelope } from '@xanthus/proto';

/** What a decider returns: a fact, without the envelope. */
export interface DomainEvent<T extends string = string, D = unknown> { readonly type: T; readonly data: D }

/** The thing as whoever sent the command saw it: the sequence of its last event. `met`: what was expected held when the first event was stored; what the same command stores after that follows from it. */
export interface Expected { readonly aggregate: string; readonly id: string; readonly seq: number; met: boolean }

/** Why and by whom: comes in with the command, so that the domain reads no clock and no context. */
export interface CommandContext {
  readonly tenant: string;
  /** The aggregate's id. */
  readonly id: string;
  readonly actor: Actor;
  /** ISO time at which the command was accepted. */
  readonly now: string;
  /** Idempotency: an aggregate that has an event of this command id answers with it again and decides nothing. */
  readonly command_id: string;
  readonly correlation_id: string;
  readonly traceparent?: string | undefined;
  /** The id was made for this very command: the aggregate exists only if the command is a repeat. */
  readonly presumed_new?: true | undefined;
  /** Nothing is done where the thing has changed since. */
  readonly expected?: Expected | undefined;
}

/** An event as it was read from a stream. `type` is narrowed by who folds it; unknown types are skipped. */
export interface RecordedEvent<E extends DomainEvent = DomainEvent> extends Omit<EventEnvelope, 'type' | 'data'> {
  readonly type: E['type'];
  readonly data: E['data'];
  readonly stream: string;
  /** Sequence in the stream. */
  readonly seq: number;
  /** Time at which the stream stored it, ISO. */
  readonly stored_at: string;
}

export type { AggregateRef };
