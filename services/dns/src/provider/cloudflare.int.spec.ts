/** The adapter through the official SDK against the emulated API. */
import { webcrypto, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startCloudflareEmulator, type CloudflareEmulator, type Permission } from '@xanthus/emulators';
import { cloudflareClient } from '@xanthus/providers';
import fc from 'fast-check';
import { planZone, undoOf } from '../plan/changes.js';
import { sorted, ZONE, zone as anyZone } from '../records/records.fixtures.js';
import { sameRecord } from '../records/record.js';
import { cloudflareDns } from './cloudflare-dns.js';
import type { DnsProvider } from './dns-provider.js';

let cf: CloudflareEmulator;
let dns: DnsProvider;
beforeAll(async () => { cf = await startCloudflareEmulator(); });
afterAll(() => cf.stop());
beforeEach(() => {
  cf.heal();
  cf.setRateLimit({ limit: 100_000, window_s: 300 });
  dns = as();
});
const as = (permissions?: readonly Permission[]): DnsProvider => cloudflareDns({ token: cf.addToken(permissions ? { permissions } : {}).value, baseUrl: cf.url });
let count = 0;
const newZone = (o: Parameters<CloudflareEmulator['addZone']>[1] = {}) => cf.addZone(`${count += 1}.example.com`, o).id;
const code = (of: Promise<unknown>) => of.then(() => undefined, (e: { code?: string }) => e.code);
const all = () => true;

describe('records', () => {
  it('come back as they were sent, whatever they say; plans and undo meet what they were made for', async () => {
    await fc.assert(fc.asyncProperty(anyZone, anyZone, async (first, second) => {
      const id = cf.addZone(ZONE, { plan: 'enterprise' }).id;
      const before = await dns.apply(id, planZone([], first, all).changes);
      expect(before).toHaveLength(first.length);
      const now = await dns.records(id);
      expect(sorted(now)).toEqual(sorted(first));
      const made = await dns.apply(id, planZone(now, second, all).changes);
      const after = await dns.records(id);
      expect(sorted(after)).toEqual(sorted(second));
      for (const { change, id: ref } of made) if (change.op !== 'delete') expect(sameRecord(after.find(r => r.id === ref) ?? now[0]!, change.after)).toBe(true);
      await dns.apply(id, undoOf(made.map(m => m.change), after, all).changes);
      expect(sorted(await dns.records(id))).toEqual(sorted(first));
    }), { numRuns: 40 });
  });

  it('of kinds that are not kept here are left out', async () => {
    const id = newZone();
    cf.putRecord(id, { type: 'LOC', name: 'x.example.com', content: 'whatever' });
    expect(await dns.records(id)).toEqual([]);
  });

  it('are all changed or none', async () => {
    const record = (name: string) => ({ name, data: { type: 'A' as const, address: '192.0.2.1' }, ttl: 300, proxied: false, comment: '', tags: [] });
    const zone = cf.addZone('some.example').id;
    expect(await code(dns.apply(zone, [{ op: 'create', after: record('a.some.example') }, { op: 'create', after: { ...record('b.some.example'), ttl: 5 } }]))).toBe('DNS.REFUSED');
    expect(await dns.records(zone)).toEqual([]);
  });

  it('come in pages', async () => {
    const id = newZone();
    for (let i = 0; i < 5_100; i++) cf.putRecord(id, { type: 'A', name: `h${i}.example.com`, content: '192.0.2.1' });
    expect(await dns.records(id)).toHaveLength(5_100);
  });
});

describe('refusals', () => {
  it('say whose fault it is', async () => {
    const id = newZone();
    const nobody = cloudflareDns({ token: 'u'.repeat(40), baseUrl: cf.url });
    expect(await code(nobody.zones())).toBe('DNS.TOKEN_REFUSED');
    expect(await code(as(['Zone Read']).records(id))).toBe('DNS.PERMISSION_MISSING');
    expect(await dns.zone('0'.repeat(32))).toBeUndefined();
    cf.fail({ status: 503 });
    expect(await code(dns.records(id))).toBe('DNS.UNAVAILABLE');
    cf.fail({ status: 429, retryAfter: 30 });
    expect(await code(dns.records(id))).toBe('DNS.RATE_LIMITED');
    cf.fail({ cut: 'before' });
    expect(await code(dns.records(id))).toBe('DNS.UNAVAILABLE');
    const small = newZone({ quota: 0 });
    expect(await code(dns.apply(small, [{ op: 'create', after: { name: `x.${count}.example.com`, data: { type: 'TXT', text: 'x' }, ttl: 1, proxied: false, comment: '', tags: [] } }]))).toBe('DNS.QUOTA_REACHED');
  });
});

describe('a domain\'s settings, certificate and redirect', () => {
  it('are read, changed and put back', async () => {
    const id = newZone();
    expect([await dns.setting(id, 'ssl'), await dns.setting(id, 'always_use_https')]).toEqual(['flexible', 'off']);
    await dns.set(id, 'ssl', 'strict');
    expect(await dns.setting(id, 'ssl')).toBe('strict');
  });

  it('are a certificate for the names, revoked without complaint when it is gone', async () => {
    await import('reflect-metadata');
    const { Pkcs10CertificateRequestGenerator } = await import('@peculiar/x509');
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]) };
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const csr = (await Pkcs10CertificateRequestGenerator.create({ name: 'C=US', keys: keys as never, signingAlgorithm: algorithm }, webcrypto as never)).toString('pem');
    const { id, name } = cf.addZone('tls.example');
    const made = await dns.issueCertificate(csr, [name, `*.${name}`]);
    expect(new X509Certificate(made.certificate).checkHost(`a.${name}`)).toBe(`*.${name}`);
    expect((await dns.certificates(id)).map(c => c.ref)).toEqual([made.ref]);
    cf.revokeCertificate(made.ref);
    await dns.revokeCertificate(made.ref);
    await dns.revokeCertificate('0'.repeat(32));
    expect(await dns.certificates(id)).toEqual([]);
  });

  it.each<[string, readonly Permission[] | undefined, 'rule' | 'page_rule']>([['a rule', undefined, 'rule'], ['a page rule where the token has no right to rules', ['Zone Read', 'Page Rules Write'], 'page_rule']])('are a redirect by %s, made once and found again', async (_what, permissions, kind) => {
    const { id, name } = cf.addZone(`r${count += 1}.example`);
    const it = as(permissions);
    // somebody's own, of a name below: not the domain's, and never removed as such
    const below = `shop.${name}`;
    await cloudflareClient({ token: cf.addToken().value, baseUrl: cf.url }).pageRules.create({ zone_id: id, status: 'active', targets: [{ target: 'url', constraint: { operator: 'matches', value: `www.${below}/*` } }], actions: [{ id: 'forwarding_url', value: { url: `https://${below}/$1`, status_code: 301 } }] });
    expect(await it.findRedirect(id, name)).toBeUndefined();
    const made = await it.makeRedirect(id, name);
    expect(made.kind).toBe(kind);
    expect(await it.makeRedirect(id, name)).toEqual(made);
    expect(await it.findRedirect(id, name)).toEqual(made);
    await it.removeRedirect(id, made);
    await it.removeRedirect(id, made);
    expect(await it.findRedirect(id, name)).toBeUndefined();
  });
});
