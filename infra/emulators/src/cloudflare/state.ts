import { createHash, randomBytes } from 'node:crypto';
import type { Permission } from './permissions.js';

export type TokenStatus = 'active' | 'disabled' | 'expired';

/** A token as the emulator keeps it. `user`-owned unless `account` is set (then only for that account). */
export interface Token {
  readonly id: string;
  readonly value: string;
  readonly name: string;
  readonly user: string;
  readonly ownedBy?: string;
  permissions: readonly Permission[];
  /** Account ids; undefined means every account of the user. */
  accounts?: readonly string[];
  /** Zone ids; undefined means every zone of those accounts. */
  zones?: readonly string[];
  status: TokenStatus;
  notBefore?: Date;
  expires?: Date;
  /** The address condition of the token refuses the caller. */
  wrongPlace?: boolean;
  readonly issued: Date;
}

export interface Account { readonly id: string; readonly name: string; readonly user: string; /** Ids of further persons who belong to it. */ readonly members: string[] }

export interface DnsRecord {
  readonly id: string; readonly type: string; readonly name: string; readonly content: string; readonly ttl: number; readonly proxied: boolean; readonly comment: string | null; readonly tags: readonly string[];
  readonly created_on: string; readonly modified_on: string;
  readonly priority?: number;
  /** Of SRV and CAA: the parts that `content` is put together from. */
  readonly data?: Readonly<Record<string, string | number>>;
}

/** What a zone pays for; it decides how much of everything there may be. */
export type ZonePlan = 'free' | 'pro' | 'enterprise';

export interface PageRule { readonly id: string; readonly targets: readonly unknown[]; readonly actions: readonly unknown[]; readonly status: string; readonly priority: number; readonly created_on: string; readonly modified_on: string }
export interface Rule { readonly id: string; readonly version: string; readonly action: string; readonly expression: string; readonly description: string; readonly enabled: boolean; readonly action_parameters?: unknown; readonly ref: string; readonly last_updated: string }
export interface Ruleset { readonly id: string; readonly name: string; readonly phase: string; readonly kind: 'zone'; version: number; rules: readonly Rule[]; last_updated: string }
export interface OriginCertificate { readonly id: string; readonly certificate: string; readonly csr: string; readonly hostnames: readonly string[]; readonly request_type: string; readonly requested_validity: number; readonly expires_on: string; readonly zones: readonly string[]; revoked_at?: string }

export interface Zone {
  readonly id: string;
  readonly name: string;
  readonly account: string;
  readonly status: 'active' | 'pending';
  readonly created: Date;
  readonly settings: Map<string, unknown>;
  records: Map<string, DnsRecord>;
  plan: ZonePlan;
  /** Records at most; by its plan unless set. */
  quota?: number;
  readonly pageRules: Map<string, PageRule>;
  readonly rulesets: Map<string, Ruleset>;
}

/** A value and, until it has settled, what readers still see. */
export interface Entry {
  value: Uint8Array | undefined;
  metadata?: unknown;
  expiration?: number;
  before?: { readonly value: Uint8Array | undefined; readonly metadata?: unknown; readonly expiration?: number };
  /** Reads that still see `before`, and the time until which they do, whichever ends later. */
  staleReads: number;
  staleUntil: number;
}

export interface Namespace { readonly id: string; title: string; readonly entries: Map<string, Entry> }

export interface User { readonly id: string; readonly email: string }

export interface State {
  readonly users: Map<string, User>;
  readonly tokens: Map<string, Token>;
  readonly accounts: Map<string, Account>;
  readonly zones: Map<string, Zone>;
  readonly namespaces: Map<string, Map<string, Namespace>>;
  readonly certificates: Map<string, OriginCertificate>;
  /** A write is not seen by that many reads, nor for that long. */
  consistency: { readonly reads: number; readonly ms: number };
  readonly now: () => number;
}

export const newState = (now: () => number): State =>
  ({ users: new Map(), tokens: new Map(), accounts: new Map(), zones: new Map(), namespaces: new Map(), certificates: new Map(), consistency: { reads: 0, ms: 0 }, now });

/** Ids are 32 hexadecimal digits everywhere. With a name they are the same each time. */
export const newHex = (name?: string): string =>
  name === undefined ? randomBytes(16).toString('hex') : createHash('sha256').update(name).digest('hex').slice(0, 32);

/** 40 characters, as the dashboard gives them; tokens owned by an account start with `cfat_`. */
export const newTokenValue = (owner: 'user' | 'account'): string => {
  const body = randomBytes(60).toString('base64url').replace(/[-_]/g, '').slice(0, 40).padEnd(40, 'x');
  return owner === 'user' ? body : `cfat_${body}`;
};

/** `status` as the clock has it: a token past its end is expired. */
export const statusOf = (state: State, token: Token): TokenStatus =>
  token.status === 'active' && token.expires !== undefined && token.expires.getTime() <= state.now() ? 'expired' : token.status;
