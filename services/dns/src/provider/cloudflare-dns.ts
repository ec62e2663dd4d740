/** A Cloudflare account as DNS provider, through the official SDK. */
import { cloudflareClient } from '@xanthus/providers';
import { APIError } from 'cloudflare';
import type { RecordBatchParams } from 'cloudflare/resources/dns/records';
import type { Change, MadeChange } from '../plan/changes.js';
import type { DnsProvider, IssuedCertificate, ProviderZone } from './dns-provider.js';
import { recordBody, recordFrom } from './record-map.js';
import { redirectsOf } from './redirects.js';
import { codesOf, refusalOf } from './refusals.js';

export interface CloudflareDnsOptions { readonly token: string; readonly baseUrl?: string | undefined; readonly fetch?: ((url: string | URL, init?: RequestInit) => Promise<Response>) | undefined }

/** One answer may hold five million; so a zone is seen as of one moment. */
const PER_PAGE = 50_000;
/** 15 years, as the origin authority gives at most. */
const VALID_DAYS = 5_475;
const GONE = [1_101, 1_107];

const all = async <T>(pages: AsyncIterable<T>): Promise<T[]> => {
  const items: T[] = [];
  for await (const item of pages) items.push(item);
  return items;
};

export const cloudflareDns = ({ token, baseUrl, fetch }: CloudflareDnsOptions): DnsProvider => {
  const client = cloudflareClient({ token, ...(baseUrl && { baseUrl }), ...(fetch && { fetch }) });
  const ask = async <T>(doing: string, run: () => PromiseLike<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      throw refusalOf(error, doing);
    }
  };
  const issued = (c: { readonly id?: string; readonly certificate?: string; readonly csr?: string; readonly hostnames: readonly string[]; readonly expires_on?: string }): IssuedCertificate =>
    ({ ref: c.id ?? '', csr: c.csr ?? '', certificate: c.certificate ?? '', hostnames: c.hostnames, expires_at: new Date(c.expires_on ?? 0).toISOString() });

  return {
    ...redirectsOf(client, ask),
    zones: () => ask('list its zones', async () => (await all(client.zones.list({ per_page: 50 }))).map(zoneFrom)),
    zone: id => ask('show a zone', async () => {
      try {
        return zoneFrom(await client.zones.get({ zone_id: id }));
      } catch (error) {
        if (error instanceof APIError && (error.status === 404 || (error.status === 403 && codesOf(error).includes(9_109)))) return undefined;
        throw error;
      }
    }),
    records: zone => ask('list records', async () => (await all(client.dns.records.list({ zone_id: zone, per_page: PER_PAGE }))).flatMap(r => recordFrom(r) ?? [])),
    apply: (zone, changes) => ask('change records', async () => made(changes, await client.dns.records.batch(batchOf(zone, changes)))),
    setting: (zone, name) => ask(`read the setting ${name}`, async () => String((await client.zones.settings.get(name, { zone_id: zone }) as { value?: unknown }).value)),
    set: (zone, name, value) => ask(`change the setting ${name}`, async () => { await client.zones.settings.edit(name, { zone_id: zone, id: name, value } as never); }),
    issueCertificate: (csr, hostnames) => ask('issue a certificate', async () => issued(await client.originCACertificates.create({ csr, hostnames: [...hostnames], request_type: 'origin-rsa', requested_validity: VALID_DAYS }))),
    certificates: zone => ask('list certificates', async () => (await all(client.originCACertificates.list({ zone_id: zone }))).map(issued)),
    revokeCertificate: ref => ask('revoke a certificate', async () => {
      try {
        await client.originCACertificates.delete(ref);
      } catch (error) {
        if (!(error instanceof APIError && (error.status === 404 || codesOf(error).some(code => GONE.includes(code))))) throw error;
      }
    }),
  };
};

interface GivenZone { readonly id: string; readonly name: string; readonly status?: string; readonly paused?: boolean; readonly plan?: { readonly legacy_id?: string; readonly name?: string }; readonly name_servers?: readonly string[]; readonly created_on: string }
const zoneFrom = (zone: object): ProviderZone => {
  const { id, name, status = 'unknown', paused = false, plan, name_servers = [], created_on } = zone as GivenZone;
  return { id, name, status, paused, plan: plan?.legacy_id ?? plan?.name ?? 'free', name_servers: [...name_servers], created_at: new Date(created_on).toISOString() };
};

/** Cloudflare does deletions first, then replacements, then new ones. */
const batchOf = (zone: string, changes: readonly Change[]): RecordBatchParams => ({
  zone_id: zone,
  deletes: changes.flatMap(c => (c.op === 'delete' ? [{ id: c.before.id }] : [])),
  puts: changes.flatMap(c => (c.op === 'update' ? [{ id: c.before.id, ...recordBody(c.after) }] : [])) as never,
  posts: changes.flatMap(c => (c.op === 'create' ? [recordBody(c.after)] : [])) as never,
});

/** Each list of the answer is in the order of its request. */
const made = (changes: readonly Change[], answer: { readonly posts?: readonly { readonly id: string }[] }): MadeChange[] => {
  const posts = [...(answer.posts ?? [])];
  return changes.map(change => ({ change, id: change.op === 'create' ? (posts.shift()?.id ?? '') : change.before.id }));
};
