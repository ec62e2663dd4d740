import type { CapabilityRequest, ResetReason } from '@xanthus/proto';
import type { Channel } from '../fan-out/channel.js';
import { Feed } from '../fan-out/feed.js';
import { refuse } from '../protocol/problem.js';
import type { BucketMirror } from '../upstream/bucket-mirror.js';
import { SignalFeed, type Signals } from '../upstream/signals.js';
import type { StreamTail } from '../upstream/stream-tail.js';
import type { FrameOf, GatewayContext, LiveConnection } from './context.js';
import { subscribeDurable } from './durable.js';
import { checkPattern, find, reply, reserve, settle, type Held } from './place.js';

export const subscribeSignals = (context: GatewayContext, connection: LiveConnection, frame: FrameOf<'sub'>): Promise<void> | void => {
  const pattern = checkPattern(frame.target);
  // Events and commands are never seen before NATS has taken them: only signals are core subjects.
  if (!pattern.startsWith('sig.')) refuse('DENIED', 'Only subjects under sig. can be subscribed to; streams are followed with js_sub.');
  const slot = reserve(context, connection, { target: pattern, request: { what: 'subject', subject: pattern } });
  const feed = new SignalFeed(pattern, frame.data?.policy ?? 'reliable', connection.outbox);
  slot.held = new HeldSignals(context.signals, feed);
  const live = (): void => {
    reply(connection, frame, { status: 'live' });
    feed.live();
  };
  // What is published after the answer arrives: the server has heard of the pattern before.
  const heard = context.signals.subscribe(feed);
  return heard === undefined ? live() : settle(connection, slot, frame, () => heard, live);
};

export const subscribeBucket = (context: GatewayContext, connection: LiveConnection, frame: FrameOf<'kv_sub'>): Promise<void> => {
  const { data = {}, target: bucket } = frame;
  const pattern = checkPattern(data.pattern ?? '>');
  const request: CapabilityRequest = { what: 'bucket', bucket, pattern };
  const slot = reserve(context, connection, { target: `kv:${bucket}`, filter: pattern, request });
  return settle(connection, slot, frame, () => context.buckets.mirror(bucket), (mirror) => {
    const { channel } = mirror;
    const reason = bucketReset(mirror, data);
    const resumed = data.last_revision !== undefined && reason === undefined;
    reply(connection, frame, reason === undefined ? { status: resumed ? 'resumed' : 'subscribed', epoch: channel.epoch } : { status: 'reset', reason, epoch: channel.epoch });
    const feed = new Feed(channel, pattern, connection.outbox, resumed ? (data.last_revision ?? 0) : 0, { every: data.policy === 'reliable' });
    slot.held = new HeldBucket(channel, feed, mirror);
    mirror.add(feed);
    feed.pump();
  });
};

const bucketReset = (mirror: BucketMirror, asked: { last_revision?: number | undefined; epoch?: string | undefined }): ResetReason | undefined => {
  if (asked.last_revision === undefined) return undefined;
  if (asked.epoch !== mirror.channel.epoch) return 'epoch_changed';
  if (asked.last_revision > mirror.channel.position) return 'ahead';
  return asked.last_revision < mirror.floor ? 'trimmed' : undefined;
};

type StreamAsk = NonNullable<FrameOf<'js_sub'>['data']>;

export const subscribeStream = (context: GatewayContext, connection: LiveConnection, frame: FrameOf<'js_sub'>): Promise<void> => {
  const { data = {}, target: stream } = frame;
  const filter = checkPattern(data.filter ?? '>');
  if (data.durable !== undefined) return subscribeDurable(context, connection, frame, filter, data.durable);
  const request: CapabilityRequest = { what: 'stream', stream, filter };
  const slot = reserve(context, connection, { target: `js:${stream}`, filter, request });
  return settle(connection, slot, frame, () => streamStart(context, stream, data), (start) => {
    const { tail, fallback } = start;
    const { channel } = tail;
    // The stream may have become another one while its answers were on their way.
    const gone = data.last_seq !== undefined && data.epoch !== channel.epoch;
    const reason = start.reason ?? (gone ? 'epoch_changed' : undefined);
    const resume = reason === undefined ? start.resume : undefined;
    const head = channel.position;
    const after = resume ?? fallback();
    const at = { epoch: channel.epoch, from_seq: after + 1, head_seq: head };
    reply(connection, frame, reason === undefined ? { status: resume === undefined ? 'subscribed' : 'resumed', ...at } : { status: 'reset', reason, ...at });
    const feed = new Feed(channel, filter, connection.outbox, after, {
      ...(data.credit === undefined ? {} : { credit: data.credit }),
      lossy: data.policy === 'lossy',
      resumed: resume !== undefined,
      source: tail,
      log: context.log,
    });
    slot.held = new HeldStream(channel, feed, tail);
    tail.add(feed, fallback);
    feed.pump();
  });
};

class HeldSignals implements Held {
  constructor(private readonly signals: Signals, private readonly feed: SignalFeed) {}

  end(): void {
    this.signals.unsubscribe(this.feed);
    this.feed.end();
  }
}

/** A feed, and who has it on its list. */
class HeldBucket implements Held {
  constructor(private readonly channel: Channel, protected readonly feed: Feed, private readonly list: { remove(feed: Feed): void }) {}

  position(): { readonly epoch: string; readonly at: number } {
    return { epoch: this.channel.epoch, at: this.feed.sent };
  }
  lag(): number {
    return this.feed.lag();
  }
  end(): void {
    this.list.remove(this.feed);
    this.feed.end();
  }
}
/** The same, with credit. */
class HeldStream extends HeldBucket {
  grant(n: number): void {
    this.feed.grant(n);
  }
}

interface StreamStart {
  readonly tail: StreamTail;
  /** Why it cannot go on where the client stopped. */
  readonly reason?: ResetReason | undefined;
  /** It goes on after this sequence. */
  readonly resume?: number | undefined;
  /** Where it begins otherwise, now or after a later reset: everything after this sequence. */
  fallback(): number;
}

const streamStart = async (context: GatewayContext, stream: string, asked: StreamAsk): Promise<StreamStart> => {
  const tail = await context.streams.tail(stream);
  const fallback = await startOf(context, stream, asked, tail.channel);
  const { last_seq } = asked;
  if (last_seq === undefined) return { tail, fallback };
  const reason = await streamReset(tail, last_seq, asked);
  return reason === undefined ? { tail, resume: last_seq, fallback } : { tail, reason, fallback };
};

/** What this answers lives as long as the subscription, so it does not hold on to the frame that asked. */
const startOf = async (context: GatewayContext, stream: string, { start_seq, start_time }: StreamAsk, channel: Channel): Promise<() => number> => {
  if (start_seq !== undefined) return fromSequence(channel, start_seq);
  if (start_time === undefined) return fromHead(channel);
  const { epoch } = channel;
  return fromTime(channel, epoch, await context.streams.source(stream).firstAt(start_time));
};
const heads = new WeakMap<Channel, () => number>();
const fromHead = (channel: Channel): (() => number) => {
  const head = heads.get(channel) ?? (() => channel.position);
  heads.set(channel, head);
  return head;
};
const fromSequence = (channel: Channel, from: number) => (): number => Math.min(Math.max(0, from - 1), channel.position);
/** A sequence of another incarnation means nothing: then everything that it holds. */
const fromTime = (channel: Channel, epoch: string, first: number | undefined) => (): number => (channel.epoch === epoch ? (first === undefined ? channel.position : first - 1) : 0);

/** Resume never lies: each reason why what follows `last` would not be all that the client missed. */
const streamReset = async (tail: StreamTail, last: number, asked: Pick<StreamAsk, 'epoch' | 'last_time'>): Promise<ResetReason | undefined> => {
  const facts = await tail.check();
  if (asked.epoch !== facts.epoch) return 'epoch_changed';
  if (last > Math.max(facts.last, tail.channel.position)) return 'ahead';
  if (facts.first > last + 1) return 'trimmed';
  if (asked.last_time === undefined || last === 0) return undefined;
  const stored = await tail.timeOf(last);
  return stored !== undefined && Date.parse(stored) !== Date.parse(asked.last_time) ? 'epoch_changed' : undefined;
};

export const unsubscribe = (connection: LiveConnection, frame: FrameOf<'unsub'>): void => {
  const subscription = find(connection, frame.target, frame.data?.filter ?? frame.data?.pattern, frame.data?.durable);
  if (subscription === undefined) return refuse('NOT_FOUND', 'There is no such subscription.');
  connection.drop(subscription);
  reply(connection, frame, { status: 'ended' });
};

export const grantCredit = (connection: LiveConnection, frame: FrameOf<'credit'>): void => {
  const { filter, durable, n, ack_seq } = frame.data;
  const subscription = find(connection, frame.target, filter, durable);
  if (subscription?.grant === undefined) return refuse('NOT_FOUND', 'There is no such subscription.');
  if (ack_seq !== undefined) {
    if (subscription.acknowledge === undefined) return refuse('BAD_FRAME', 'Only durable subscriptions are acknowledged.');
    subscription.acknowledge(ack_seq);
  }
  if (n > 0) subscription.grant(n);
};
