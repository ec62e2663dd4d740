import type { CommandContext, DomainEvent } from './event.js';

/**
 * An aggregate as three pure functions. `decide` returns events (none: nothing to do) or throws a `Refusal`;
 * `evolve` never throws and returns the state unchanged for an event that it does not know.
 */
export interface Decider<S, C, E extends DomainEvent> {
  readonly initialState: S;
  decide(state: S, command: C, context: CommandContext): readonly E[];
  evolve(state: S, event: E, context: EventContext): S;
}

/** What a fold may know of an event beside type and data. */
export interface EventContext { readonly tenant: string; readonly id: string; readonly seq: number; readonly occurred_at: string; readonly actor: CommandContext['actor'] }

/** Lifts a stored shape one schema version up; applied in a chain until the current version is reached. */
export type Upcast = (data: unknown) => unknown;

/** Everything that the command handler must know of a kind of aggregate. Data only. */
export interface AggregateType<S, C, E extends DomainEvent> {
  readonly service: string;
  readonly name: string;
  readonly decider: Decider<S, C, E>;
  /** Current schema version of each event type. */
  readonly schemas: Readonly<Record<E['type'], number>>;
  /** `{ServerAdopted: {1: v1 → v2}}`: from which version, one step. */
  readonly upcasts?: Readonly<Partial<Record<E['type'], Readonly<Record<number, Upcast>>>>>;
  /** A snapshot is written every `every` events; one of another `schema` is ignored. */
  readonly snapshot?: { readonly schema: number; readonly every: number };
}
