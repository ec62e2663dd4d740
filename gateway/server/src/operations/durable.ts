import type { SubscribeReply } from '@xanthus/proto';
import { DurableFeed } from '../fan-out/durable-feed.js';
import { encodeError } from '../protocol/encode.js';
import { problem } from '../protocol/problem.js';
import { consumerName } from '../upstream/durable-consumers.js';
import { DurableHolder } from '../upstream/durable-holder.js';
import type { FrameOf, GatewayContext, LiveConnection } from './context.js';
import { reply, reserve, settle } from './place.js';

/** `js_sub` with `durable`: its position lives in JetStream, so that it goes on after what was acknowledged, on whichever connection. */
export const subscribeDurable = (context: GatewayContext, connection: LiveConnection, frame: FrameOf<'js_sub'>, filter: string, durable: string): Promise<void> => {
  const { target: stream, data = {} } = frame;
  const { principal } = connection;
  const slot = reserve(context, connection, { target: `js:${stream}`, filter, durable, request: { what: 'stream', stream, filter } });
  const ref = { stream, tenant: principal.tenant, user: principal.id, name: durable };
  const feed = new DurableFeed({ stream, filter, name: durable }, connection.outbox, { ask: n => holder.ask(n), acknowledge: to => context.durables.consumers.acknowledge(to) }, data.credit ?? Number.POSITIVE_INFINITY);
  const holder = new DurableHolder(context.durables, {
    feed,
    ask: {
      ref, filter, epoch: data.epoch,
      facts: () => context.streams.source(stream).facts(),
      fallback: facts => startAfter(context, stream, data, facts.last),
    },
    onLost: (code, message) => {
      connection.drop(slot);
      connection.outbox.push(encodeError(problem(code, message, { filter, durable }), { target: slot.target }));
      context.log.debug({ consumer: consumerName(ref), code }, 'a durable subscription was taken away');
    },
  });
  slot.held = {
    grant: n => feed.grant(n),
    acknowledge: seq => feed.acknowledge(seq),
    end: () => {
      holder.stop();
      feed.end();
    },
  };
  return settle(connection, slot, frame, () => holder.open().catch((error: unknown) => {
    slot.end();
    throw error;
  }), ({ opened: { state, facts, created, reason }, begin }) => {
    const at = { epoch: facts.epoch, from_seq: state.acknowledged + 1, head_seq: facts.last };
    const answer: SubscribeReply = reason === undefined ? { status: created ? 'subscribed' : 'resumed', ...at } : { status: 'reset', reason, ...at };
    reply(connection, frame, answer);
    begin();
  });
};

type StreamAsk = NonNullable<FrameOf<'js_sub'>['data']>;

/** Where one begins that does not exist yet; without a start: with what comes from now on. */
const startAfter = async (context: GatewayContext, stream: string, { start_seq, start_time }: StreamAsk, head: number): Promise<number> => {
  if (start_seq !== undefined) return Math.min(Math.max(0, start_seq - 1), head);
  const first = start_time === undefined ? undefined : await context.streams.source(stream).firstAt(start_time);
  return first === undefined ? head : first - 1;
};
