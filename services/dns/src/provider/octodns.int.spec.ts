/** The emulator against an independent client of the same API, and our plans beside those of the peer: octoDNS. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startCloudflareEmulator, type CloudflareEmulator } from '@xanthus/emulators';
import { tempDir, type TempDir } from '@xanthus/testing';
import { planZone } from '../plan/changes.js';
import { sorted } from '../records/records.fixtures.js';
import type { DnsRecord } from '../records/record.js';
import { cloudflareDns } from './cloudflare-dns.js';
import { fetchOctoDns } from './octodns.fixture.js';

const octodns = await fetchOctoDns();
const why = 'why' in octodns ? octodns.why : undefined;
if (why !== undefined) console.warn(`skipped: ${why}`);

const ZONE = 'example.com';
const KEY = `v=DKIM1; k=rsa; p=${'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqJ9wTf0Mkz3S0bIo5H1c0H3Xv4Zq5X0'.repeat(5)}`;
const record = (name: string, data: DnsRecord['data'], ttl = 300, rest: Partial<DnsRecord> = {}): DnsRecord => ({ name: name === '' ? ZONE : `${name}.${ZONE}`, data, ttl, proxied: false, comment: '', tags: [], ...rest });
/** The zone that is wanted, and the same in octoDNS's own words. */
const WANTED: readonly DnsRecord[] = [
  record('', { type: 'A', address: '192.0.2.1' }), record('', { type: 'A', address: '192.0.2.2' }),
  record('', { type: 'MX', priority: 10, target: 'mx1.example.net' }), record('', { type: 'MX', priority: 20, target: 'mx2.example.net' }),
  record('', { type: 'TXT', text: 'v=spf1 include:_spf.example.net -all' }), record('', { type: 'TXT', text: 'one; two' }),
  record('', { type: 'CAA', flags: 0, tag: 'issue', value: 'ca.example.net' }), record('', { type: 'CAA', flags: 128, tag: 'iodef', value: 'mailto:security@example.com' }),
  record('*', { type: 'A', address: '192.0.2.200' }), record('six', { type: 'AAAA', address: '2001:db8::1' }, 600), record('deep.sub', { type: 'A', address: '192.0.2.9' }, 120),
  record('delegated', { type: 'NS', target: 'ns1.example.net' }, 3_600), record('delegated', { type: 'NS', target: 'ns2.example.net' }, 3_600),
  record('_sip._tcp', { type: 'SRV', priority: 10, weight: 60, port: 5060, target: 'sip.example.net' }), record('key._domainkey', { type: 'TXT', text: KEY }),
  record('www', { type: 'CNAME', target: 'example.com' }, 1, { proxied: true, comment: 'the shop' }),
];
const FILE = `
? ''
: - {type: A, values: [192.0.2.1, 192.0.2.2]}
  - {type: MX, values: [{preference: 10, exchange: mx1.example.net.}, {preference: 20, exchange: mx2.example.net.}]}
  - {type: TXT, values: ['v=spf1 include:_spf.example.net -all', 'one\\; two']}
  - {type: CAA, values: [{flags: 0, tag: issue, value: ca.example.net}, {flags: 128, tag: iodef, value: 'mailto:security@example.com'}]}
'*': {type: A, value: 192.0.2.200}
six: {type: AAAA, ttl: 600, value: '2001:db8::1'}
deep.sub: {type: A, ttl: 120, value: 192.0.2.9}
delegated: {type: NS, ttl: 3600, values: [ns1.example.net., ns2.example.net.]}
_sip._tcp: {type: SRV, values: [{priority: 10, weight: 60, port: 5060, target: sip.example.net.}]}
key._domainkey: {type: TXT, value: '${KEY.replaceAll(';', '\\;')}'}
www: {type: CNAME, value: example.com., octodns: {cloudflare: {proxied: true, auto-ttl: true, comment: the shop}}}
`;

let folder: TempDir;
beforeAll(async () => {
  folder = await tempDir('xanthus-octodns-');
  await mkdir(join(folder.path, 'zones'));
  await writeFile(join(folder.path, 'zones', `${ZONE}.yaml`), FILE);
});
afterAll(async () => { await folder?.remove(); });

/** A zone in which one record is as wanted, one differs and one is not wanted; of all of them only octoDNS's own address knows. */
const start = async () => {
  const cf = await startCloudflareEmulator();
  const { id } = cf.addZone(ZONE, { plan: 'pro' });
  cf.putRecord(id, { type: 'A', name: `deep.sub.${ZONE}`, content: '192.0.2.9', ttl: 120 });
  cf.putRecord(id, { type: 'AAAA', name: `six.${ZONE}`, content: '2001:db8::6', ttl: 300 });
  cf.putRecord(id, { type: 'A', name: `old.${ZONE}`, content: '192.0.2.99', ttl: 300 });
  return { cf, id, dns: cloudflareDns({ token: cf.addToken().value, baseUrl: cf.url }) };
};
const sync = async (cf: CloudflareEmulator, ...args: string[]): Promise<string> => {
  const config = join(folder.path, 'config.yaml');
  await writeFile(config, JSON.stringify({
    providers: {
      config: { class: 'octodns.provider.yaml.YamlProvider', directory: join(folder.path, 'zones'), default_ttl: 300, enforce_order: false },
      cloudflare: { class: 'octodns_cloudflare.CloudflareProvider', token: cf.addToken().value, api_url: cf.url, pagerules: false, retry_period: 0 },
    },
    zones: { [`${ZONE}.`]: { sources: ['config'], targets: ['cloudflare'] } },
  }));
  if ('why' in octodns) return '';
  const { code, output } = await octodns.run('octodns.cmds.sync', ['--config-file', config, ...args], { cwd: folder.path });
  if (code !== 0) throw new Error(output.slice(-4_000));
  return output;
};
/** Long texts are cut into strings wherever somebody likes. */
const shown = (records: ReturnType<CloudflareEmulator['records']>): unknown[] =>
  records.map(({ id: _id, created_on: _made, modified_on: _changed, ...r }) => JSON.stringify({ ...r, content: r.content.replaceAll('" "', '') }, Object.keys(r).sort())).sort();

(why === undefined ? describe : describe.skip)('octoDNS', () => {
  it('finds at the emulator what it left there, every kind of record; it plans and leaves what we would', async () => {
    const [theirs, ours] = await Promise.all([start(), start()]);
    try {
      const plan = planZone(await ours.dns.records(ours.id), WANTED, () => true);
      await ours.dns.apply(ours.id, plan.changes);

      expect(await sync(theirs.cf)).toMatch(/Creates=9, Updates=1, Deletes=1, Existing=3/);
      expect(await sync(theirs.cf, '--doit', '--force')).toContain('11 total changes');
      expect(await sync(theirs.cf)).toContain('No changes were planned');
      // It counts sets of records, we count records: what comes of it is the same, to the letter at Cloudflare.
      expect(sorted(await theirs.dns.records(theirs.id))).toEqual(sorted(WANTED));
      expect(shown(theirs.cf.records(theirs.id))).toEqual(shown(ours.cf.records(ours.id)));
      expect(planZone(await theirs.dns.records(theirs.id), WANTED, () => true).changes).toEqual([]);
      // And it agrees that nothing is left to do where we were.
      expect(await sync(ours.cf)).toContain('No changes were planned');
    } finally {
      await Promise.all([theirs.cf.stop(), ours.cf.stop()]);
    }
  });

  it('is told of limits and outages as it expects, and gets through', async () => {
    const { cf, id } = await start();
    try {
      cf.fail({ status: 429, retryAfter: 0, method: 'POST' });
      cf.fail({ status: 502, method: 'GET', path: /dns_records/ });
      expect(await sync(cf, '--doit', '--force')).toContain('11 total changes');
      expect(cf.records(id)).toHaveLength(WANTED.length);
    } finally {
      await cf.stop();
    }
  });
});
