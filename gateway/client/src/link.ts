/**
 * One connection that comes back by itself: token → socket → `auth` → `hello` + `cap_update` → live, and again after every loss.
 * It knows nothing of subscriptions and commands.
 */
import { mayReconnect, type CapabilityDocument, type ClientFrame, type HelloData, type Problem, type ServerFrame } from '@xanthus/proto';
import { asError, asTokenError, failure, XanthusError } from './error.js';
import { value, type Observable } from './observable.js';
import { createPacer, type Pacer } from './pacer.js';
import { discard, retryDelay, watchNetwork } from './socket.js';
import type { ConnectionStatus, Logger, SocketConstructor, SocketLike } from './types.js';

/** Not imported from proto: its value lives beside the schemas, which need zod. */
const SUB_PROTOCOL = 'xanthus.v1.json';
const AUTH = 'auth';
/** From opening the socket to `cap_update`; the gateway's own limit for authentication is the same. */
const CONNECT_MS = 10_000;
const PONG_MS = 10_000;
/** After an event that says that the network changed. */
const WAKE_PONG_MS = 2_000;
/** A connection that lived so long starts the backoff anew. */
const STABLE_MS = 5_000;
const TOKEN_RETRY_MS = 5_000;
/** However short the life of a token seems. */
const TOKEN_LEAST_MS = 5_000;
/** `setTimeout` takes no more than 2^31 − 1 ms. */
const LONGEST_MS = 2_147_483_647;

export interface LinkHandlers {
  /** Live: everything has to be subscribed and asked again. */
  up(): void;
  frame(frame: ServerFrame): void;
  capabilities(document: CapabilityDocument): void;
  /** No longer live; nothing sent before will be answered. */
  down(): void;
  /** For good. */
  ended(reason: XanthusError): void;
}

export interface LinkOptions {
  readonly url: string;
  readonly token: string | (() => Promise<string>);
  readonly WebSocket: SocketConstructor;
  readonly log?: Logger | undefined;
}

type Timer = ReturnType<typeof setTimeout> | undefined;

const LOST: Problem = { code: 'UNAVAILABLE', message: 'The connection was lost.', retryable: true };
const UNREACHED: Problem = { code: 'UNAVAILABLE', message: 'The server cannot be reached.', retryable: true };
const SILENT: Problem = { code: 'UNAVAILABLE', message: 'The gateway does not answer.', retryable: true };

export class Link {
  readonly status = value<ConnectionStatus>({ state: 'connecting', since: Date.now() });
  hello: HelloData | undefined;
  /** With which the gateway knows us now. */
  token: string | undefined;
  #socket: SocketLike | undefined;
  #pacer: Pacer | undefined;
  #attempt = 0;
  /** Names this attempt: an answer to a question of an earlier one is ignored. */
  #round = 0;
  #greeted = false;
  #live = false;
  #liveSince = 0;
  #heardAt = 0;
  /** Why the gateway is about to close, or why the last attempt failed. */
  #reason: Problem | undefined;
  /** Clock of the gateway minus ours, ms: the clocks of people are minutes wrong. 0 until it said its time. */
  #skew = 0;
  #expires: string | undefined;
  /** A fresh token was already tried after AUTH_EXPIRED. */
  #renewed = false;
  #retryTimer: Timer;
  #connectTimer: Timer;
  #idleTimer: Timer;
  #pongTimer: Timer;
  #tokenTimer: Timer;
  #drainTimer: Timer;
  readonly #stopWatching: () => void;

  constructor(private readonly options: LinkOptions, private readonly handlers: LinkHandlers) {
    this.#stopWatching = watchNetwork(() => this.#wake());
  }

  get connection(): Observable<ConnectionStatus> {
    return this.status;
  }

  /** False: not live, nothing was sent. */
  send(frame: ClientFrame): boolean {
    if (!this.#live || !this.#pacer) return false;
    const text = JSON.stringify(frame);
    if (this.#fits(text)) this.#pacer.send(text);
    // The gateway could not say whose frame it refused: it does not read it.
    else queueMicrotask(() => this.handlers.frame({ op: 'error', ...(frame.inbox === undefined ? {} : { inbox: frame.inbox }), data: failure('TOO_LARGE', 'The gateway takes no frame of this size.', false, { max: this.hello?.limits.frame_bytes }) }));
    return true;
  }

  start(): void {
    void this.#connect();
  }

  /** Ends the wait for the next attempt; nothing where none is waited for. */
  reconnectNow(): void {
    if (this.#retryTimer === undefined) return;
    clearTimeout(this.#retryTimer);
    void this.#connect();
  }

  close(reason: XanthusError = failure('UNAVAILABLE', 'The client was closed.', false)): void {
    if (this.status.get().state === 'closed') return;
    this.#drop();
    clearTimeout(this.#retryTimer);
    this.#stopWatching();
    this.#enter('closed', { reason });
    this.handlers.ended(reason);
  }

  #fits(text: string): boolean {
    const most = this.hello?.limits.frame_bytes ?? Infinity;
    return text.length * 3 <= most || new TextEncoder().encode(text).length <= most;
  }

  #enter(state: ConnectionStatus['state'], more: { retry_at?: number; reason?: Problem | undefined } = {}): void {
    const { reason, ...rest } = more;
    const problem = reason && { code: reason.code, message: reason.message, retryable: reason.retryable, ...(reason.details === undefined ? {} : { details: reason.details }) };
    const before = this.status.get();
    this.status.set({ state, since: before.state === state ? before.since : Date.now(), ...rest, ...(problem ? { reason: problem } : {}) });
  }

  async #connect(): Promise<void> {
    const round = ++this.#round;
    this.#retryTimer = undefined;
    this.#enter('connecting', { reason: this.#reason });
    let token: string;
    try {
      token = await this.#token();
    } catch (error) {
      if (round === this.#round) this.#failed(error);
      return;
    }
    if (round !== this.#round || this.status.get().state === 'closed') return;
    this.token = token;
    let socket: SocketLike;
    try {
      socket = new this.options.WebSocket(this.options.url, [SUB_PROTOCOL]);
    } catch (error) {
      // A URL that this page may not open (mixed content): no later attempt will differ.
      this.close(failure('UNAVAILABLE', `cannot open ${this.options.url}: ${String(error)}`, false));
      return;
    }
    this.#socket = socket;
    this.#greeted = false;
    this.#connectTimer = setTimeout(() => this.#lost(SILENT), CONNECT_MS);
    const on = <E>(type: 'open' | 'message' | 'close' | 'error', fn: (event: E) => void): void =>
      socket.addEventListener(type, (event: E) => { if (this.#socket === socket) fn(event); });
    on('open', () => {
      this.#enter('authenticating', { reason: this.#reason });
      this.#heardAt = Date.now();
      socket.send(JSON.stringify({ op: 'auth', inbox: AUTH, data: { token } }));
    });
    on('message', (event: { data: unknown }) => this.#read(event.data));
    // The close that follows says all there is to say; `ws` would throw an error that nobody listens to.
    on('error', () => {});
    on('close', (event: { code: number }) => this.#closed(event.code));
  }

  #token(): Promise<string> {
    const { token } = this.options;
    return typeof token === 'string' ? Promise.resolve(token) : Promise.resolve().then(token);
  }

  #failed(error: unknown): void {
    const problem = asTokenError(error);
    if (!problem.retryable) this.close(problem);
    else this.#retry(problem);
  }

  #read(data: unknown): void {
    this.#heardAt = Date.now();
    clearTimeout(this.#pongTimer);
    this.#pongTimer = undefined;
    const socket = this.#socket;
    try {
      const frames = JSON.parse(String(data)) as ServerFrame | ServerFrame[];
      for (const frame of Array.isArray(frames) ? frames : [frames]) {
        // A frame may end the connection; what follows it in the batch is then void.
        if (this.#socket !== socket) return;
        this.#handle(frame);
      }
    } catch (error) {
      // Half of a frame may have taken effect; a new connection begins with what is known for certain.
      this.options.log?.warn({ error: String(error) }, 'a frame of the gateway could not be read');
      if (this.#socket === socket) this.#lost({ code: 'BAD_FRAME', message: 'The gateway sent something that is no frame.', retryable: true });
    }
  }

  #handle(frame: ServerFrame): void {
    if (frame.op === 'hello') return this.#greet(frame.data as HelloData);
    if (frame.op === 'cap_update') return this.#rights(frame.data as CapabilityDocument);
    if (frame.op === 'drain') return this.#drain((frame.data as { reconnect_after_ms?: number } | undefined)?.reconnect_after_ms ?? 0);
    if (frame.op === 'auth_expiring') return typeof this.options.token === 'string' ? undefined : void this.#renew();
    if (frame.op === 'pong') return this.#compareClocks((frame as { time?: unknown }).time);
    if (frame.inbox === AUTH) {
      if (frame.op === 'reply') this.#armToken((frame.data as { expires_at?: string } | undefined)?.expires_at);
      else if (frame.op === 'error') this.#reason = asError(frame.data);
      return;
    }
    // Without a target and an inbox an error is about the connection: the close follows.
    if (frame.op === 'error' && frame.target === undefined && frame.inbox === undefined) this.#reason = asError(frame.data);
    else if (this.#live) this.handlers.frame(frame);
  }

  #greet(hello: HelloData): void {
    if (this.hello && (this.hello.user.id !== hello.user.id || this.hello.tenant.id !== hello.tenant.id)) {
      this.close(failure('AUTH_REQUIRED', 'The session now belongs to someone else; reload.', false));
      return;
    }
    this.hello = hello;
    this.#greeted = true;
    const socket = this.#socket;
    // A socket that the gateway is closing takes nothing; browsers complain in the console. What is lost is asked again when live.
    this.#pacer = createPacer(text => { if (socket?.readyState === 1) socket.send(text); }, hello.limits);
    this.#armToken(hello.expires_at);
    // The answer has the gateway's time; without a token to renew nobody needs it.
    if (typeof this.options.token === 'function') this.#pacer.send(JSON.stringify({ op: 'ping' }));
  }

  #compareClocks(time: unknown): void {
    const skew = typeof time === 'string' ? Date.parse(time) - Date.now() : Number.NaN;
    // Less than that is the way of the frame, and moves nothing.
    if (!(Math.abs(skew - this.#skew) > 1_000)) return;
    this.#skew = skew;
    this.#armToken(this.#expires);
  }

  #rights(document: CapabilityDocument): void {
    this.handlers.capabilities(document);
    if (!this.#greeted || this.#live) return;
    clearTimeout(this.#connectTimer);
    this.#live = true;
    this.#liveSince = Date.now();
    this.#reason = undefined;
    this.#renewed = false;
    this.#enter('live');
    this.#armIdle();
    this.handlers.up();
  }

  #drain(after: number): void {
    if (this.#drainTimer !== undefined) return;
    this.#reason = { code: 'DRAINING', message: 'This gateway is going away.', retryable: true };
    this.#enter('draining', { retry_at: Date.now() + after, reason: this.#reason });
    // The slots of all clients are spread by the gateway: no jitter on top.
    this.#drainTimer = setTimeout(() => { this.#leave(); void this.#connect(); }, after);
  }

  #closed(code: number): void {
    // A socket that never opened says nothing about why an earlier one was closed, nor that about this one.
    const reason = this.status.get().state === 'connecting' ? UNREACHED : this.#reason ?? LOST;
    // The range decides. The one exception: a token that ran out (a laptop slept) is no reason to give up while a fresh one can be had.
    const renewable = reason.code === 'AUTH_EXPIRED' && typeof this.options.token === 'function' && !this.#renewed;
    if (renewable) this.#renewed = true;
    if (mayReconnect(code) || renewable) this.#lost(reason);
    else this.close(reason === LOST ? failure('AUTH_REQUIRED', `The gateway closed the connection (${code}).`, false) : new XanthusError(reason));
  }

  #lost(reason: Problem): void {
    this.#reason = reason;
    const draining = this.status.get().state === 'draining';
    this.#leave();
    if (draining) void this.#connect();
    else this.#retry(reason);
  }

  #retry(reason: Problem): void {
    const delay = retryDelay(this.#attempt++);
    this.#reason = reason;
    this.options.log?.debug({ reason, delay }, 'connection lost, will retry');
    this.#enter('connecting', { retry_at: Date.now() + delay, reason });
    this.#retryTimer = setTimeout(() => void this.#connect(), delay);
  }

  /** Drops the socket and tells who was told that it was live. */
  #leave(): void {
    const wasLive = this.#live;
    if (wasLive && Date.now() - this.#liveSince >= STABLE_MS) this.#attempt = 0;
    this.#drop();
    if (wasLive) this.handlers.down();
  }

  #drop(): void {
    this.#round++;
    this.#live = false;
    for (const timer of [this.#connectTimer, this.#idleTimer, this.#pongTimer, this.#tokenTimer, this.#drainTimer]) clearTimeout(timer);
    this.#connectTimer = this.#idleTimer = this.#pongTimer = this.#tokenTimer = this.#drainTimer = undefined;
    this.#pacer?.stop();
    this.#pacer = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) discard(socket);
  }

  #armIdle(): void {
    const interval = this.hello?.ping_interval_ms ?? 25_000;
    const check = (): void => {
      if (Date.now() - this.#heardAt >= interval) this.#probe(PONG_MS);
      this.#idleTimer = setTimeout(check, Math.max(1_000, interval - (Date.now() - this.#heardAt)));
    };
    this.#idleTimer = setTimeout(check, interval);
  }

  /** Is the other end still there? Any frame is an answer. */
  #probe(within: number): void {
    if (this.#pongTimer !== undefined || !this.#live) return;
    this.#pongTimer = setTimeout(() => this.#lost(SILENT), within);
    this.send({ op: 'ping' });
  }

  #wake(): void {
    if (this.#live) this.#probe(WAKE_PONG_MS);
    else this.reconnectNow();
  }

  /** A fresh token when four fifths of what is left of this one's life are over. */
  #armToken(expires: string | undefined): void {
    clearTimeout(this.#tokenTimer);
    this.#tokenTimer = undefined;
    this.#expires = expires;
    if (expires === undefined || typeof this.options.token === 'string') return;
    const left = Date.parse(expires) - Date.now() - this.#skew;
    if (Number.isFinite(left)) this.#tokenTimer = setTimeout(() => void this.#renew(), Math.min(LONGEST_MS, Math.max(TOKEN_LEAST_MS, left * 0.8)));
  }

  async #renew(): Promise<void> {
    const round = this.#round;
    try {
      const token = await this.#token();
      if (round !== this.#round) return;
      this.token = token;
      this.send({ op: 'auth', inbox: AUTH, data: { token } });
    } catch (error) {
      if (round !== this.#round) return;
      const problem = asTokenError(error);
      if (!problem.retryable) this.close(problem);
      else this.#tokenTimer = setTimeout(() => void this.#renew(), TOKEN_RETRY_MS);
    }
  }
}
