/** A stream of counted events, stored as fast as it goes, and read with the plain client. */
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { buildEnvelope, newId } from '@xanthus/kernel';
import { eventSubject } from '@xanthus/proto';
import { contextFor, counted, refOf } from './counter.js';

/** Stores `count` events on `aggregates` counters in turn. Without waiting for each acknowledgement: the stream is full when it says so. */
export const fill = async (nc: NatsConnection, count: number, aggregates: number): Promise<void> => {
  const ids = Array.from({ length: aggregates }, () => newId());
  const { streams } = await jetstreamManager(nc);
  for (let i = 0; i < count;) {
    for (const end = Math.min(count, i + 5_000); i < end; i++) {
      const ref = refOf(ids[i % ids.length] as string);
      nc.publish(eventSubject(ref), JSON.stringify(buildEnvelope(ref, counted, contextFor(ref.id))));
    }
    while ((await streams.info('VPS')).state.messages < i) await new Promise(resolve => setTimeout(resolve, 5));
  }
};

/** How long an ordered consumer and `JSON.parse` take for `count` counted events of a filter, ms. */
export const replay = async (nc: NatsConnection, filter: string, count: number): Promise<number> => {
  const from = performance.now();
  const consumer = await jetstream(nc).consumers.get('VPS', { filter_subjects: [filter] });
  let seen = 0;
  for await (const message of await consumer.consume({ max_messages: 5_000 })) {
    if (message.json<{ type: string }>().type === 'Counted' && ++seen === count) break;
  }
  return performance.now() - from;
};
