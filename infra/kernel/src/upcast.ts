import type { Upcast } from './decider.js';
import type { RecordedEvent } from './event.js';

/** The schema versions that a reader knows, and the steps from older ones. An `AggregateType` is one. */
export interface EventSchemas {
  readonly schemas: Readonly<Record<string, number>>;
  readonly upcasts?: Readonly<Partial<Record<string, Readonly<Record<number, Upcast>>>>>;
}

/**
 * Lifts an event to the current version of its shape, one step at a time. An event of an unknown type passes unchanged.
 * @throws Error if the event is newer than this program knows, or a step is missing: folding it would be guessing.
 */
export const upcastEvent = (known: EventSchemas, event: RecordedEvent): RecordedEvent => {
  const current = known.schemas[event.type];
  if (current === undefined || event.schema === current) return event;
  if (event.schema > current) {
    throw new Error(`${event.type} at ${event.stream}/${event.seq} has schema ${event.schema}, this program knows ${current}: run the newer version`);
  }
  let data = event.data;
  for (let version = event.schema; version < current; version++) {
    const step = known.upcasts?.[event.type]?.[version];
    if (!step) throw new Error(`no upcast of ${event.type} from schema ${version} to ${version + 1}`);
    data = step(data);
  }
  return { ...event, schema: current, data };
};

/** All event types of a service: what its projector and its reactors must be able to lift. */
export const mergeSchemas = (...known: readonly EventSchemas[]): EventSchemas => ({
  schemas: Object.assign({}, ...known.map((k) => k.schemas)) as EventSchemas['schemas'],
  upcasts: Object.assign({}, ...known.map((k) => k.upcasts)) as NonNullable<EventSchemas['upcasts']>,
});
