import { settle, write } from './kv-entries.js';
import { ALL_PERMISSIONS, type Permission } from './permissions.js';
import type { Fault } from './faults.js';
import type { RateLimit } from './rate-limit.js';
import { serve, type SeenRequest } from './serve.js';
import { newHex, newState, newTokenValue, type Account, type DnsRecord, type Namespace, type OriginCertificate, type Token, type TokenStatus, type Zone, type ZonePlan } from './state.js';

export interface NewToken {
  readonly permissions?: readonly Permission[];
  /** Ids; without, all accounts of the user. */
  readonly accounts?: readonly string[];
  /** Ids; without, all zones of those accounts. */
  readonly zones?: readonly string[];
  readonly status?: TokenStatus;
  readonly expires?: Date;
  readonly notBefore?: Date;
  /** An account id: a token that the account owns and no person (`cfat_…`). */
  readonly ownedBy?: string;
  /** The token has an address condition that this machine doesn't meet. */
  readonly wrongPlace?: boolean;
  /** Give one, or a new one is made. */
  readonly value?: string;
  readonly user?: string;
}

export interface CloudflareEmulator {
  /** Base URL for the SDK: `new Cloudflare({ baseURL: cf.url, apiToken })`. */
  readonly url: string;
  readonly port: number;
  /** The first account and its person, made at start; ids are the same in every run. */
  readonly account: Account;
  readonly email: string;
  addAccount(name: string, user?: string): Account;
  /** Another person who belongs to the account; the id, for `addToken`. */
  addUser(email: string, account: string): string;
  addZone(name: string, options?: { readonly account?: string; readonly status?: Zone['status']; readonly plan?: ZonePlan; /** Records at most. */ readonly quota?: number }): Zone;
  /** As somebody else does it in the dashboard: seen at once, by nobody's token. */
  putRecord(zone: string, record: Partial<DnsRecord> & Pick<DnsRecord, 'type' | 'name' | 'content'>): DnsRecord;
  removeRecord(zone: string, id: string): void;
  records(zone: string): readonly DnsRecord[];
  /** Revoked by hand, or by its owner. */
  revokeCertificate(id: string): void;
  certificates(): readonly OriginCertificate[];
  /** With every permission unless given; the value is the credential. */
  addToken(options?: NewToken): { readonly id: string; readonly value: string };
  /** Deleted or rolled: from now on nobody knows it. */
  revoke(value: string): void;
  disable(value: string): void;
  expire(value: string): void;
  /** From now on the token has exactly these permissions (and accounts, if given). */
  narrow(value: string, permissions: readonly Permission[], accounts?: readonly string[]): void;
  addNamespace(title: string, account?: string): { readonly id: string; readonly title: string };
  /** Written so that everybody sees it at once. */
  putValue(namespace: string, key: string, value: string | Uint8Array): void;
  /** What is stored, seen or not; undefined when there is nothing. */
  value(namespace: string, key: string): string | undefined;
  namespaces(account?: string): readonly { readonly id: string; readonly title: string }[];
  /** Each later write is hidden from that many reads of its key and for that long. */
  setConsistency(delay: { readonly reads?: number; readonly ms?: number }): void;
  settle(): void;
  /** 1,200 per 300 s and user unless set. */
  setRateLimit(limit: RateLimit): void;
  fail(fault: Fault): void;
  heal(): void;
  readonly requests: readonly SeenRequest[];
  stop(): Promise<void>;
}

/**
 * The Cloudflare API v4 on a free port of loopback, in memory. It refuses what the real one refuses, with its numbers.
 * @param options.now clock for expiry, rate windows and consistency, milliseconds
 */
export const startCloudflareEmulator = async (options: { readonly now?: () => number; readonly email?: string } = {}): Promise<CloudflareEmulator> => {
  const state = newState(options.now ?? Date.now);
  const server = await serve(state);
  const person = { id: newHex('user'), email: options.email ?? 'ada@example.com' };
  state.users.set(person.id, person);

  const addAccount = (name: string, user = person.id): Account => {
    const account = { id: newHex(`account ${name}`), name, user, members: [] };
    state.accounts.set(account.id, account);
    return account;
  };
  const account = addAccount("Ada's Account");
  const tokenOf = (value: string): Token => state.tokens.get(value) ?? missing('token');
  const zoneOf = (id: string): Zone => state.zones.get(id) ?? missing(`zone ${id}`);
  const namespaceOf = (id: string): Namespace => [...state.namespaces.values()].flatMap(all => [...all.values()]).find(n => n.id === id) ?? missing(`namespace ${id}`);

  return {
    url: server.url, port: server.port, account, email: person.email, requests: server.seen,
    addAccount,
    addUser: (email, id) => {
      const user = { id: newHex(`user ${email}`), email };
      state.users.set(user.id, user);
      (state.accounts.get(id) ?? missing(`account ${id}`)).members.push(user.id);
      return user.id;
    },
    addZone: (name, { account: owner = account.id, status = 'active', plan = 'free', quota } = {}) => {
      const zone: Zone = { id: newHex(`zone ${name}`), name, account: owner, status, created: new Date(state.now()), settings: new Map(), records: new Map(), plan, pageRules: new Map(), rulesets: new Map(), ...(quota === undefined ? {} : { quota }) };
      state.zones.set(zone.id, zone);
      return zone;
    },
    putRecord: (zone, given) => {
      const time = new Date(state.now()).toISOString();
      const record: DnsRecord = { id: newHex(), ttl: 1, proxied: false, comment: null, tags: [], created_on: time, modified_on: time, ...given };
      zoneOf(zone).records.set(record.id, record);
      return record;
    },
    removeRecord: (zone, id) => { zoneOf(zone).records.delete(id); },
    records: zone => [...zoneOf(zone).records.values()],
    revokeCertificate: id => { (state.certificates.get(id) ?? missing(`certificate ${id}`)).revoked_at = new Date(state.now()).toISOString(); },
    certificates: () => [...state.certificates.values()],
    addToken: (given = {}) => {
      const token: Token = {
        id: newHex(), value: given.value ?? newTokenValue(given.ownedBy ? 'account' : 'user'), name: 'xanthus', user: given.user ?? person.id, issued: new Date(state.now()),
        permissions: given.permissions ?? ALL_PERMISSIONS, status: given.status ?? 'active',
        ...(given.ownedBy && { ownedBy: given.ownedBy }), ...(given.accounts && { accounts: given.accounts }), ...(given.zones && { zones: given.zones }),
        ...(given.expires && { expires: given.expires }), ...(given.notBefore && { notBefore: given.notBefore }), ...(given.wrongPlace && { wrongPlace: true }),
      };
      state.tokens.set(token.value, token);
      return { id: token.id, value: token.value };
    },
    revoke: value => { state.tokens.delete(value); },
    disable: value => { tokenOf(value).status = 'disabled'; },
    expire: value => { tokenOf(value).status = 'expired'; },
    narrow: (value, permissions, accounts) => { Object.assign(tokenOf(value), { permissions, ...(accounts && { accounts }) }); },
    addNamespace: (title, owner = account.id) => {
      const namespace: Namespace = { id: newHex(), title, entries: new Map() };
      const all = state.namespaces.get(owner) ?? new Map<string, Namespace>();
      state.namespaces.set(owner, all.set(namespace.id, namespace));
      return { id: namespace.id, title };
    },
    putValue: (namespace, key, value) => {
      const entries = namespaceOf(namespace).entries;
      entries.delete(key);
      write({ ...state, consistency: { reads: 0, ms: 0 } }, namespaceOf(namespace), key, { value: Buffer.from(value) });
    },
    value: (namespace, key) => {
      const value = namespaceOf(namespace).entries.get(key)?.value;
      return value && Buffer.from(value).toString('utf8');
    },
    namespaces: (owner = account.id) => [...state.namespaces.get(owner)?.values() ?? []].map(({ id, title }) => ({ id, title })),
    setConsistency: ({ reads = 0, ms = 0 }) => { state.consistency = { reads, ms }; },
    settle: () => settle(state),
    setRateLimit: server.limiter.set,
    fail: server.faults.add,
    heal: server.faults.clear,
    stop: server.stop,
  };
};

const missing = (what: string): never => { throw new Error(`the emulator has no such ${what}`); };
