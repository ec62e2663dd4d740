import { AckPolicy, DeliverPolicy, jetstreamManager, JetStreamApiError, type ConsumerInfo, type JetStreamManager } from '@nats-io/jetstream';
import { createInbox, type Msg, type NatsConnection } from '@nats-io/transport-node';

/** Whose durable subscription it is, and of what. */
export interface DurableRef { readonly stream: string; readonly tenant: string; readonly user: string; readonly name: string }

/** A consumer as JetStream keeps it. */
export interface DurableState {
  readonly ref: DurableRef;
  readonly filter: string;
  /** Everything up to here is acknowledged. */
  readonly acknowledged: number;
  /** Newest that was delivered to anybody. */
  readonly delivered: number;
  /** Deliveries since it was last restarted, to whomever. */
  readonly count: number;
  /** Not acknowledged, delivered or not. */
  readonly pending: number;
  readonly created: string;
  /** When the leader of the consumer said so, by its own clock; nanoseconds. */
  readonly at: bigint;
}

/** One delivery. `count`: of this consumer since it was last restarted, without a hole. */
export interface Delivery { readonly seq: number; readonly count: number; readonly again: boolean; readonly left: number; readonly subject: string; readonly time: string; readonly data: Uint8Array; readonly reply: string }

/** `over`: all that was asked for came, or nothing more came in time. `broken`: ask again in a while. `gone`: the consumer does not exist. */
export type PullEnd = 'over' | 'broken' | 'gone';

export interface DurableConsumers {
  find(ref: DurableRef): Promise<DurableState | undefined>;
  /** Everything after `after` from now on. Never changes one that exists. */
  create(ref: DurableRef, filter: string, after: number): Promise<DurableState>;
  /** What is not acknowledged comes once more, in order, from now on. */
  restart(ref: DurableRef): Promise<DurableState>;
  remove(ref: DurableRef): Promise<void>;
  /** All of one person, or of everybody in these streams. */
  list(streams: readonly string[], owner?: { readonly tenant: string; readonly user: string }): Promise<DurableRef[]>;
  pull(ref: DurableRef, count: number, onMessage: (delivery: Delivery) => void, onEnd: (end: PullEnd) => void): { stop(): void };
  /** This one and all before it. */
  acknowledge(reply: string): void;
}

const TIMEOUT = 3_000;
const NANOS = 1_000_000;
const NOT_FOUND = 404;
/** Not acknowledged for so long: it comes again. Not used for so long: JetStream deletes it. */
const ACK_WAIT_MS = 60_000;
export const UNUSED_MS = 7 * 86_400_000;
const UNACKNOWLEDGED = 1_000;
const EXPIRES_MS = 30_000;
const HEARTBEAT_MS = 5_000;

/** `-` may be part of a tenant and of a name, `_` of neither: two owners never share a name. */
export const consumerName = ({ tenant, user, name }: DurableRef): string => `${tenant}_${user}_${name}`;

const refOf = (stream: string, consumer: string): DurableRef | undefined => {
  const [tenant, user, name, ...more] = consumer.split('_');
  return tenant && user && name && more.length === 0 ? { stream, tenant, user, name } : undefined;
};

export const natsDurables = async (nc: NatsConnection, inboxPrefix?: string): Promise<DurableConsumers> => {
  const manager = await jetstreamManager(nc, { checkAPI: false, timeout: TIMEOUT });
  return {
    find: async ref => {
      const info = await absent(manager.consumers.info(ref.stream, consumerName(ref)));
      return info === undefined ? undefined : stateOf(ref, info);
    },
    create: async (ref, filter, after) => stateOf(ref, await manager.consumers.add(ref.stream, {
      durable_name: consumerName(ref), filter_subject: filter, ack_policy: AckPolicy.All, ack_wait: ACK_WAIT_MS * NANOS, max_ack_pending: UNACKNOWLEDGED,
      // by sequence: only such a consumer can be restarted
      deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: after + 1, inactive_threshold: UNUSED_MS * NANOS,
    })),
    restart: async ref => stateOf(ref, await manager.consumers.reset(ref.stream, consumerName(ref))),
    remove: async ref => void await absent(manager.consumers.delete(ref.stream, consumerName(ref))),
    list: async (streams, owner) => {
      const names = await Promise.all(streams.map(async stream => (await namesOf(manager, nc, stream)).flatMap(name => refOf(stream, name) ?? [])));
      return names.flat().filter(ref => owner === undefined || (ref.tenant === owner.tenant && ref.user === owner.user));
    },
    pull: (ref, count, onMessage, onEnd) => pull(nc, createInbox(inboxPrefix), ref, count, onMessage, onEnd),
    acknowledge: reply => nc.publish(reply, '+ACK'),
  };
};

const absent = <T>(asked: Promise<T>): Promise<T | undefined> =>
  asked.catch((error: unknown) => {
    if (error instanceof JetStreamApiError && error.status === NOT_FOUND) return undefined;
    throw error;
  });

/** Names only: the whole description of each would be asked from its leader. */
const namesOf = async (manager: JetStreamManager, nc: NatsConnection, stream: string): Promise<string[]> => {
  const found: string[] = [];
  for (;;) {
    const answer = (await nc.request(`$JS.API.CONSUMER.NAMES.${stream}`, JSON.stringify({ offset: found.length }), { timeout: TIMEOUT })).json<{ total?: number; consumers?: string[] | null; error?: { code: number; description: string } }>();
    if (answer.error?.code === NOT_FOUND) return [];
    if (answer.error !== undefined) throw new Error(`consumers of ${stream}: ${answer.error.description}`);
    found.push(...answer.consumers ?? []);
    if ((answer.consumers ?? []).length === 0 || found.length >= (answer.total ?? 0)) return found;
  }
};

const stateOf = (ref: DurableRef, info: ConsumerInfo): DurableState => ({
  ref,
  filter: info.config.filter_subject ?? '>',
  acknowledged: info.ack_floor.stream_seq,
  delivered: info.delivered.stream_seq,
  count: info.delivered.consumer_seq,
  pending: info.num_pending + info.num_ack_pending,
  created: new Date(info.created).toISOString(),
  at: nanosOf((info as { readonly ts?: unknown }).ts),
});

/** `2026-11-21T08:44:34.68345Z`: trailing zeros are not written. */
const nanosOf = (time: unknown): bigint => {
  const [, seconds = '1970-01-01T00:00:00', fraction = ''] = /^([\dT:-]+)(?:\.(\d+))?Z$/.exec(String(time)) ?? [];
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
};

const pull = (nc: NatsConnection, inbox: string, ref: DurableRef, count: number, onMessage: (delivery: Delivery) => void, onEnd: (end: PullEnd) => void): { stop(): void } => {
  let left = count;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const end = (how?: PullEnd): void => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    if (!nc.isClosed()) sub.unsubscribe();
    if (how !== undefined) onEnd(how);
  };
  /** A server that says nothing, not even that it waits, has lost the request. */
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => end('broken'), HEARTBEAT_MS * 2 + 1_000);
    timer.unref();
  };
  const sub = nc.subscribe(inbox, {
    callback: (error, m) => {
      if (error !== null) return end('broken');
      const delivery = deliveryOf(m);
      if (delivery === undefined) {
        const how = statusOf(m);
        return how === undefined ? alive() : end(how);
      }
      alive();
      left--;
      onMessage(delivery);
      if (left === 0) end('over');
    },
  });
  alive();
  nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${ref.stream}.${consumerName(ref)}`, JSON.stringify({ batch: count, expires: EXPIRES_MS * NANOS, idle_heartbeat: HEARTBEAT_MS * NANOS }), { reply: inbox });
  return { stop: () => end() };
};

const statusOf = (m: Msg): PullEnd | undefined => {
  const code = m.headers?.code ?? 0;
  const text = m.headers?.description ?? '';
  if (code === 100) return undefined;
  if (code === 404 || code === 408) return 'over';
  if (code === 503 || (code === 409 && /consumer deleted/i.test(text))) return 'gone';
  // Of a batch that could not be served whole: not a fault.
  return code === 409 && /batch completed|exceeded maxackpending/i.test(text) ? 'over' : 'broken';
};

/** What a delivery says of itself stands in its reply subject; a second form has domain and account before the stream. */
const deliveryOf = (m: Msg): Delivery | undefined => {
  const reply = m.reply ?? '';
  if (!reply.startsWith('$JS.ACK.')) return undefined;
  const tokens = reply.split('.');
  const [times, seq, count, nanos = '0', left] = tokens.slice(tokens.length >= 11 ? 6 : 4);
  return { seq: Number(seq), count: Number(count), again: Number(times) > 1, left: Number(left), subject: m.subject, time: new Date(Number(BigInt(nanos) / 1_000_000n)).toISOString(), data: m.data, reply };
};
