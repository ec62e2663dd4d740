/** One core subscription (`sub`) and who listens to it. Signals have no history: what was sent while away is gone. */
import type { ClientFrame, SubscriptionState } from '@xanthus/proto';
import { createSubscriber, type Channel, type Hub, type Subscriber } from './channel.js';
import { failure, type XanthusError } from './error.js';
import { tell, value } from './observable.js';
import type { Signal, SubjectOptions, Subscription } from './types.js';

type Policy = NonNullable<SubjectOptions['policy']>;

export class SubjectFeed implements Channel {
  readonly pattern = '>';
  readonly #state = value<SubscriptionState>('subscribing');
  #error: XanthusError | undefined;
  readonly #listeners = new Set<{ readonly fn: (signal: Signal) => void; readonly gap: SubjectOptions['onGap'] }>();
  readonly #subscriber: Subscriber;
  readonly #unsubscribe: ClientFrame;

  constructor(private readonly hub: Hub, readonly target: string, private readonly policy: Policy, private readonly allowed: () => boolean) {
    this.#unsubscribe = { op: 'unsub', target };
    this.#subscriber = createSubscriber({
      hub,
      unsubscribe: this.#unsubscribe,
      frame: () => ({ op: 'sub', target, ...(policy === 'reliable' ? {} : { data: { policy } }) }),
      accepted: () => this.#state.set('live'),
      refused: error => this.refused(error),
    });
  }

  /** @throws XanthusError ALREADY_SUBSCRIBED: the others' subscription loses signals under pressure, and this one must not. */
  listen(fn: (signal: Signal) => void, { policy = 'reliable', onGap }: SubjectOptions = {}): Subscription {
    if (policy === 'reliable' && this.policy !== 'reliable') throw failure('ALREADY_SUBSCRIBED', `${this.target} is subscribed to as ${this.policy} here.`, false);
    const listener = { fn, gap: onGap };
    this.#listeners.add(listener);
    if (this.#state.get() === 'ended' && this.allowed()) this.#open();
    const subscription = {
      state: { get: this.#state.get, subscribe: this.#state.subscribe },
      close: () => {
        if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
        this.#subscriber.reset();
        if (this.#state.get() !== 'ended') this.hub.tell(this.#unsubscribe);
        this.#state.set('ended');
        this.hub.remove(this);
      },
    };
    return Object.defineProperty(subscription, 'error', { get: () => this.#error }) as Subscription;
  }

  up(): void {
    if (this.#state.get() === 'ended') return;
    this.#state.set('subscribing');
    this.#subscriber.open();
  }

  down(): void {
    this.#subscriber.reset();
    if (this.#state.get() !== 'ended') this.#state.set('subscribing');
  }

  refused(error: XanthusError): void {
    this.#subscriber.reset();
    this.#error = error;
    this.#state.set('ended');
  }

  rights(): void {
    const code = this.#error?.code;
    if (this.#state.get() !== 'ended' || (code !== 'DENIED' && code !== 'REVOKED') || !this.allowed()) return;
    this.#open();
  }

  #open(): void {
    this.#error = undefined;
    this.#state.set('subscribing');
    this.#subscriber.open();
  }

  message(data: unknown): void {
    const { subject, payload, kind, count = 0 } = data as { subject?: string; payload?: unknown; kind?: string; count?: number };
    if (kind === 'gap') tell(new Set([...this.#listeners].flatMap(({ gap }) => (gap ? [{ fn: gap }] : []))), count);
    if (kind !== undefined) return;
    tell(this.#listeners, { subject: subject ?? this.target, payload });
  }

  dispose(error: XanthusError): void {
    this.refused(error);
  }
}
