/** A DNS provider in memory with faults in the spec's hand: a call fails before it is made, or its answer is lost after. */
import { Refusal } from '@xanthus/kernel';
import { applyChanges, type MadeChange } from '../plan/changes.js';
import type { DnsProvider, IssuedCertificate, MadeRedirect } from '../provider/dns-provider.js';
import type { KnownRecord } from '../records/record.js';
import { checkSet } from '../records/check-set.js';

export type Fault = 'before' | 'after' | 'refused';
export const AWAY = new Refusal('DNS.UNAVAILABLE', 'Cloudflare cannot be used just now.', undefined, true);
export const REFUSED = new Refusal('DNS.REFUSED', 'Cloudflare refused.');

export interface MemoryZone { records: KnownRecord[]; settings: Map<string, string>; certificates: IssuedCertificate[]; redirect: MadeRedirect | undefined }

/** @param fault asked at each call that changes something, and at each that reads */
export const memoryProvider = (zone: MemoryZone, o: { readonly name: string; readonly fault: (method: string) => Fault | undefined; readonly now?: () => number }): DnsProvider => {
  let made = 0;
  const newId = (): string => (made += 1).toString(16).padStart(32, 'f');
  const call = async <T>(method: string, run: () => T): Promise<T> => {
    await Promise.resolve();
    const fault = o.fault(method);
    if (fault === 'before') throw AWAY;
    if (fault === 'refused') throw REFUSED;
    const answer = run();
    if (fault === 'after') throw AWAY;
    return answer;
  };
  const about = { id: 'z', name: o.name, status: 'active', paused: false, plan: 'free', name_servers: [], created_at: '2026-01-01T00:00:00.000Z' };
  return {
    zones: () => call('zones', () => [about]),
    zone: () => call('zone', () => about),
    records: () => call('records', () => [...zone.records]),
    apply: (_zone, changes) => call('apply', () => {
      const byId = new Map(zone.records.map(r => [r.id, r]));
      for (const change of changes) if (change.op !== 'create' && !byId.has(change.before.id)) throw REFUSED;
      const results: MadeChange[] = [];
      const after = applyChanges(zone.records, changes, record => {
        const id = newId();
        results.push({ change: { op: 'create', after: record }, id });
        return id;
      });
      if (checkSet(after).some(issue => issue.code === 'DNS.RECORD_TWICE')) throw REFUSED;
      zone.records = after;
      return changes.map(change => (change.op === 'create' ? (results.shift() as MadeChange) : { change, id: change.before.id }));
    }),
    setting: (_zone, name) => call('setting', () => zone.settings.get(name) ?? (name === 'ssl' ? 'flexible' : 'off')),
    set: (_zone, name, value) => call('set', () => void zone.settings.set(name, value)),
    issueCertificate: (csr, hostnames) => call('issueCertificate', () => {
      const certificate = { ref: newId(), csr, certificate: 'PEM', hostnames, expires_at: new Date((o.now?.() ?? 0) + 15 * 365 * 86_400_000).toISOString() };
      zone.certificates.push(certificate);
      return certificate;
    }),
    certificates: () => call('certificates', () => [...zone.certificates]),
    revokeCertificate: ref => call('revokeCertificate', () => { zone.certificates = zone.certificates.filter(c => c.ref !== ref); }),
    findRedirect: () => call('findRedirect', () => zone.redirect),
    makeRedirect: () => call('makeRedirect', () => (zone.redirect ??= { kind: 'rule', ref: newId() })),
    removeRedirect: () => call('removeRedirect', () => { zone.redirect = undefined; }),
  };
};
