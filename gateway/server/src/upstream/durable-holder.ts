import { newId } from '@xanthus/kernel';
import type { GatewayCode } from '@xanthus/proto';
import type { DurableFeed } from '../fan-out/durable-feed.js';
import { consumerName, type Delivery, type DurableRef } from './durable-consumers.js';
import type { DurableAsk, DurableOpened, Durables } from './durables.js';

const RETRY_MS = 500;
/** How often after a start it is looked whether somebody else got what was meant for us, and how far apart, ms. */
const LOOKS = 5;
const LOOK_MS = 200;

export interface HolderOptions {
  readonly ask: DurableAsk;
  readonly feed: DurableFeed;
  /** Told once, if it ends otherwise than by `stop`. */
  onLost(code: GatewayCode, message: string): void;
}

/** One client's hold on a durable subscription: pulls for it, and begins again where what came is not what was sent. */
export class DurableHolder {
  readonly id = newId();
  private at: bigint | undefined;
  private rivalAt = 0n;
  private expected = 1;
  private pulling: { stop(): void } | undefined;
  private ended = false;
  private epoch: string | undefined;
  private looking: NodeJS.Timeout | undefined;

  constructor(private readonly durables: Durables, private readonly options: HolderOptions) {
    this.epoch = options.ask.epoch;
    durables.hold(this);
  }

  get ref(): DurableRef {
    return this.options.ask.ref;
  }

  /** Takes it over. `begin` starts the deliveries: after the answer to the client. */
  async open(): Promise<{ readonly opened: DurableOpened; begin(): void }> {
    const opened = await this.durables.open(this.options.ask, this.id);
    return { opened, begin: () => this.begin(opened) };
  }

  ask(count: number): void {
    this.pulling?.stop();
    this.pulling = this.durables.consumers.pull(this.ref, count, delivery => this.take(delivery), (end) => {
      this.pulling = undefined;
      if (end === 'over') this.options.feed.finished();
      else this.later(end === 'gone' ? () => this.reopen() : () => this.restart());
    });
  }

  /** Somebody else restarted the consumer at that time. */
  rival(at: bigint): void {
    if (at > this.rivalAt) this.rivalAt = at;
    if (this.at === undefined) return;
    if (at > this.at) this.lose('TAKEN_OVER', 'Another connection holds this durable subscription now.');
    else this.durables.claim(this, this.at);
  }

  /** What was asked for before the outage may be lost. */
  reconnected(): void {
    if (this.at === undefined) return;
    this.pulling?.stop();
    this.pulling = undefined;
    this.attempt(() => this.restart());
  }

  lose(code: GatewayCode, message: string): void {
    if (this.ended) return;
    this.stop();
    this.options.onLost(code, message);
  }

  stop(): void {
    this.ended = true;
    clearTimeout(this.looking);
    this.pulling?.stop();
    this.durables.leave(this);
  }

  private begin({ state, before, facts }: DurableOpened): void {
    if (this.ended) return;
    this.epoch = facts.epoch;
    this.at = state.at;
    this.durables.claim(this, state.at);
    if (this.rivalAt > state.at) return this.lose('TAKEN_OVER', 'Another connection holds this durable subscription now.');
    this.expected = 1;
    this.options.feed.start({ ...state, delivered: Math.max(before, state.delivered) });
    this.look();
  }

  /** Acknowledging one acknowledges all before it: a delivery that got lost on the way must not be passed over. */
  private take(delivery: Delivery): void {
    if (this.ended) return;
    if (delivery.count !== this.expected) {
      this.pulling?.stop();
      this.pulling = undefined;
      return this.attempt(() => this.restart());
    }
    this.expected++;
    this.options.feed.deliver(delivery);
  }

  private async restart(): Promise<void> {
    const known = await this.durables.consumers.find(this.ref);
    if (known === undefined) return this.reopen();
    const state = await this.durables.consumers.restart(this.ref);
    if (this.ended) return;
    this.expected = 1;
    if (this.at !== undefined) this.durables.claim(this, this.at);
    this.options.feed.start({ ...state, delivered: known.delivered });
    this.look();
  }

  /**
   * Whoever held it before may have asked for messages and hear of us too late: what was delivered to it after our restart would come again only when the time
   * to acknowledge is over. The consumer has counted it; twice in a row, while nothing comes to us, means that it is not on its way.
   */
  private look(left = LOOKS, missing?: number): void {
    clearTimeout(this.looking);
    if (left === 0) return;
    this.looking = setTimeout(() => this.attempt(async () => {
      const state = await this.durables.consumers.find(this.ref);
      if (this.ended || state === undefined) return;
      const expected = this.expected;
      if (state.count < expected) return this.look(left - 1);
      if (missing !== expected) return this.look(Math.max(left - 1, 1), expected);
      this.pulling?.stop();
      this.pulling = undefined;
      await this.restart();
    }), LOOK_MS).unref();
  }

  /** The consumer is gone and nobody deleted it on purpose: the stream is another one, or JetStream lost it. */
  private async reopen(): Promise<void> {
    const opened = await this.durables.open({ ...this.options.ask, epoch: this.epoch }, this.id);
    if (this.ended) return;
    if (opened.reason !== undefined) this.options.feed.reset({ reason: opened.reason, epoch: opened.facts.epoch, from_seq: opened.state.acknowledged + 1 });
    this.begin(opened);
  }

  private later(run: () => Promise<void>): void {
    setTimeout(() => this.attempt(run), RETRY_MS).unref();
  }

  private attempt(run: () => Promise<void>): void {
    if (this.ended) return;
    run().catch((error: unknown) => {
      this.durables.log.debug({ consumer: consumerName(this.ref), err: error }, 'a durable subscription waits for JetStream');
      this.later(run);
    });
  }
}
