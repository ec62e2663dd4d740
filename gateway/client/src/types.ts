/** The public shapes of the SDK. States are those of the protocol (`docs/gateway.md`). */
import type {
  CapabilityDocument, CapabilityRequest, CommandContract, ConnectionState, InputOf, OutputOf, Problem, QueryContract, ResetReason, SubscriptionState, ViewValue,
} from '@xanthus/proto';
import type { XanthusError } from './error.js';
import type { Observable } from './observable.js';

/** The part of a WebSocket that is used: the browser's, Node's (≥ 22) and `ws` all fit. */
export interface SocketLike {
  readonly readyState: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'message' | 'close' | 'error', fn: (event: never) => void): void;
}
export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

export interface Logger { debug(fields: object, text: string): void; info(fields: object, text: string): void; warn(fields: object, text: string): void }

export interface ConnectOptions {
  /** Base of the installation, `http(s)://…` or `ws(s)://…`; `/ws` is added. */
  readonly url: string;
  /**
   * An access token, or how to get a fresh one: asked before every connect and before the present one expires. A function that throws an error
   * with `retryable: false` (or `code: "AUTH_REQUIRED"`) ends the client; any other failure is tried again with backoff.
   */
  readonly token: string | (() => Promise<string>);
  /** Where the platform has none (Node 20): `import { WebSocket } from 'ws'`. */
  readonly WebSocket?: unknown;
  readonly log?: Logger;
  /** Gives up the first connect after so many ms with `UNAVAILABLE`; without it, it is tried for ever. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** So many commands and queries may wait for a connection; a further one rejects with `QUEUE_FULL`. Default 256. */
  readonly queue?: number;
}

export interface ConnectionStatus {
  readonly state: ConnectionState;
  /** When this state began, ms since 1970. */
  readonly since: number;
  /** While waiting for the next attempt: when it comes, ms since 1970. */
  readonly retry_at?: number;
  /** Why the connection is not live. */
  readonly reason?: Problem;
}

export interface StreamItem<P = unknown> { readonly seq: number; readonly subject: string; readonly time: string; readonly payload: P; /** Durable only: it may have been handed out before. */ readonly redelivered?: boolean }

export interface StreamReset { readonly reason: ResetReason; /** The first sequence that may follow. */ readonly from_seq: number }

export interface StreamOptions {
  /** Subject filter; everything of the stream that may be seen needs `>`. */
  readonly filter?: string;
  /** First sequence, `new` (default: only what comes from now on), or a time (ISO). */
  readonly from?: number | 'new' | { readonly time: string };
  /** At most so many messages are on their way or unread; the gateway stops reading ahead. */
  readonly credit?: number;
  /**
   * `lossy`: a reader that does not keep up is not disconnected; once in sync, what finds no room is dropped, and `onGap` says which sequences.
   * Default `reliable`. A reliable reader can't share the subscription of a lossy one: `ALREADY_SUBSCRIBED`. Durable ones are reliable.
   */
  readonly policy?: 'reliable' | 'lossy';
}

/** What was dropped under `lossy`: messages of the filter in this range, both ends included. */
export interface StreamGap { readonly from: number; readonly to: number }

/**
 * Iterate it once. Each message comes exactly once and in order, through any number of reconnects. The iteration ends at `close()` and
 * throws `XanthusError` when the right is refused or withdrawn (`DENIED`, `REVOKED`, …).
 */
export interface StreamSubscription<P = unknown> extends AsyncIterable<StreamItem<P>> {
  readonly state: Observable<SubscriptionState>;
  /** Sequence of the last message handed out; -1 before the start is known. */
  readonly position: number;
  /**
   * The history could not be continued: what was shown so far may have a hole or belong to an earlier incarnation. Called in order, between
   * the last message before and the first after.
   */
  onReset(fn: (reset: StreamReset) => void): () => void;
  /** `lossy` only; in order, like `onReset`. */
  onGap(fn: (gap: StreamGap) => void): () => void;
  close(): void;
}

/**
 * At least once: what was not acknowledged when the connection, the page or the program ended comes again, here or wherever this name is read next.
 * One reader per name: the latest wins, and the iteration of the former throws `TAKEN_OVER`.
 */
export interface DurableSubscription<P = unknown> extends StreamSubscription<P> {
  /** This message and all before it were dealt with; without a sequence, what was handed out last. */
  ack(seq?: number): void;
}

export interface BucketState<T> {
  /** A new map for each change, never mutated. */
  readonly entries: ReadonlyMap<string, ViewValue<T>>;
  /** All keys of the pattern as of `revision`, and live. */
  readonly in_sync: boolean;
  readonly revision: number;
  /** Since when `entries` may be behind (ms since 1970); null while in sync. */
  readonly stale_since: number | null;
  readonly state: SubscriptionState;
  /** Why it ended; it comes back by itself when the right does. */
  readonly error?: XanthusError;
}

/** One upstream subscription however many views of a bucket and pattern there are. */
export interface BucketView<T> extends Observable<BucketState<T>> {
  readonly error: XanthusError | undefined;
  /** Resolves at the first `in_sync`; rejects with `XanthusError` when the subscription is refused or closed before. */
  ready(): Promise<BucketState<T>>;
  close(): void;
}

export interface BucketOptions { /** Key pattern; default `>`. */ readonly pattern?: string }

export interface SubjectOptions {
  /**
   * When this client does not keep up: `reliable` (default) disconnects it, `lossy` drops signals, `latest` keeps the newest of each subject.
   * One subscription per pattern; where the others have a policy that loses and this one asks for `reliable`, `ALREADY_SUBSCRIBED` is thrown.
   */
  readonly policy?: 'reliable' | 'latest' | 'lossy';
  /** So many signals were dropped here. */
  onGap?(count: number): void;
}

export interface Signal { readonly subject: string; readonly payload: unknown }

export interface Subscription {
  readonly state: Observable<SubscriptionState>;
  readonly error: XanthusError | undefined;
  close(): void;
}

export interface AskOptions {
  /** The aggregate's or view's id; needed where the contract is `on: "id"`. */
  readonly id?: string;
  /** Default the connection's tenant. `xanthus` owns persons and sessions. */
  readonly tenant?: string;
  /** Longest wait for the answer, reconnects included, ms; default the contract's deadline and 2 s. */
  readonly timeout?: number;
  /** How long it may wait for a connection before it is sent, ms; `timeout` begins when it is sent. Default: `timeout` is for both. */
  readonly expiry?: number;
}
export interface CommandOptions extends AskOptions {
  /** Takes effect once per key; default a random one, kept over reconnects. Give your own to repeat a command safely after `TIMEOUT`. */
  readonly idempotencyKey?: string;
  /** Sequence of the last event of the thing that you know of: if it was changed since, nothing is done, `COMMAND.CHANGED`. */
  readonly expectedSeq?: number;
}

export interface Client {
  readonly tenant: string;
  readonly user: { readonly id: string; readonly name: string };
  readonly connection: Observable<ConnectionStatus>;
  readonly capabilities: Observable<CapabilityDocument>;
  /** The same rule as the gateway's, on the document that it sent last. To show or hide; the gateway decides. */
  can(request: CapabilityRequest): boolean;
  /** With `durable`, its position lives at the gateway under that name: acknowledge what was dealt with. `from` says where it begins if there is none yet. */
  stream<P = unknown>(name: string, options: StreamOptions & { readonly durable: string }): DurableSubscription<P>;
  stream<P = unknown>(name: string, options?: StreamOptions): StreamSubscription<P>;
  bucket<T>(name: string, options?: BucketOptions): BucketView<T>;
  /** Core NATS signals (`sig.…`): no history, nothing is repeated after a reconnect. */
  subject(pattern: string, fn: (signal: Signal) => void, options?: SubjectOptions): Subscription;
  /**
   * Sent when the connection is live, repeated with the same key after a reconnect, so that it takes effect once.
   * Without a connection it waits in a bounded queue.
   * @throws XanthusError the service's refusal; `TIMEOUT` sent and unanswered; `EXPIRED` no connection in time, never sent; `QUEUE_FULL` too many wait, never sent; `TOO_LARGE` more than the gateway reads, never sent; `UNAVAILABLE` the client was closed.
   */
  command<C extends CommandContract>(contract: C, input: InputOf<C>, options?: CommandOptions): Promise<OutputOf<C>>;
  query<C extends QueryContract>(contract: C, input: InputOf<C>, options?: AskOptions): Promise<OutputOf<C>>;
  /** Tries to connect at once instead of at `connection.get().retry_at`; does nothing unless it waits for that. */
  reconnectNow(): void;
  /** Ends everything: iterations finish, pending commands reject with `UNAVAILABLE`. */
  close(): void;
}
