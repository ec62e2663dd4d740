import { allows, CLOSE_CODES, CONNECTION_STATES, type CapabilityDocument, type ConnectionState, type Limits } from '@xanthus/proto';
import type { Channel } from '../fan-out/channel.js';
import { problem } from '../protocol/problem.js';
import type { Connection, ConnectionHost, Subscription } from './connection.js';
import { Quotas, type Quota } from './quotas.js';
import { TimerWheel } from './timer-wheel.js';

export interface HubOptions {
  readonly limits: Required<Limits>;
  readonly quota: Quota;
  /** A limit was met. */
  onLimit?(limit: keyof Limits): void;
  /** A subscription began: `subscribed`, `resumed`, or `reset` with its reason. */
  onBegan?(status: string, reason?: string): void;
  readonly authMs: number;
  readonly pingMs: number;
  /** NATS is away, or was a moment ago: nobody can get a fresh token, and an expired one opens nothing. */
  outage(): boolean;
  /** Everything followed now, for the heartbeats of positions. */
  channels(): readonly Channel[];
}

/** Bytes queued, in all and for the connection with most; subscriptions that are behind, and how far the last one is. */
export interface Load { readonly queued: number; readonly longest: number; readonly behind: number; readonly lag: number }

/** How long a queue may be full, and how long a socket may take nothing, ms. */
const FULL_MS = 250;
const BLOCKED_MS = 10_000;
const PRESSURE_TICK = 50;
const TICK = 1_000;
/** After a ping a peer has this long to show any life, ms. */
const PONG_MS = 10_000;
const POSITION_MS = 20_000;
/** A client is told so long before its token ends, ms. */
const EXPIRING_MS = 60_000;

/** All connections of this gateway: one timer wheel for all, one flush per turn of the event loop, rights withdrawn live. */
export class Hub implements ConnectionHost {
  readonly connections = new Set<Connection>();
  slow = 0;
  /** What is shared by several connections, counted. */
  readonly quotas: Quotas;
  subscriptions = 0;
  private readonly principals = new Map<string, Set<Connection>>();
  private readonly dirtyOnes = new Set<Connection>();
  private readonly pressed = new Set<Connection>();
  private readonly wheel = new TimerWheel<Connection>();
  private ticked = this.now();
  private readonly timers: NodeJS.Timeout[];
  private flushing = false;

  constructor(private readonly options: HubOptions) {
    this.quotas = new Quotas(options.quota, () => this.now());
    this.timers = [
      setInterval(() => this.relieve(), PRESSURE_TICK),
      setInterval(() => this.tick(), TICK),
      setInterval(() => this.heartbeat(), POSITION_MS),
    ];
    for (const timer of this.timers) timer.unref();
  }

  get limits(): Required<Limits> {
    return this.options.limits;
  }
  now(): number {
    return performance.now();
  }

  add(connection: Connection): void {
    this.connections.add(connection);
    this.quotas.opened(connection);
    this.wheel.schedule(connection, 1);
  }
  limited(limit: keyof Limits): void {
    this.options.onLimit?.(limit);
  }
  began(status: string, reason?: string): void {
    this.options.onBegan?.(status, reason);
  }
  subscribed({ principal }: Connection, change: number): void {
    this.subscriptions += change;
    if (principal !== undefined) this.quotas.subscribed(principal, change);
  }

  /** It is known now who it is. */
  identified(connection: Connection): void {
    const key = keyOf(connection);
    if (key === undefined) return;
    const same = this.principals.get(key) ?? new Set();
    this.principals.set(key, same.add(connection));
    if (connection.principal !== undefined) this.quotas.identified(connection, connection.principal);
    this.renewed(connection);
  }

  /** Its token is another one. */
  renewed(connection: Connection): void {
    const { principal } = connection;
    if (principal !== undefined) principal.warned = principal.expires - Date.now() <= EXPIRING_MS;
    this.wheel.schedule(connection, 1);
  }

  dirty(connection: Connection): void {
    this.dirtyOnes.add(connection);
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(() => this.flush());
  }

  closed(connection: Connection): void {
    if (this.connections.delete(connection)) this.quotas.closed(connection);
    this.dirtyOnes.delete(connection);
    this.pressed.delete(connection);
    this.wheel.cancel(connection);
    const key = keyOf(connection);
    const same = key === undefined ? undefined : this.principals.get(key);
    same?.delete(connection);
    if (key !== undefined && same?.size === 0) this.principals.delete(key);
  }

  /** The rights of somebody changed: what is no longer allowed ends now, what is queued of it is dropped, then the client is told. */
  rightsChanged(tenant: string, principal: string, document: CapabilityDocument | undefined): void {
    for (const connection of this.principals.get(`${tenant} ${principal}`) ?? []) {
      for (const subscription of connection.subscriptions.values()) {
        if (document !== undefined && allows(document, subscription.request)) continue;
        connection.drop(subscription);
        connection.outbox.push(revoked(subscription));
      }
      connection.sendCapabilities(document);
      connection.outbox.flush();
    }
  }

  sessionEnded(session: string): void {
    for (const connection of this.connections) {
      if (connection.principal?.session === session) connection.end(CLOSE_CODES.REVOKED, problem('REVOKED', 'This session has ended.'));
    }
  }

  /** Says something to everyone who is logged in. */
  broadcast(tell: (connection: Connection) => void): void {
    for (const connection of this.connections) if (connection.state === 'live' || connection.state === 'draining') tell(connection);
  }

  /** What is queued and how far subscriptions are behind, for metrics. */
  load(): Load {
    let [queued, longest, behind, lag] = [0, 0, 0, 0];
    for (const { outbox, subscriptions } of this.connections) {
      queued += outbox.size.bytes;
      longest = Math.max(longest, outbox.size.bytes);
      for (const subscription of subscriptions.values()) {
        const own = subscription.lag?.() ?? 0;
        if (own > 0) behind++;
        lag = Math.max(lag, own);
      }
    }
    return { queued, longest, behind, lag };
  }

  /** How many connections are in each state. */
  states(): Record<ConnectionState, number> {
    const counted = Object.fromEntries(CONNECTION_STATES.map(state => [state, 0])) as Record<ConnectionState, number>;
    for (const { state } of this.connections) counted[state]++;
    return counted;
  }

  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
    for (const connection of this.connections) connection.end(CLOSE_CODES.GOING_AWAY, problem('DRAINING'));
  }

  private flush(): void {
    this.flushing = false;
    const turn = [...this.dirtyOnes];
    this.dirtyOnes.clear();
    for (const connection of turn) {
      const { outbox } = connection;
      outbox.flush();
      if (outbox.overflown()) this.giveUp(connection);
      else if (outbox.fullSince !== 0 || outbox.blockedSince !== 0) this.pressed.add(connection);
    }
  }

  /** When this process itself stood still, it has not heard yet what the sockets took meanwhile: so nobody is slow before they were asked once more. */
  private relieve(): void {
    for (const connection of this.pressed) {
      const { fullSince, blockedSince } = connection.outbox;
      if (fullSince === 0 && blockedSince === 0) this.pressed.delete(connection);
    }
    const late = [...this.pressed].filter(connection => this.isLate(connection));
    if (late.length > 0) setImmediate(() => late.filter(c => this.pressed.has(c) && this.isLate(c)).forEach(c => this.giveUp(c)));
  }
  private isLate({ outbox: { fullSince, blockedSince } }: Connection): boolean {
    const now = this.now();
    return (fullSince !== 0 && now - fullSince >= FULL_MS) || (blockedSince !== 0 && now - blockedSince >= BLOCKED_MS);
  }

  private giveUp(connection: Connection): void {
    this.slow++;
    this.pressed.delete(connection);
    connection.slow();
  }

  private tick(): void {
    for (const now = this.now(); this.ticked + TICK <= now; this.ticked += TICK) {
      for (const connection of this.wheel.advance()) this.visit(connection);
    }
  }

  /** Does what is due for one connection, and looks again when the next thing may be. */
  private visit(connection: Connection): void {
    const now = this.now();
    const { authMs, pingMs } = this.options;
    if (connection.state === 'authenticating' && now - connection.opened >= authMs) return connection.end(CLOSE_CODES.AUTH_REQUIRED, problem('AUTH_REQUIRED', 'No access token came in time.'));
    const left = this.tokenLeft(connection);
    if (left <= 0 && !this.options.outage()) return connection.end(CLOSE_CODES.AUTH_REQUIRED, problem('AUTH_EXPIRED'));
    if (now - connection.heardAt >= pingMs + PONG_MS) return connection.terminate();
    if (now - Math.max(connection.heardAt, connection.pingedAt) >= pingMs) connection.ping();
    const dead = connection.heardAt + pingMs + PONG_MS;
    const ping = Math.max(connection.heardAt, connection.pingedAt) + pingMs;
    const login = connection.state === 'authenticating' ? connection.opened + authMs : Number.POSITIVE_INFINITY;
    this.wheel.schedule(connection, (Math.min(dead, ping, login, now + left) - now) / TICK);
  }

  /** ms until something is to be done about the token; tells the client a minute before its end, if it was not that near from the beginning. */
  private tokenLeft(connection: Connection): number {
    const { principal } = connection;
    if (principal === undefined) return Number.POSITIVE_INFINITY;
    const left = principal.expires - Date.now();
    if (!principal.warned && left <= EXPIRING_MS) {
      principal.warned = true;
      connection.send({ op: 'auth_expiring', data: { expires_at: new Date(principal.expires).toISOString() } });
    }
    return principal.warned ? left : left - EXPIRING_MS;
  }

  private heartbeat(): void {
    for (const channel of this.options.channels()) channel.heartbeat();
  }
}

const keyOf = ({ principal }: Connection): string | undefined => (principal === undefined ? undefined : `${principal.tenant} ${principal.id}`);
const revoked = ({ target, filter, durable }: Subscription): Buffer =>
  Buffer.from(JSON.stringify({ op: 'error', target, data: problem('REVOKED', undefined, filter === undefined ? undefined : { filter, ...(durable === undefined ? {} : { durable }) }) }));
