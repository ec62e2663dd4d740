import type { Socket } from 'node:net';
import { CLOSE_CODES, NO_CAPABILITIES, type CapabilityDocument, type CapabilityRequest, type ConnectionState, type Limits, type Problem } from '@xanthus/proto';
import { newId } from '@xanthus/kernel';
import type { WebSocket } from 'ws';
import { Outbox, SOCKET_BYTES } from '../fan-out/outbox.js';
import { encodeError, encodeFrame } from '../protocol/encode.js';
import { problem } from '../protocol/problem.js';
import { RateLimit } from './rate-limit.js';
import { Subscriptions } from './subscriptions.js';

/** Who is at the other end. */
export interface Principal {
  readonly kind: 'person' | 'credential';
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly tenantName: string;
  session: string;
  /** End of the access token, ms. */
  expires: number;
  /** The client was told that it is near, or it was from the beginning. */
  warned?: boolean;
}

/** One subscription of a connection. */
export interface Subscription {
  /** Target and filter: what makes it one of its own. */
  readonly key: string;
  /** Target as frames carry it: a subject, `kv:<bucket>` or `js:<stream>`. */
  readonly target: string;
  readonly filter?: string;
  /** Name of a durable subscription. */
  readonly durable?: string;
  /** The right that it needs, now and later. */
  readonly request: CapabilityRequest;
  /** How far it is behind the head while it catches up, in sequences; 0: it is live. */
  lag?(): number;
  /** Where a client would resume; only what left for the socket counts. */
  position?(): { readonly epoch: string; readonly at: number } | undefined;
  grant?(n: number): void;
  /** Everything up to this sequence was dealt with. */
  acknowledge?(seq: number): void;
  end(): void;
}

/** A client gets this long to close before its socket is destroyed, ms. */
const CLOSE_MS = 1_000;
/** Frames that break the protocol: how many at once, and how many are forgiven per second. */
const FAULTS = { burst: 100, perSecond: 1 };

/** Seconds of bytes that may come at once. */
const BYTES_BURST = 4;

export interface ConnectionHost {
  readonly limits: Required<Limits>;
  /** A connection has met a limit of its own. */
  limited(limit: keyof Limits): void;
  began(status: string, reason?: string): void;
  /** It has so many subscriptions more, or fewer. */
  subscribed(connection: Connection, change: number): void;
  now(): number;
  /** There is something to write. */
  dirty(connection: Connection): void;
  closed(connection: Connection): void;
}

/** One client: its socket, its queue, its subscriptions. What it may ask for is decided elsewhere. */
export class Connection {
  readonly id = newId();
  readonly outbox: Outbox;
  readonly subscriptions: Map<string, Subscription> = new Subscriptions(change => this.host.subscribed(this, change));
  readonly opened: number;
  state: ConnectionState = 'authenticating';
  principal: Principal | undefined;
  /** Access token of the cookie at the upgrade, until it is used or a first `auth` makes it void. */
  cookie: string | undefined;
  /** A token is being checked. Never rejects. */
  entering: Promise<void> | undefined;
  /** What is due when it has logged in. */
  onLive: (() => void) | undefined;
  heardAt: number;
  pingedAt: number;
  commands = 0;
  private readonly frames: RateLimit;
  private readonly bytesIn: RateLimit;
  private readonly bytesOut: RateLimit;
  /** It was sent as much as it may be for now. */
  private held = false;
  private readonly faults = new RateLimit(FAULTS.perSecond, FAULTS.burst);

  constructor(private readonly ws: WebSocket, private readonly socket: Socket, private readonly host: ConnectionHost, /** Where from; undefined: this machine. */ readonly address?: string) {
    const { limits } = host;
    this.opened = this.heardAt = this.pingedAt = host.now();
    this.frames = new RateLimit(limits.frames_per_second, limits.burst);
    this.bytesIn = new RateLimit(limits.bytes_in_per_second, limits.bytes_in_per_second * BYTES_BURST);
    this.bytesOut = new RateLimit(limits.bytes_out_per_second, limits.bytes_out_per_second);
    this.outbox = new Outbox(this, { bytes: limits.queue_bytes, frames: limits.queue_frames }, () => host.now(), () => host.dirty(this));
    socket.on('drain', this.drained);
    ws.once('close', () => this.gone());
  }

  /** Sink of the outbox. */
  write(frames: readonly Buffer[]): void {
    if (this.ws.readyState !== this.ws.OPEN) return;
    this.socket.cork();
    let bytes = 0;
    for (const frame of frames) {
      this.ws.send(frame, TEXT);
      bytes += frame.length;
    }
    this.socket.uncork();
    const wait = this.bytesOut.spend(this.host.now(), bytes);
    if (wait > 0) this.hold(wait);
  }
  /** A socket that was sent enough for now looks like one that takes nothing: its queue fills, and the rules for that hold. */
  pending(): number {
    return this.held ? Math.max(SOCKET_BYTES, this.socket.writableLength) : this.socket.writableLength;
  }

  get open(): boolean {
    return this.state === 'authenticating' || this.state === 'live' || this.state === 'draining';
  }

  /** One more frame from the client. @returns which limit it breaks by sending so fast */
  accept(bytes: number): 'frames_per_second' | 'bytes_in_per_second' | undefined {
    this.heardAt = this.host.now();
    const exceeded = !this.frames.take(this.heardAt) ? 'frames_per_second' : !this.bytesIn.take(this.heardAt, bytes) ? 'bytes_in_per_second' : undefined;
    if (exceeded !== undefined) this.host.limited(exceeded);
    return exceeded;
  }

  send(frame: Parameters<typeof encodeFrame>[0]): void {
    this.outbox.push(encodeFrame(frame));
  }
  refuse(what: Problem, at: { readonly inbox?: string | undefined; readonly target?: string | undefined } = {}): void {
    this.outbox.push(encodeError(what, at));
  }
  /** A frame that breaks the protocol. Too many of them end the connection; refusals by rights or services never do. */
  fault(what: Problem, at: { readonly inbox?: string | undefined; readonly target?: string | undefined } = {}): void {
    if (!this.faults.take(this.host.now())) return this.end(CLOSE_CODES.TOO_MANY_ERRORS, problem('RATE_LIMITED', 'Too many errors on this connection.'));
    this.refuse(what, at);
  }

  /** The full document; without one there are no rights. */
  sendCapabilities(document: (CapabilityDocument & { readonly revision?: number }) | undefined): void {
    this.send({ op: 'cap_update', data: document ?? { ...NO_CAPABILITIES, revision: 0 } });
  }

  /** A subscription has begun, or goes on, in this way. */
  began(status: string, reason?: string): void {
    this.host.began(status, reason);
  }
  drop(subscription: Subscription): void {
    if (this.subscriptions.get(subscription.key) !== subscription) return;
    this.subscriptions.delete(subscription.key);
    subscription.end();
  }

  /** The socket does not keep up: no data after this, only where to resume. */
  slow(): void {
    const positions = [...this.subscriptions.values()].flatMap((s) => {
      const position = s.position?.();
      return position === undefined ? [] : [{ target: s.target, ...(s.filter === undefined ? {} : { filter: s.filter }), ...position }];
    });
    this.outbox.close();
    this.end(CLOSE_CODES.SLOW_CONSUMER, problem('SLOW_CONSUMER', undefined, { positions }));
  }

  /** Says why, then closes; destroys the socket if that takes too long. */
  end(code: number, why: Problem, at: { readonly inbox?: string | undefined } = {}): void {
    if (!this.open) return;
    this.state = 'closed';
    for (const subscription of this.subscriptions.values()) subscription.end();
    this.subscriptions.clear();
    this.outbox.flush();
    this.outbox.close();
    if (this.ws.readyState === this.ws.OPEN) this.ws.send(encodeError(why, at), TEXT);
    this.ws.close(code, why.code);
    const timer = setTimeout(() => this.ws.terminate(), CLOSE_MS);
    timer.unref();
    this.ws.once('close', () => clearTimeout(timer));
    this.host.closed(this);
  }

  /** Is served until its slot comes, then ended by whoever drains. */
  drain(afterMs: number): void {
    if (this.state !== 'live') return;
    this.state = 'draining';
    this.send({ op: 'drain', data: { reconnect_after_ms: afterMs } });
  }

  ping(): void {
    this.pingedAt = this.host.now();
    if (this.ws.readyState === this.ws.OPEN) this.ws.ping();
  }
  terminate(): void {
    this.ws.terminate();
  }

  private hold(ms: number): void {
    if (this.held) return;
    this.held = true;
    this.host.limited('bytes_out_per_second');
    setTimeout(() => {
      this.held = false;
      this.outbox.drained();
    }, ms).unref();
  }

  private readonly drained = (): void => this.outbox.drained();

  private gone(): void {
    this.socket.off('drain', this.drained);
    if (this.state === 'closed') return;
    this.state = 'closed';
    for (const subscription of this.subscriptions.values()) subscription.end();
    this.subscriptions.clear();
    this.outbox.close();
    this.host.closed(this);
  }
}

const TEXT = { binary: false, fin: true } as const;
