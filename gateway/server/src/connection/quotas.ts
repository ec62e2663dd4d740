import type { Connection, Principal } from './connection.js';
import { RateLimit } from './rate-limit.js';

/** What everybody together, a tenant, a person and an address may have. */
export interface Quota {
  readonly connections: number;
  readonly connections_per_tenant: number;
  readonly connections_per_user: number;
  readonly connections_per_address: number;
  /** That have not logged in yet. */
  readonly unauthenticated: number;
  readonly unauthenticated_per_address: number;
  readonly handshakes_per_second: number;
  readonly handshake_burst: number;
  readonly subscriptions_per_tenant: number;
  readonly subscriptions_per_user: number;
  /** Commands and queries, on all connections and over HTTP. */
  readonly commands_per_second_per_tenant: number;
  readonly commands_per_second: number;
  /** Large inputs that wait for their commands, bytes; what was not used is forgotten within an hour. */
  readonly blob_bytes_per_tenant: number;
  /** HTTP requests from one address, whoever asks. */
  readonly requests_per_second_per_address: number;
  /** Of these, to the log-in routes, which anybody may ask. */
  readonly log_ins_per_second_per_address: number;
}

/** Name of a limit as metrics and `details.limit` carry it. */
export type LimitName = keyof Quota;
export interface Exceeded { readonly limit: LimitName; readonly max: number }

const HOUR = 3_600;
/** As many seconds of commands and requests may come at once. */
const COMMAND_BURST = 2;
/** More people or addresses than this that asked for something: those that are quiet again are forgotten. */
const REMEMBERED = 1_000;

/** Counts what is shared, and says which limit one more would exceed. Nothing here refuses by itself. */
export class Quotas {
  private unknown = 0;
  private readonly byAddress = new Counts();
  private readonly unknownByAddress = new Counts();
  private readonly byTenant = new Counts();
  private readonly byUser = new Counts();
  private readonly subscriptionsByTenant = new Counts();
  private readonly subscriptionsByUser = new Counts();
  private readonly handshakes: RateLimit;
  private readonly commands = new Map<string, RateLimit>();
  private readonly requests = new Map<string, RateLimit>();
  private readonly blobs = new Map<string, RateLimit>();
  private total = 0;

  constructor(readonly quota: Quota, private readonly now: () => number) {
    this.handshakes = new RateLimit(quota.handshakes_per_second, quota.handshake_burst);
  }

  /** One more upgrade, before anything is known but where from. Undefined address: not counted by address. */
  handshake(address: string | undefined): Exceeded | undefined {
    const { quota } = this;
    if (!this.handshakes.take(this.now())) return this.over('handshakes_per_second');
    if (this.total >= quota.connections) return this.over('connections');
    return address !== undefined && this.byAddress.of(address) >= quota.connections_per_address ? this.over('connections_per_address') : undefined;
  }

  /** One more that will log in later. */
  stranger(address: string | undefined): Exceeded | undefined {
    const { quota } = this;
    if (this.unknown >= quota.unauthenticated) return this.over('unauthenticated');
    return address !== undefined && this.unknownByAddress.of(address) >= quota.unauthenticated_per_address ? this.over('unauthenticated_per_address') : undefined;
  }

  /** One more connection of somebody. */
  login({ tenant, id }: Who): Exceeded | undefined {
    if (this.byUser.of(`${tenant} ${id}`) >= this.quota.connections_per_user) return this.over('connections_per_user');
    return this.byTenant.of(tenant) >= this.quota.connections_per_tenant ? this.over('connections_per_tenant') : undefined;
  }

  subscription({ tenant, id }: Who): Exceeded | undefined {
    if (this.subscriptionsByUser.of(`${tenant} ${id}`) >= this.quota.subscriptions_per_user) return this.over('subscriptions_per_user');
    return this.subscriptionsByTenant.of(tenant) >= this.quota.subscriptions_per_tenant ? this.over('subscriptions_per_tenant') : undefined;
  }

  command({ tenant, id }: Who): Exceeded | undefined {
    if (!this.rate(this.commands, `${tenant} ${id}`, this.quota.commands_per_second)) return this.over('commands_per_second');
    return this.rate(this.commands, tenant, this.quota.commands_per_second_per_tenant) ? undefined : this.over('commands_per_second_per_tenant');
  }

  /** One more HTTP request, before anything is known but where from; undefined: a program of this machine, which is not counted. */
  request(address: string | undefined, logIn: boolean): Exceeded | undefined {
    if (address === undefined) return undefined;
    const { requests_per_second_per_address: all, log_ins_per_second_per_address: logIns } = this.quota;
    if (logIn && !this.rate(this.requests, `log-in ${address}`, logIns)) return this.over('log_ins_per_second_per_address');
    return this.rate(this.requests, address, all) ? undefined : this.over('requests_per_second_per_address');
  }

  /** A tenant's large input begins to wait. */
  blob(tenant: string, bytes: number): Exceeded | undefined {
    const most = this.quota.blob_bytes_per_tenant;
    const room = this.blobs.get(tenant) ?? new RateLimit(most / HOUR, most);
    this.blobs.set(tenant, room);
    return room.take(this.now(), bytes) ? undefined : this.over('blob_bytes_per_tenant');
  }
  /** It waits no longer. */
  blobGone(tenant: string, bytes: number): void {
    this.blobs.get(tenant)?.take(this.now(), -bytes);
  }

  opened({ address }: Connection): void {
    this.total++;
    this.unknown++;
    this.byAddress.add(address, 1);
    this.unknownByAddress.add(address, 1);
  }
  identified({ address }: Connection, { tenant, id }: Who): void {
    this.unknown--;
    this.unknownByAddress.add(address, -1);
    this.byTenant.add(tenant, 1);
    this.byUser.add(`${tenant} ${id}`, 1);
  }
  subscribed({ tenant, id }: Who, change: number): void {
    this.subscriptionsByTenant.add(tenant, change);
    this.subscriptionsByUser.add(`${tenant} ${id}`, change);
  }
  closed({ address, principal }: Connection): void {
    this.total--;
    this.byAddress.add(address, -1);
    if (principal === undefined) {
      this.unknown--;
      this.unknownByAddress.add(address, -1);
    } else {
      this.byTenant.add(principal.tenant, -1);
      this.byUser.add(`${principal.tenant} ${principal.id}`, -1);
    }
  }

  private over(limit: LimitName): Exceeded {
    return { limit, max: this.quota[limit] };
  }

  private rate(rates: Map<string, RateLimit>, key: string, perSecond: number): boolean {
    const now = this.now();
    let rate = rates.get(key);
    if (rate === undefined) {
      if (rates.size >= REMEMBERED) for (const [other, { at }] of rates) if (now - at > COMMAND_BURST * 1_000) rates.delete(other);
      rates.set(key, (rate = new RateLimit(perSecond, perSecond * COMMAND_BURST)));
    }
    return rate.take(now);
  }
}

type Who = Pick<Principal, 'tenant' | 'id'>;

class Counts {
  private readonly counts = new Map<string, number>();

  of(key: string): number {
    return this.counts.get(key) ?? 0;
  }
  add(key: string | undefined, change: number): void {
    if (key === undefined) return;
    const now = this.of(key) + change;
    if (now > 0) this.counts.set(key, now);
    else this.counts.delete(key);
  }
}
