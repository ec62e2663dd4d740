/** One `kv_sub` and its views: a snapshot of the keys of a pattern, then every change. */
import type { ClientFrame, KvChange, SubscribeReply, ViewValue } from '@xanthus/proto';
import { createSubscriber, type Channel, type Hub, type Subscriber } from './channel.js';
import { failure, type XanthusError } from './error.js';
import { tell } from './observable.js';
import type { BucketState, BucketView } from './types.js';

/** A page that is left and entered again finds its data still there. */
const LINGER_MS = 2_000;

const KINDS: ReadonlySet<string> = new Set<KvChange['kind']>(['put', 'del', 'purge', 'in_sync', 'position', 'reset']);

type Entries = Map<string, ViewValue<unknown>>;

export class BucketFeed implements Channel {
  readonly target: string;
  #entries: Entries = new Map();
  /** A snapshot that is coming in: shown when it is complete. */
  #staging: Entries | undefined;
  #epoch: string | undefined;
  /** Revision of the last message of this subscription; 0 where a whole snapshot begins. */
  #revision = 0;
  /** What was shown is complete as of this revision, so that only what changed since has to come. */
  #resume: { readonly revision: number; readonly epoch: string } | undefined;
  #state: BucketState<unknown>['state'] = 'subscribing';
  #inSync = false;
  #staleSince: number | null = Date.now();
  #error: XanthusError | undefined;
  #shown: BucketState<unknown> | undefined;
  #views = 0;
  #linger: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<{ readonly fn: (state: BucketState<unknown>) => void }>();
  readonly #subscriber: Subscriber;
  readonly #unsubscribe: ClientFrame;

  constructor(private readonly hub: Hub, readonly bucket: string, readonly pattern: string, private readonly allowed: () => boolean) {
    this.target = `kv:${bucket}`;
    const given = pattern === '>' ? {} : { pattern };
    this.#unsubscribe = { op: 'unsub', target: this.target, ...(pattern === '>' ? {} : { data: given }) };
    this.#subscriber = createSubscriber({
      hub,
      unsubscribe: this.#unsubscribe,
      frame: () => ({ op: 'kv_sub', target: bucket, data: { ...given, ...(this.#resume ? { last_revision: this.#resume.revision, epoch: this.#resume.epoch } : {}) } }),
      accepted: data => this.#accepted(data as SubscribeReply),
      refused: error => this.refused(error),
    });
  }

  view<T>(): BucketView<T> {
    this.#views++;
    clearTimeout(this.#linger);
    // Too many subscriptions and the like: who asks anew may have more luck.
    if (this.#state === 'ended' && this.allowed()) this.#open();
    let open = true;
    const get = (): BucketState<T> => this.#snapshot() as BucketState<T>;
    const subscribe = (fn: (state: BucketState<T>) => void): (() => void) => {
      const listener = { fn: fn as (state: BucketState<unknown>) => void };
      this.#listeners.add(listener);
      return () => void this.#listeners.delete(listener);
    };
    const view = {
      get,
      subscribe,
      ready: () => this.#ready(get, subscribe),
      close: () => {
        if (!open) return;
        open = false;
        this.#left();
      },
    };
    return Object.defineProperty(view, 'error', { get: () => this.#error }) as BucketView<T>;
  }

  up(): void {
    if (this.#state !== 'ended') this.#open();
  }

  down(): void {
    this.#subscriber.reset();
    if (this.#state === 'ended') return;
    this.#staging = undefined;
    this.#stale('subscribing');
  }

  refused(error: XanthusError): void {
    this.#subscriber.reset();
    this.#error = error;
    this.#resume = undefined;
    // Nothing of what may no longer be seen stays in reach.
    this.#entries = new Map();
    this.#staging = undefined;
    this.#stale('ended');
    this.#show();
  }

  rights(): void {
    const code = this.#error?.code;
    if (this.#state === 'ended' && (code === 'DENIED' || code === 'REVOKED') && this.allowed()) this.#open();
  }

  flush(): void {
    this.#show();
  }

  message(data: unknown): void {
    // What comes before the answer belongs to an earlier subscription.
    if (this.#state !== 'catching_up' && this.#state !== 'live') return;
    const change = data as KvChange;
    if (!KINDS.has(change.kind)) return; // of a later version of the protocol
    if (change.kind === 'reset') return this.#restart(change.epoch);
    if (change.kind !== 'in_sync' && change.revision <= this.#revision) return;
    // Snapshots too come in the order of revisions, and what is skipped under pressure is skipped by `prev` as well.
    if (change.prev > this.#revision) return this.#again();
    if (change.kind === 'in_sync') return this.#synced(change.revision);
    if (change.kind === 'position') return this.#moved(change.revision);
    const entries = this.#staging ?? this.#entries;
    if (change.kind === 'put') entries.set(change.key, change.value as ViewValue<unknown>);
    else entries.delete(change.key);
    this.#moved(change.revision);
    if (!this.#staging) this.#dirty();
  }

  #open(): void {
    this.#error = undefined;
    this.#stale('subscribing');
    this.#subscriber.open();
  }

  /** A change is missing: a bug of the gateway. What was seen before it stands. */
  #again(): void {
    this.#staging = undefined;
    this.#stale('subscribing');
    this.#subscriber.again();
  }

  #accepted(reply: SubscribeReply): void {
    if (reply.status === 'resumed') {
      this.#epoch = reply.epoch;
      this.#revision = this.#resume?.revision ?? 0;
      this.#stale('catching_up');
    } else this.#restart('epoch' in reply ? reply.epoch : undefined);
  }

  /** A full snapshot follows. What was shown stays, marked as stale, until it is complete. */
  #restart(epoch: string | undefined): void {
    this.#epoch = epoch;
    this.#resume = undefined;
    this.#staging = new Map();
    this.#revision = 0;
    this.#stale('catching_up');
  }

  #synced(revision: number): void {
    if (this.#staging) this.#entries = this.#staging;
    this.#staging = undefined;
    this.#state = 'live';
    this.#inSync = true;
    this.#staleSince = null;
    this.#moved(revision);
    this.#dirty();
  }

  #moved(revision: number): void {
    this.#revision = Math.max(this.#revision, revision);
    // Half a snapshot is nothing to go on from.
    if (this.#epoch !== undefined && !this.#staging) this.#resume = { revision: this.#revision, epoch: this.#epoch };
  }

  #stale(state: BucketState<unknown>['state']): void {
    this.#state = state;
    this.#inSync = false;
    this.#staleSince ??= Date.now();
    this.#dirty();
  }

  #dirty(): void {
    this.#shown = undefined;
    this.hub.touched(this);
  }

  /** Made once per change and asked for by whoever looks: nobody pays for a map that nobody sees. */
  #snapshot(): BucketState<unknown> {
    this.#shown ??= {
      entries: new Map(this.#entries),
      in_sync: this.#inSync, revision: this.#revision, stale_since: this.#staleSince, state: this.#state, ...(this.#error ? { error: this.#error } : {}),
    };
    return this.#shown;
  }

  #show(): void {
    if (this.#listeners.size === 0) return;
    tell(this.#listeners, this.#snapshot());
  }

  #ready<T>(get: () => BucketState<T>, subscribe: (fn: (state: BucketState<T>) => void) => () => void): Promise<BucketState<T>> {
    return new Promise((resolve, reject) => {
      const settle = (state: BucketState<T>): boolean => {
        if (state.in_sync) resolve(state);
        else if (state.state === 'ended') reject(state.error ?? failure('UNAVAILABLE', 'The subscription has ended.', false));
        else return false;
        return true;
      };
      if (settle(get())) return;
      const stop = subscribe(state => { if (settle(state)) stop(); });
    });
  }

  #left(): void {
    if (--this.#views > 0) return;
    this.#linger = setTimeout(() => {
      this.#subscriber.reset();
      if (this.#state !== 'ended') this.hub.tell(this.#unsubscribe);
      this.#state = 'ended';
      this.hub.remove(this);
    }, LINGER_MS);
  }

  dispose(error: XanthusError): void {
    clearTimeout(this.#linger);
    this.refused(error);
  }
}
