import { DeliverPolicy, jetstream, jetstreamManager, RetentionPolicy, type ConsumerMessages, type JetStreamClient, type JetStreamManager, type JsMsg, type StreamInfo } from '@nats-io/jetstream';
import { createInbox, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { epochOf, isDoubtful } from '@xanthus/jetstream';
import { refuse } from '../protocol/problem.js';
import type { SourcePage, StoredMessage, StreamFacts, StreamSource } from './stream-source.js';
import { isNotFound, orUnavailable } from './unavailable.js';

const TIMEOUT = 3_000;
const NO_MESSAGES = 404;
/** A page is as large as the room that it needs in an outbox. */
const PAGE_BYTES = 256 * 1024;
/** Longer than a replica in sync lags behind, ms. */
const LAG = 250;
/** Nothing is stored later than this from now, however much the clocks differ, ms. */
const FUTURE = 3_600_000;

const AWAY = orUnavailable('The stream cannot be read now.');

export const natsStreams = async (nc: NatsConnection, inboxPrefix?: string): Promise<(stream: string) => StreamSource> => {
  const manager = await jetstreamManager(nc, { checkAPI: false, timeout: TIMEOUT });
  const client = jetstream(nc, { timeout: TIMEOUT });
  return (stream) => natsStream({ nc, manager, client, inboxPrefix }, stream);
};

interface Nats { readonly nc: NatsConnection; readonly manager: JetStreamManager; readonly client: JetStreamClient; readonly inboxPrefix: string | undefined }

const natsStream = (nats: Nats, stream: string): StreamSource => {
  const { manager, client } = nats;
  let replicas = 0;
  const stored = async (query: { seq: number; next_by_subj?: string }): Promise<StoredMessage | undefined> => {
    const message = await manager.streams.getMessage(stream, query as { seq: number });
    return message === null ? undefined : { seq: message.seq, subject: message.subject, time: message.time.toISOString(), data: message.data };
  };

  return {
    facts: async (): Promise<StreamFacts> => {
      const info = await manager.streams.info(stream).catch((error: unknown) => (isNotFound(error) ? refuse('NOT_FOUND', 'There is no such stream.') : AWAY(error)));
      replicas = info.config.num_replicas;
      return factsOf(info);
    },

    page: async (after, filter, max) => {
      const page = await directPage(nats, stream, { seq: after + 1, next_by_subj: filter, batch: max, max_bytes: PAGE_BYTES });
      // A replica that lags has nothing to say about the newest messages, and a message may be larger than a page: the leader has the next one, or knows that there is none.
      if (page.messages.length > 0) return { messages: page.messages, complete: page.complete && replicas === 1 };
      const next = await stored({ seq: after + 1, next_by_subj: filter });
      return { messages: next === undefined ? [] : [next], complete: next === undefined };
    },

    timeOf: async (seq) => (await stored({ seq }).catch(AWAY))?.time,

    // The server counts nanoseconds in 64 bits: a time far away would wrap around.
    firstAt: async (time) => {
      const at = Math.max(0, Date.parse(time));
      if (at > Date.now() + FUTURE) return undefined;
      const ask = async (): Promise<number | undefined> => (await directPage(nats, stream, { start_time: new Date(at).toISOString(), next_by_subj: '>', batch: 1 })).messages[0]?.seq;
      const found = await ask().catch(AWAY);
      if (found !== undefined || replicas === 1) return found;
      await new Promise(resolve => setTimeout(resolve, LAG));
      return ask().catch(AWAY);
    },

    // The consumer dies with its stream. A client library that quietly makes it anew would tell messages of another stream as if they went on: whatever is in doubt ends it.
    follow: async ({ after, epoch }, onMessage, onBroken) => {
      const consumer = await client.consumers.get(stream, { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: after + 1, inactive_threshold: 60_000 }).catch(AWAY);
      const { name } = await consumer.info(true);
      // Looked at after the consumer was made: it is of the incarnation that was there before and still is.
      const now = await manager.streams.info(stream).catch(() => undefined);
      if (now === undefined || epochOf(now) !== epoch) {
        void manager.consumers.delete(stream, name).catch(() => undefined);
        refuse('UNAVAILABLE', 'The stream is being made anew.');
      }
      const messages: ConsumerMessages = await consumer.consume({
        max_messages: 1_000, idle_heartbeat: 2_000, expires: 10_000, abort_on_missing_resource: true,
        callback: (m: JsMsg) => {
          if (m.info.consumer !== name) messages.stop();
          else onMessage({ seq: m.seq, subject: m.subject, time: new Date(Number(m.timestampNanos / 1_000_000n)).toISOString(), data: m.data });
        },
      });
      let stopped = false;
      const end = (reason: string): void => {
        if (stopped) return;
        stopped = true;
        onBroken(reason);
      };
      void endOnDoubt(messages, end);
      void watchEnd(messages, end);
      return {
        stop: () => {
          stopped = true;
          void Promise.resolve(messages.close()).catch(() => undefined);
        },
      };
    },
  };
};

const factsOf = (info: StreamInfo): StreamFacts => {
  const { config: c, state } = info;
  const limited = [c.max_age, c.max_msgs, c.max_bytes, c.max_msgs_per_subject].some(limit => (limit ?? 0) > 0);
  return {
    epoch: epochOf(info), first: state.first_seq, last: state.last_seq,
    at: Date.parse((info as { readonly ts?: string }).ts ?? '') || 0,
    trimmable: limited || c.retention !== RetentionPolicy.Limits || c.deny_purge !== true || c.deny_delete !== true,
  };
};

const endOnDoubt = async (messages: ConsumerMessages, end: (reason: string) => void): Promise<void> => {
  for await (const event of messages.status()) {
    if (!isDoubtful(event)) continue;
    messages.stop();
    return end(event.type);
  }
};

const watchEnd = async (messages: ConsumerMessages, ended: (reason: string) => void): Promise<void> => {
  const reason = await messages.closed();
  ended(reason instanceof Error ? reason.message : 'closed');
};

const readHeader = (m: Msg, name: string): string => m.headers?.get(name) ?? '';

/** One page from any replica: the status message at the end of the answer says how much more it has. */
const directPage = ({ nc, inboxPrefix }: Nats, stream: string, query: { seq?: number; start_time?: string; next_by_subj: string; batch: number; max_bytes?: number }): Promise<SourcePage> =>
  new Promise((resolve, reject) => {
    const messages: StoredMessage[] = [];
    const inbox = createInbox(inboxPrefix);
    const end = (act: () => void): void => {
      clearTimeout(timer);
      if (!nc.isClosed()) sub.unsubscribe();
      act();
    };
    const timer = setTimeout(() => end(() => reject(new Error(`reading ${stream}: no answer`))), TIMEOUT);
    const sub = nc.subscribe(inbox, {
      callback: (error, m) => {
        if (error) return end(() => reject(error));
        const code = m.headers?.code ?? 0;
        if (code === 204) return end(() => resolve({ messages, complete: Number(readHeader(m, 'Nats-Num-Pending') || 0) === 0 }));
        if (code === NO_MESSAGES) return end(() => resolve({ messages, complete: true }));
        if (code >= 400) return end(() => reject(new Error(`reading ${stream}: ${code} ${m.headers?.description ?? ''}`)));
        messages.push({ seq: Number(readHeader(m, 'Nats-Sequence')), subject: readHeader(m, 'Nats-Subject'), time: new Date(readHeader(m, 'Nats-Time-Stamp')).toISOString(), data: m.data.slice() });
      },
    });
    nc.publish(`$JS.API.DIRECT.GET.${stream}`, JSON.stringify(query), { reply: inbox });
  });
