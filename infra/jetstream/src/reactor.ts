import type { NatsConnection } from '@nats-io/transport-node';
import { parseEventSubject, streamName } from '@xanthus/proto';
import { GiveUp, upcastEvent, type RecordedEvent } from '@xanthus/kernel';
import { stateBucket } from './declarations.js';
import { startDurable } from './durable.js';
import { readEvent } from './event-store.js';
import { kvPut } from './kv.js';
import type { Alarm, ReactorOptions, Stoppable } from './types.js';

/** An event that a reactor gave up, in `<service>-state` under `parked.<reactor>.<seq>`. */
export interface ParkedReaction { readonly reactor: string; readonly seq: number; readonly subject: string; readonly error: string; readonly at: string }

/** Calls the reactor for each event that it wants, at least once, from the first event on; see `Reactor`. */
export const startReactor = (nc: NatsConnection, { service, of = service, reactor, schemas, log, onAlarm }: ReactorOptions): Promise<Stoppable> => {
  const stream = streamName(of);
  /** Of events of two services the sequences may be the same. */
  const name = of === service ? reactor.name : `${service}-${reactor.name}`;
  const types = new Set(reactor.types);

  const park = async (subject: string, seq: number, cause: unknown): Promise<void> => {
    const error = cause instanceof Error ? cause.message : String(cause);
    const parked: ParkedReaction = { reactor: reactor.name, seq, subject, error, at: new Date().toISOString() };
    await kvPut(nc, stateBucket(service).name, `parked.${of === service ? reactor.name : `${reactor.name}-${of}`}.${seq}`, parked);
    const alarm: Alarm = { kind: 'parked', service, consumer: reactor.name, aggregate: parseEventSubject(subject), seq, error };
    log.error(alarm, 'event parked: the reactor gave up');
    onAlarm?.(alarm);
  };

  return startDurable(nc, {
    stream, name, filter: `evt.*.${of}.>`, log,
    async handle(message, signal) {
      const wanted = message.headers?.get('Xanthus-Type');
      if (wanted && !types.has(wanted)) return;
      let event: RecordedEvent;
      try {
        event = readEvent(stream, { subject: message.subject, seq: message.seq, time: message.time.toISOString(), data: message.data });
        if (!types.has(event.type)) return;
        if (schemas) event = upcastEvent(schemas, event);
      } catch (error) {
        return park(message.subject, message.seq, error);
      }
      try {
        await reactor.react(event, { delivery: message.info.deliveryCount, signal });
      } catch (error) {
        if (error instanceof GiveUp) return park(message.subject, message.seq, error);
        throw error;
      }
    },
  });
};
