/**
 * One durable `js_sub` and its reader. The position lives at the gateway: after each (re)subscribe it sends everything that was not acknowledged,
 * so what lies unread is dropped then, and what was acknowledged meanwhile is acknowledged once more.
 */
import type { ClientFrame, StreamMessage, SubscribeReply, SubscriptionState } from '@xanthus/proto';
import { createSubscriber, type Channel, type Hub, type Subscriber } from './channel.js';
import { failure, type XanthusError } from './error.js';
import { Reader } from './reader.js';
import { needOf, startData } from './stream.js';
import type { DurableSubscription, StreamOptions } from './types.js';

type Item = Extract<StreamMessage, { subject: string }>;

export class DurableFeed implements Channel {
  readonly target: string;
  readonly pattern: string;
  #state: SubscriptionState = 'subscribing';
  /** Newest message of this connection. */
  #position = -1;
  #epoch: string | undefined;
  #acknowledged = 0;
  #granted = 0;
  #reader: Reader | undefined;
  readonly #subscriber: Subscriber;
  readonly #named: { readonly filter?: string; readonly durable: string };

  constructor(private readonly hub: Hub, stream: string, filter: string, private readonly durable: string, private readonly options: StreamOptions) {
    this.target = `js:${stream}`;
    this.pattern = `${filter} ${durable}`;
    this.#named = { ...(filter === '>' ? {} : { filter }), durable };
    this.#subscriber = createSubscriber({
      hub,
      unsubscribe: this.#unsubscribe,
      frame: () => ({ op: 'js_sub', target: stream, data: { ...this.#named, ...startData(needOf(options.from)), ...(this.#epoch === undefined ? {} : { epoch: this.#epoch }), ...(options.credit === undefined ? {} : { credit: options.credit }) } }),
      accepted: data => this.#accepted(data as SubscribeReply),
      refused: error => this.refused(error),
    });
  }

  get #unsubscribe(): ClientFrame {
    return { op: 'unsub', target: this.target, data: this.#named };
  }

  /** @throws XanthusError ALREADY_SUBSCRIBED: it has a reader; two would acknowledge each other's messages. */
  read<P>(live: boolean): DurableSubscription<P> {
    if (this.#reader !== undefined) throw failure('ALREADY_SUBSCRIBED', `This client reads ${this.durable} already.`, false);
    const reader = this.#reader = new Reader({ consumed: () => this.#grant(), left: () => this.#left() }, 'head');
    if (live) this.#subscriber.open();
    return Object.assign(reader, { ack: (seq = reader.position) => this.#acknowledge(seq) }) as Reader & { ack(seq?: number): void } as DurableSubscription<P>;
  }

  up(): void {
    if (this.#state === 'ended') return;
    this.#enter('subscribing');
    this.#subscriber.open();
  }

  down(): void {
    this.#subscriber.reset();
    if (this.#state !== 'ended') this.#enter('subscribing');
  }

  refused(error: XanthusError): void {
    this.#subscriber.reset();
    this.#state = 'ended';
    this.hub.remove(this);
    this.#reader?.fail(error);
  }

  rights(): void {}

  dispose(): void {
    this.#subscriber.reset();
    this.#state = 'ended';
    this.#reader?.close();
  }

  message(data: unknown): void {
    if (this.#state !== 'catching_up' && this.#state !== 'live') return;
    const message = data as StreamMessage;
    if ('subject' in message) this.#item(message);
    else if (message.kind === 'reset') this.#restarted(message.reason, message.epoch, message.from_seq);
    else if (message.kind !== 'in_sync' && message.kind !== 'position') return; // a gap is not asked for, others are of a later version
    else if (message.prev > this.#position) this.#again();
    else {
      this.#position = Math.max(this.#position, message.seq);
      if (message.kind === 'in_sync') this.#enter('live');
    }
  }

  #item(message: Item): void {
    const reader = this.#reader;
    const { seq, subject, time, payload } = message;
    if (!('redelivered' in message) && message.prev > this.#position) return this.#again();
    this.#position = Math.max(this.#position, seq);
    if (reader === undefined) return;
    const again = 'redelivered' in message;
    if (seq <= this.#acknowledged) {
      // Acknowledged while nobody heard it.
      this.#tell(0, this.#acknowledged);
      reader.consumed++;
    } else if (again && seq > reader.position && seq <= reader.received) reader.consumed++; // lies unread already
    else reader.push({ seq, subject, time, payload, ...(again ? { redelivered: true } : {}) }, again);
    this.#grant();
  }

  #accepted(reply: SubscribeReply): void {
    if (!('epoch' in reply)) return;
    const from = reply.from_seq ?? 1;
    this.#reader?.rewind();
    this.#granted = this.#reader?.consumed ?? 0;
    if (reply.status === 'reset') return this.#restarted(reply.reason, reply.epoch, from);
    this.#epoch = reply.epoch;
    this.#position = from - 1;
    this.#reader?.startsAfter(from - 1);
    this.#enter('catching_up');
  }

  #restarted(reason: Extract<StreamMessage, { kind: 'reset' }>['reason'], epoch: string, from: number): void {
    this.#epoch = epoch;
    this.#position = from - 1;
    if (reason !== 'trimmed') this.#acknowledged = 0;
    this.#reader?.restarted({ reason, from_seq: from });
    this.#enter('catching_up');
  }

  #again(): void {
    this.#enter('subscribing');
    this.#subscriber.again();
  }

  #acknowledge(seq: number): void {
    if (seq <= this.#acknowledged) return;
    this.#acknowledged = seq;
    if (this.#state !== 'ended') this.#tell(0, seq);
  }

  #grant(): void {
    const { credit } = this.options;
    if (credit === undefined || this.#reader === undefined || this.#state === 'subscribing' || this.#state === 'ended') return;
    const n = this.#reader.consumed - this.#granted;
    if (n < Math.max(1, credit / 2)) return;
    this.#granted += n;
    this.#tell(n);
  }

  #tell(n: number, ack_seq?: number): void {
    this.hub.tell({ op: 'credit', target: this.target, data: { ...this.#named, n, ...(ack_seq === undefined ? {} : { ack_seq }) } });
  }

  #left(): void {
    if (this.#state === 'ended') return;
    this.#subscriber.reset();
    this.hub.tell(this.#unsubscribe);
    this.#state = 'ended';
    this.hub.remove(this);
  }

  #enter(state: SubscriptionState): void {
    this.#state = state;
    this.#reader?.enter(state);
  }
}
