/** One `StreamSubscription`: the messages of a feed that this reader has not had, in the order of the stream. */
import type { SubscriptionState } from '@xanthus/proto';
import type { XanthusError } from './error.js';
import { tell, value } from './observable.js';
import type { StreamGap, StreamItem, StreamReset, StreamSubscription } from './types.js';

/** What a reader still needs: everything from a sequence on, from a time on, or from the head at the time of subscribing. */
export type Need = { readonly seq: number } | { readonly time: string } | 'head';

export interface ReaderOwner {
  /** Messages were consumed: credit may be given. */
  consumed(): void;
  left(reader: Reader): void;
}

type Step = { readonly item: StreamItem } | { readonly reset: StreamReset } | { readonly gap: StreamGap };

export class Reader implements StreamSubscription {
  readonly #state = value<SubscriptionState>('subscribing');
  readonly state = { get: this.#state.get, subscribe: this.#state.subscribe };
  /** Sequence up to which everything was put into the queue; -1: the start is not known yet. */
  received = -1;
  /** Messages taken out of the queue, or never put in because this reader does not want them. */
  consumed = 0;
  #position = -1;
  #queue: Step[] = [];
  #next = 0;
  #error: XanthusError | undefined;
  #done = false;
  #wake: (() => void) | undefined;
  readonly #onReset = new Set<{ readonly fn: (reset: StreamReset) => void }>();
  readonly #onGap = new Set<{ readonly fn: (gap: StreamGap) => void }>();

  constructor(private readonly owner: ReaderOwner, readonly start: Need) {
    if (typeof start === 'object' && 'seq' in start) this.received = this.#position = Math.max(0, start.seq - 1);
  }

  get position(): number {
    return this.#position;
  }

  get unread(): number {
    return this.#queue.length - this.#next;
  }

  /** What it would need if its feed began anew. */
  get need(): Need {
    return this.received >= 0 ? { seq: this.received + 1 } : this.start;
  }

  enter(state: SubscriptionState): void {
    if (!this.#done) this.#state.set(state);
  }

  /** The start that was asked for turned out to be this sequence. */
  startsAfter(seq: number): void {
    if (this.received >= 0) return;
    this.received = this.#position = seq;
  }

  /** @param again it may have been handed out before, and shall be once more */
  push(item: StreamItem, again = false): void {
    const early = typeof this.start === 'object' && 'time' in this.start && Date.parse(item.time) < Date.parse(this.start.time);
    if ((item.seq <= this.received && !again) || early) {
      this.received = Math.max(this.received, item.seq);
      this.consumed++;
      return;
    }
    this.received = Math.max(this.received, item.seq);
    this.#queue.push({ item });
    this.#wake?.();
  }

  /** Nothing of this reader's can lie at or before `seq` any more. */
  passed(seq: number): void {
    if (seq <= this.received) return;
    this.received = seq;
    if (this.unread === 0) this.#position = seq;
  }

  /** What lay in this range was dropped on the way; what this reader had of it already, it had. */
  dropped(gap: StreamGap): void {
    if (this.received < 0 || gap.to <= this.received) return;
    this.#queue.push({ gap: { from: Math.max(gap.from, this.received + 1), to: gap.to } });
    this.received = gap.to;
    this.#wake?.();
  }

  /** Forgets what lies unread: it comes again. */
  rewind(): void {
    this.#queue = this.#queue.slice(this.#next).filter(step => 'reset' in step);
    this.#next = 0;
    if (this.received >= 0) this.received = this.#position;
  }

  restarted(reset: StreamReset): void {
    this.received = reset.from_seq - 1;
    this.#queue.push({ reset });
    this.#wake?.();
  }

  fail(error: XanthusError): void {
    this.#error ??= error;
    this.#end();
  }

  onReset(fn: (reset: StreamReset) => void): () => void {
    const listener = { fn };
    this.#onReset.add(listener);
    return () => void this.#onReset.delete(listener);
  }

  onGap(fn: (gap: StreamGap) => void): () => void {
    const listener = { fn };
    this.#onGap.add(listener);
    return () => void this.#onGap.delete(listener);
  }

  close(): void {
    if (this.#done) return;
    this.#queue = [];
    this.#next = 0;
    this.#end();
    this.owner.left(this);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamItem, void, void> {
    try {
      for (;;) {
        const step = this.#take();
        if (step === undefined) {
          if (this.#error) throw this.#error;
          if (this.#done) return;
          await new Promise<void>(resolve => { this.#wake = resolve; });
          this.#wake = undefined;
        } else if ('reset' in step) {
          this.#position = step.reset.from_seq - 1;
          tell(this.#onReset, step.reset);
        } else if ('gap' in step) {
          this.#position = step.gap.to;
          tell(this.#onGap, step.gap);
        } else {
          this.#position = step.item.seq;
          this.consumed++;
          this.owner.consumed();
          yield step.item;
        }
      }
    } finally {
      // Leaving the loop early is a way to close.
      this.close();
    }
  }

  #take(): Step | undefined {
    const step = this.#queue[this.#next];
    if (step === undefined) return undefined;
    this.#next++;
    // Cut off what was read now and then: shift() of each would be quadratic for a long history.
    if (this.#next > 1_024 || this.#next === this.#queue.length) {
      this.#queue = this.#queue.slice(this.#next);
      this.#next = 0;
    }
    return step;
  }

  #end(): void {
    this.#done = true;
    this.#state.set('ended');
    this.#wake?.();
  }
}
