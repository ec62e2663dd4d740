/** Work from a durable consumer: each message at least once, by one of the service's copies, tried again until it succeeds. */
import { AckPolicy, DeliverPolicy, jetstream, JetStreamApiError, jetstreamManager, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { endOnDoubt } from './follow.js';
import { pause } from './locked.js';
import type { Logger, Stoppable } from './types.js';

const SECOND = 1_000_000_000;
/** How long the work of a copy that was killed lies before another does it, s: as long as a lock takes to move. */
const ACK_WAIT = 8;
const WORKING_EVERY = 2_500;
/** The consumer is there, made by an earlier version. */
const OTHERWISE_CONFIGURED = 10148;
const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 5 * 60_000;
/** Messages in work at once in one copy. */
const AT_ONCE = 32;

export interface DurableOptions {
  readonly stream: string;
  /** Name of the durable consumer. */
  readonly name: string;
  readonly filter: string;
  readonly log: Logger;
  /** Returns to acknowledge, throws to be called again later. */
  handle(message: JsMsg, signal: AbortSignal): Promise<void>;
}

/** Pause before delivery `n + 1`, ms: 300, 600, 1200 … five minutes. */
export const pauseAfter = (delivery: number): number => Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(delivery - 1, 30));

/** Messages of one subject are handled one after the other in a copy; one that failed is tried again later and may then be overtaken. */
export const startDurable = async (nc: NatsConnection, { stream, name, filter, log, handle }: DurableOptions): Promise<Stoppable> => {
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const js = jetstream(nc);
  const stopping = new AbortController();
  const { signal } = stopping;
  const bySubject = new Map<string, Promise<void>>();
  let current: ConsumerMessages | undefined;

  const ensure = async (): Promise<void> => {
    const changing = { ack_wait: ACK_WAIT * SECOND, max_deliver: -1, max_ack_pending: 1_000, filter_subject: filter };
    try {
      await jsm.consumers.add(stream, { durable_name: name, ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.All, ...changing });
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || error.code !== OTHERWISE_CONFIGURED) throw error;
      await jsm.consumers.update(stream, name, changing);
    }
  };

  const work = async (message: JsMsg): Promise<void> => {
    if (signal.aborted) return message.nak();
    const working = setInterval(() => message.working(), WORKING_EVERY);
    try {
      await handle(message, signal);
      message.ack();
    } catch (error) {
      const delivery = message.info.deliveryCount;
      if (!signal.aborted) log.warn({ consumer: name, seq: message.seq, delivery, error: String(error) }, 'failed; will be tried again');
      message.nak(signal.aborted ? 0 : pauseAfter(delivery));
    } finally {
      clearInterval(working);
    }
  };

  const enqueue = (message: JsMsg): void => {
    const mine = (bySubject.get(message.subject) ?? Promise.resolve()).then(() => work(message)).finally(() => {
      if (bySubject.get(message.subject) === mine) bySubject.delete(message.subject);
    });
    bySubject.set(message.subject, mine);
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted && !nc.isClosed()) {
      try {
        await ensure();
        const consumer = await js.consumers.get(stream, name);
        current = await consumer.consume({ max_messages: AT_ONCE, expires: 10_000, idle_heartbeat: 2_000, abort_on_missing_resource: true });
        void endOnDoubt(current);
        for await (const message of current) {
          enqueue(message);
          if (signal.aborted) break;
          // The next pull waits until there is room again.
          while (bySubject.size >= AT_ONCE) await Promise.race(bySubject.values());
        }
      } catch (error) {
        if (!signal.aborted) log.debug({ consumer: name, error: String(error) }, 'consumer interrupted');
      }
      await pause(200, signal);
    }
  };

  const running = run();
  return {
    async stop() {
      stopping.abort();
      current?.stop();
      await running;
      await Promise.all(bySubject.values());
    },
  };
};
