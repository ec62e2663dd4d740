import { aggregateOf } from './envelope.js';
import type { RecordedEvent } from './event.js';
import type { EventStore } from './event-store.js';
import type { Process, Reactor } from './reactor.js';
import { upcastEvent, type EventSchemas } from './upcast.js';

export interface ProcessOptions<S, In extends { readonly type: string }, Out> {
  /** Name of the durable consumer. */
  readonly name: string;
  /** Types that can cause a command; others are only folded. */
  readonly types: readonly string[];
  readonly process: Process<S, In, Out>;
  readonly store: EventStore;
  readonly schemas?: EventSchemas;
  /** Sends one command. `command_id` is the same at every try, so that it takes effect once; a throw is tried again. */
  execute(command: Out, cause: { readonly event: RecordedEvent; readonly command_id: string }): Promise<void>;
}

/**
 * A process over the events of one aggregate, as a reactor: its state is folded from the log at each event, so there is nothing else to store or to lose.
 * The commands of an event are sent in order; their ids follow from the event's.
 */
export const processReactor = <S, In extends { readonly type: string }, Out>({ name, types, process, store, schemas, execute }: ProcessOptions<S, In, Out>): Reactor => ({
  name,
  types,
  async react(event) {
    const { events } = await store.load(aggregateOf(event), { leader: true, atLeast: event.seq });
    const before = events.filter(({ seq }) => seq < event.seq).map((one) => (schemas ? upcastEvent(schemas, one) : one));
    const state = before.reduce((folded, one) => process.evolve(folded, one as unknown as In), process.initialState);
    for (const [i, command] of process.react(state, event as unknown as In).entries()) await execute(command, { event, command_id: `${name}-${event.id}-${i}` });
  },
});
