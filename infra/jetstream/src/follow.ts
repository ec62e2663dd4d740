import { DeliverPolicy, jetstream, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { epochOf } from './provision.js';
import type { Stoppable } from './types.js';
import { api } from './wire.js';

export interface FollowOptions {
  readonly stream: string;
  readonly filters: readonly string[];
  /** First sequence wanted. */
  readonly from: number;
  /** In order, each once. `buffered`: how many more are in memory. Awaited before the next if it returns a promise. */
  onMessage(message: JsMsg, buffered: number): void | Promise<void>;
  /** Everything that the stream held has been delivered. Once, and again after each reset. */
  onCaughtUp?(): void | Promise<void>;
  /** The stream is another one than before, or shorter; its messages follow from the first. Default: goes on silently. */
  onReset?(): void | Promise<void>;
  /** What `onMessage`, `onCaughtUp` or `onReset` threw; following has ended. */
  onError(error: unknown): void;
}

export interface StreamInfo { readonly created: string; readonly config: { readonly metadata?: Record<string, string> }; readonly state: { readonly last_seq: number; readonly messages: number } }
export const streamInfo = (nc: NatsConnection, stream: string): Promise<StreamInfo> => api<StreamInfo>(nc, `STREAM.INFO.${stream}`);

class Failed {
  constructor(readonly cause: unknown) {}
}

/**
 * Follows a stream for ever by ordered consumers: across restarts of NATS, lost consumers and a stream that was made anew.
 * Nothing is acknowledged: the caller knows its position.
 */
export const follow = async (nc: NatsConnection, options: FollowOptions): Promise<Stoppable> => {
  const js = jetstream(nc, { timeout: 5_000 });
  let stopped = false;
  let next = options.from;
  let behind = true;
  let current: ConsumerMessages | undefined;
  let epoch = epochOf(await streamInfo(nc, options.stream));
  const watcher = watchReconnects(nc, () => current?.stop());

  /** Whether it is still the stream whose messages were delivered. */
  const isSame = async (): Promise<boolean> => {
    const info = await streamInfo(nc, options.stream);
    const same = epochOf(info) === epoch && info.state.last_seq >= next - 1;
    epoch = epochOf(info);
    return same;
  };

  const caughtUp = async (): Promise<void> => {
    if (!behind) return;
    behind = false;
    await guarded(() => options.onCaughtUp?.());
  };

  const round = async (): Promise<void> => {
    const consumer = await js.consumers.get(options.stream, {
      filter_subjects: [...options.filters], deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Math.max(1, next), inactive_threshold: 30_000,
    });
    const { num_pending } = await consumer.info(true);
    const messages = await consumer.consume({ max_messages: 4_000, expires: 10_000, idle_heartbeat: 2_000, abort_on_missing_resource: true });
    current = messages;
    if (stopped) messages.stop();
    void endOnDoubt(messages);
    if (num_pending === 0) await caughtUp();
    for await (const message of messages) {
      next = message.seq + 1;
      const { pending } = message.info;
      await guarded(() => options.onMessage(message, messages.getPending()));
      if (pending === 0) await caughtUp();
      if (stopped) break;
    }
  };

  const run = async (): Promise<void> => {
    for (let first = true; !stopped && !nc.isClosed(); first = false) {
      try {
        if (!first && !(await isSame())) {
          next = 1;
          behind = true;
          await guarded(() => options.onReset?.());
        }
        await round();
      } catch (error) {
        if (error instanceof Failed) {
          stopped = true;
          options.onError(error.cause);
          return;
        }
      }
      if (!stopped) await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  const running = run();
  return {
    async stop() {
      stopped = true;
      watcher.stop();
      current?.stop();
      await running;
    },
  };
};

const guarded = async (call: () => void | Promise<void>): Promise<void> => {
  try {
    await call();
  } catch (error) {
    throw new Failed(error);
  }
};

/**
 * The client would quietly go on with a new consumer; we look first whether it is still the same stream. And in a cluster the first pull may come before
 * its server has heard of the consumer (`no_responders`): the client would wait for two missed heartbeats.
 */
const DOUBTS = new Set(['consumer_deleted', 'consumer_not_found', 'stream_not_found', 'reset', 'no_responders']);
/** After two missed heartbeats the client asks for its consumer, and if that is not answered it waits as long as a pull may take before it asks again. After so many nothing came of it. */
const SILENT = 4;
export const isDoubtful = (event: { readonly type: string; readonly count?: number }): boolean => DOUBTS.has(event.type) || (event.type === 'heartbeats_missed' && (event.count ?? 0) >= SILENT);
export const endOnDoubt = async (messages: Pick<ConsumerMessages, 'status' | 'stop'>): Promise<void> => {
  for await (const event of messages.status()) if (isDoubtful(event)) return messages.stop();
};

const watchReconnects = (nc: NatsConnection, onReconnect: () => void): { stop(): void } => {
  const status = nc.status();
  void (async () => {
    for await (const event of status) if (event.type === 'reconnect') onReconnect();
  })();
  return { stop: () => void (status as unknown as { stop?(): void }).stop?.() };
};
