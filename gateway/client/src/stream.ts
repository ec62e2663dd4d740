/**
 * One `js_sub` and its readers. It proves that nothing is missing (`prev ≤ position < seq` for every message), drops what comes twice, and
 * resumes where it stopped; readers that need something earlier make it begin anew, and the others ignore what they have had.
 */
import type { ClientFrame, ResetReason, StreamMessage, SubscribeReply, SubscriptionState } from '@xanthus/proto';
import { createSubscriber, type Channel, type Hub, type Subscriber } from './channel.js';
import { failure, type XanthusError } from './error.js';
import { Reader, type Need } from './reader.js';
import type { Logger, StreamOptions, StreamSubscription } from './types.js';

type Policy = NonNullable<StreamOptions['policy']>;

export const needOf = (from: StreamOptions['from']): Need => (from === undefined || from === 'new' ? 'head' : typeof from === 'number' ? { seq: Math.max(1, from) } : { time: from.time });

/** The start that serves all. A sequence and a time can't be compared: then everything from the first message, each reader skips what is not its own. */
export const earliest = (needs: readonly Need[]): Need => {
  const given = needs.filter(need => need !== 'head');
  if (given.length === 0) return 'head';
  const seqs = given.flatMap(need => ('seq' in need ? [need.seq] : []));
  const times = given.flatMap(need => ('time' in need ? [need.time] : []));
  if (times.length === 0) return { seq: Math.min(...seqs) };
  if (seqs.length === 0) return { time: times.reduce((a, b) => (Date.parse(a) <= Date.parse(b) ? a : b)) };
  return { seq: 1 };
};

export const startData = (need: Need): { start_seq?: number; start_time?: string } => (need === 'head' ? {} : 'seq' in need ? { start_seq: need.seq } : { start_time: need.time });

export class StreamFeed implements Channel {
  readonly target: string;
  #state: SubscriptionState = 'subscribing';
  /** Everything up to here was handed to the readers; -1 before the gateway said where it starts. */
  #position = -1;
  /** Time of the message at `#position`, where it was one of ours. */
  #lastTime: string | undefined;
  #epoch: string | undefined;
  #start: Need = 'head';
  /** Messages that the gateway may send are counted against this (only with `credit`). */
  #granted = 0;
  readonly #readers = new Set<Reader>();
  readonly #subscriber: Subscriber;
  readonly #unsubscribe: ClientFrame;
  readonly #filter: { readonly filter?: string };

  constructor(private readonly hub: Hub, stream: string, readonly pattern: string, private readonly how: { readonly credit: number | undefined; readonly policy: Policy }, private readonly log: Logger | undefined) {
    this.target = `js:${stream}`;
    this.#filter = pattern === '>' ? {} : { filter: pattern };
    this.#unsubscribe = { op: 'unsub', target: this.target, ...(pattern === '>' ? {} : { data: this.#filter }) };
    this.#subscriber = createSubscriber({
      hub,
      unsubscribe: this.#unsubscribe,
      frame: () => ({ op: 'js_sub', target: stream, data: { ...this.#filter, ...startData(this.#start), ...this.#resume(), ...this.#credit(), ...(how.policy === 'lossy' ? { policy: how.policy } : {}) } }),
      accepted: data => this.#accepted(data as SubscribeReply),
      refused: error => this.refused(error),
    });
  }

  /** @throws XanthusError ALREADY_SUBSCRIBED: this subscription may lose messages, and the reader must not. */
  read<P>(from: StreamOptions['from'], live: boolean, policy: Policy = 'reliable'): StreamSubscription<P> {
    if (policy === 'reliable' && this.how.policy === 'lossy') throw failure('ALREADY_SUBSCRIBED', `${this.target} with this filter is subscribed to as lossy here.`, false);
    const need = needOf(from);
    const reader = new Reader({ consumed: () => this.#grant(), left: r => this.#left(r) }, need);
    reader.consumed = this.#handed;
    const first = this.#readers.size === 0;
    this.#readers.add(reader);
    if (first) {
      this.#start = need;
      if (live) this.#subscriber.open();
    } else this.#join(reader, need, live);
    reader.enter(this.#state);
    return reader as StreamSubscription<P>;
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
    // A reader that asks again later gets a feed of its own.
    this.hub.remove(this);
    for (const reader of this.#readers) reader.fail(error);
    this.#readers.clear();
  }

  /** Readers whose right went have been told; a right that comes back is a new subscription. */
  rights(): void {}

  dispose(): void {
    this.#subscriber.reset();
    this.#state = 'ended';
    for (const reader of this.#readers) reader.close();
  }

  message(data: unknown): void {
    if (this.#state !== 'catching_up' && this.#state !== 'live') return;
    const message = data as Exclude<StreamMessage, { redelivered: true }>;
    if (!('kind' in message)) this.#item(message);
    else if (message.kind === 'reset') this.#restarted(message.reason, message.epoch, message.from_seq);
    else if (message.kind === 'gap') this.#dropped(message.from, message.to);
    else if (message.kind !== 'in_sync' && message.kind !== 'position') return; // of a later version of the protocol
    else if (message.prev > this.#position && this.#position >= 0) this.#missing(message);
    else {
      this.#passed(message.seq);
      if (message.kind === 'in_sync') this.#enter('live');
    }
  }

  #handed = 0;

  #item(message: Extract<StreamMessage, { subject: string; prev: number }>): void {
    const { seq, prev, subject, time, payload } = message;
    if (this.#position >= 0) {
      if (seq <= this.#position) {
        this.#handed++;
        for (const reader of this.#readers) reader.consumed++;
        return;
      }
      if (prev > this.#position) return this.#missing(message);
    }
    this.#position = seq;
    this.#lastTime = time;
    this.#handed++;
    for (const reader of this.#readers) reader.push({ seq, subject, time, payload });
    if (this.how.credit !== undefined) this.#grant();
  }

  #missing({ prev, seq }: { readonly prev: number; readonly seq: number }): void {
    this.log?.warn({ stream: this.target, filter: this.pattern, position: this.#position, prev, seq }, 'messages are missing: asking for them again');
    this.#again();
  }

  #dropped(from: number, to: number): void {
    if (to <= this.#position) return;
    for (const reader of this.#readers) reader.dropped({ from: Math.max(from, this.#position + 1), to });
    this.#passed(to);
  }

  #passed(seq: number): void {
    if (seq <= this.#position) return;
    this.#position = seq;
    this.#lastTime = undefined;
    for (const reader of this.#readers) reader.passed(seq);
  }

  #accepted(reply: SubscribeReply): void {
    if (!('epoch' in reply)) return;
    const known = this.#epoch;
    const from = reply.from_seq ?? (reply.head_seq === undefined ? 0 : reply.head_seq + 1);
    if (reply.status === 'reset') this.#restarted(reply.reason, reply.epoch, from);
    else if (reply.status === 'subscribed' && known !== undefined && known !== reply.epoch) this.#restarted('epoch_changed', reply.epoch, from);
    else {
      if (reply.status === 'subscribed') {
        this.#position = from - 1;
        this.#lastTime = undefined;
        for (const reader of this.#readers) if (reader.start !== 'head') reader.startsAfter(from - 1);
      }
      // Also when others only go on: who joined them for what is new begins at the head of now.
      for (const reader of this.#readers) if (reader.start === 'head') reader.startsAfter(reply.head_seq ?? from - 1);
    }
    this.#epoch = reply.epoch;
    this.#enter('catching_up');
  }

  /** Begins again from the start that was asked for; the readers are told before they get anything. */
  #restarted(reason: ResetReason, epoch: string, from: number): void {
    this.#epoch = epoch;
    this.#position = from - 1;
    this.#lastTime = undefined;
    for (const reader of this.#readers) reader.restarted({ reason, from_seq: from });
    this.#enter('catching_up');
  }

  #join(reader: Reader, need: Need, live: boolean): void {
    if (need === 'head') {
      if (this.#state === 'live') reader.startsAfter(this.#position);
      else if (live) this.#again();
      return;
    }
    if ('seq' in need && this.#position >= 0 && need.seq > this.#position) return;
    // It needs what has passed already: once more from there. Readers that had it ignore it.
    this.#start = earliest([...this.#readers].map(r => r.need));
    this.#position = -1;
    if (live) this.#again();
  }

  #again(): void {
    this.#enter('subscribing');
    this.#subscriber.again();
  }

  #left(reader: Reader): void {
    if (!this.#readers.delete(reader) || this.#readers.size > 0 || this.#state === 'ended') return;
    this.#subscriber.reset();
    this.hub.tell(this.#unsubscribe);
    this.#state = 'ended';
    this.hub.remove(this);
  }

  #enter(state: SubscriptionState): void {
    this.#state = state;
    for (const reader of this.#readers) reader.enter(state);
  }

  #resume(): { last_seq?: number; last_time?: string; epoch?: string } {
    if (this.#position < 0 || this.#epoch === undefined) return {};
    return { last_seq: this.#position, epoch: this.#epoch, ...(this.#lastTime === undefined ? {} : { last_time: this.#lastTime }) };
  }

  /** Credit begins anew with each subscription; what lies unread is part of it. */
  #credit(): { credit?: number } {
    if (this.how.credit === undefined) return {};
    const unread = Math.max(0, ...[...this.#readers].map(r => r.unread));
    this.#granted = this.#handed - unread;
    return { credit: Math.max(1, this.how.credit - unread) };
  }

  #grant(): void {
    if (this.how.credit === undefined || this.#state === 'subscribing' || this.#state === 'ended') return;
    const n = Math.min(...[...this.#readers].map(r => r.consumed)) - this.#granted;
    if (n < Math.max(1, this.how.credit / 2)) return;
    this.#granted += n;
    this.hub.tell({ op: 'credit', target: this.target, data: { ...this.#filter, n } });
  }
}
