import type { Change, MadeChange } from '../plan/changes.js';
import type { KnownRecord } from '../records/record.js';

export interface ProviderZone { readonly id: string; readonly name: string; readonly status: string; readonly paused: boolean; readonly plan: string; readonly name_servers: readonly string[]; readonly created_at: string }
/** `csr`: the request that it was issued for, which tells whose it is. */
export interface IssuedCertificate { readonly ref: string; readonly csr: string; readonly certificate: string; readonly hostnames: readonly string[]; readonly expires_at: string }
/** Where a redirect lies: as a rule of the zone's ruleset, or, where the token or the plan has none, as a page rule. */
export interface MadeRedirect { readonly kind: 'rule' | 'page_rule'; readonly ref: string }

/**
 * A tenant's account at its DNS provider. Every method throws a Refusal: DNS.TOKEN_REFUSED, DNS.PERMISSION_MISSING, DNS.RATE_LIMITED (with `retry_at`), DNS.UNAVAILABLE, DNS.TIMEOUT,
 * DNS.ZONE_UNKNOWN, or for what was asked DNS.REFUSED, DNS.QUOTA_REACHED.
 */
export interface DnsProvider {
  zones(): Promise<readonly ProviderZone[]>;
  /** Undefined: there is none, or it may not be seen. */
  zone(id: string): Promise<ProviderZone | undefined>;
  /** All pages, of the types that are kept here. */
  records(zone: string): Promise<readonly KnownRecord[]>;
  /** All of them in one transaction, or none. @returns what came of each, in the same order */
  apply(zone: string, changes: readonly Change[]): Promise<readonly MadeChange[]>;
  setting(zone: string, name: 'ssl' | 'always_use_https'): Promise<string>;
  set(zone: string, name: 'ssl' | 'always_use_https', value: string): Promise<void>;
  /** Of the origin authority, for the names, by a request (PEM) whose key is ours. */
  issueCertificate(csr: string, hostnames: readonly string[]): Promise<IssuedCertificate>;
  /** Of a zone, those that are not revoked. */
  certificates(zone: string): Promise<readonly IssuedCertificate[]>;
  /** Harmless if it is revoked, or was never there. */
  revokeCertificate(ref: string): Promise<void>;
  /** Ours, found by its mark. @param name of the zone */
  findRedirect(zone: string, name: string): Promise<MadeRedirect | undefined>;
  /** All of `www.<zone>` to the zone, with path and query, permanently. */
  makeRedirect(zone: string, name: string): Promise<MadeRedirect>;
  /** Harmless if it is gone. */
  removeRedirect(zone: string, redirect: MadeRedirect): Promise<void>;
}
