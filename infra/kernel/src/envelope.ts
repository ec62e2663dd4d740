import type { AggregateRef, EventEnvelope } from '@xanthus/proto';
import type { CommandContext, RecordedEvent } from './event.js';
import type { NewEvent } from './event-store.js';
import { newId } from './ids.js';

/** The envelope under which a new event is stored. Its id is made here: once per attempt to append. */
export const buildEnvelope = (ref: AggregateRef, { event, schema }: NewEvent, context: CommandContext, id: string = newId()): EventEnvelope => ({
  id,
  type: event.type,
  schema,
  tenant: ref.tenant,
  aggregate: { service: ref.service, name: ref.aggregate, id: ref.id },
  occurred_at: context.now,
  actor: context.actor,
  command_id: context.command_id,
  correlation_id: context.correlation_id,
  ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
  data: event.data,
});

/** Takes an envelope that is nobody else's, as it was parsed, and adds where it lies: a copy would cost three times as much as the parsing. */
export const recordEvent = (envelope: EventEnvelope, stream: string, seq: number, storedAt: string): RecordedEvent => Object.assign(envelope, { stream, seq, stored_at: storedAt });

/** The aggregate that an event belongs to. */
export const aggregateOf = (event: Pick<EventEnvelope, 'tenant' | 'aggregate'>): AggregateRef => ({
  tenant: event.tenant, service: event.aggregate.service, aggregate: event.aggregate.name, id: event.aggregate.id,
});
