import { webcrypto, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Cloudflare, { APIError } from 'cloudflare';
import { startCloudflareEmulator, type CloudflareEmulator } from './emulator.js';
import type { Permission } from './permissions.js';

// Records, certificates and rules through the official SDK: what is refused carries the numbers of the real API.

let cf: CloudflareEmulator;
beforeAll(async () => { cf = await startCloudflareEmulator(); });
afterAll(() => cf.stop());
const withRights = (...permissions: Permission[]): Cloudflare => new Cloudflare({ apiToken: cf.addToken({ permissions }).value, baseURL: cf.url, maxRetries: 0 });
const all = (): Cloudflare => new Cloudflare({ apiToken: cf.addToken().value, baseURL: cf.url, maxRetries: 0 });
const refusal = async (call: PromiseLike<unknown>): Promise<unknown> => {
  const error = await Promise.resolve(call).then(() => undefined, (e: unknown) => e);
  if (!(error instanceof APIError)) throw new Error('nothing was refused', { cause: error });
  return [error.status, ...error.errors.map((e: { code?: number }) => e.code)];
};
let made = 0;
const newZone = (options?: Parameters<CloudflareEmulator['addZone']>[1]) => cf.addZone(`zone-${made += 1}.example`, options);
const A = (name: string, content = '192.0.2.1') => ({ type: 'A' as const, name, content, ttl: 300 });

describe('records', () => {
  it.each([
    ['A', { type: 'A', content: '1.2.3' }, 9005], ['AAAA', { type: 'AAAA', content: 'x' }, 9006], ['CNAME', { type: 'CNAME', content: '-' }, 9007], ['MX without a priority', { type: 'MX', content: 'mail.example' }, 9100],
    ['TTL', { type: 'A', content: '192.0.2.1', ttl: 30 }, 9021], ['tags of a free zone', { type: 'A', content: '192.0.2.1', tags: ['a'] }, 9300], ['TXT too long', { type: 'TXT', content: 'x'.repeat(4_097) }, 9015],
    ['proxied TXT', { type: 'TXT', content: 'x', proxied: true }, 9004], ['proxied private address', { type: 'A', content: '10.0.0.1', proxied: true }, 9003], ['name', { type: 'A', content: '192.0.2.1', name: 'a..b' }, 9000],
    ['SRV without data', { type: 'SRV', name: '_a._tcp', content: 'x' }, 9101], ['type', { type: 'XX', content: 'x' }, 9001],
  ])('of a wrong %s are refused', async (_what, given, code) => {
    const { id: zone_id } = newZone();
    expect(await refusal(all().dns.records.create({ zone_id, name: 'www', ttl: 1, ...given } as never))).toEqual([400, code]);
  });

  it('of one name go together only as DNS allows', async () => {
    const { id: zone_id } = newZone();
    const client = all();
    await client.dns.records.create({ zone_id, ...A('www') });
    expect(await refusal(client.dns.records.create({ zone_id, type: 'CNAME', name: 'www', content: 'a.example', ttl: 1 }))).toEqual([400, 81053]);
    await client.dns.records.create({ zone_id, type: 'CNAME', name: 'alias', content: 'a.example', ttl: 1 });
    expect(await refusal(client.dns.records.create({ zone_id, ...A('alias') }))).toEqual([400, 81054]);
    expect(await refusal(client.dns.records.create({ zone_id, type: 'NS', name: 'www', content: 'ns.example', ttl: 1 }))).toEqual([400, 81056]);
  });

  it('are found by name, type, content and search, page by page', async () => {
    const { id: zone_id, name } = newZone();
    for (let i = 0; i < 12; i++) cf.putRecord(zone_id, A(`h${i}.${name}`, `192.0.2.${i}`));
    const found = async (query: object) => { const names: string[] = []; for await (const r of all().dns.records.list({ zone_id, ...query })) names.push(r.name); return names.length; };
    expect(await Promise.all([found({ per_page: 5 }), found({ name: { startswith: 'h1' } }), found({ content: { exact: '192.0.2.3' } }), found({ type: 'TXT' }), found({ search: '2.11' })])).toEqual([12, 3, 1, 0, 1]);
  });

  it('change by PATCH what is given, by PUT all of it', async () => {
    const { id: zone_id } = newZone();
    const client = all();
    const { id } = await client.dns.records.create({ zone_id, ...A('www'), comment: 'shop' });
    expect(await client.dns.records.edit(id, { zone_id, ttl: 600 } as never)).toMatchObject({ ttl: 600, comment: 'shop' });
    expect(await client.dns.records.update(id, { zone_id, ...A('www', '192.0.2.9') })).toMatchObject({ content: '192.0.2.9', ttl: 300, comment: null });
  });

  it('have a quota', async () => {
    const { id: zone_id } = newZone({ quota: 1 });
    await all().dns.records.create({ zone_id, ...A('a') });
    expect(await refusal(all().dns.records.create({ zone_id, ...A('b') }))).toEqual([400, 81045]);
  });

  it('keep SRV and CAA by their parts', async () => {
    const { id: zone_id } = newZone();
    expect(await all().dns.records.create({ zone_id, type: 'SRV', name: '_sip._tcp', ttl: 1, data: { priority: 1, weight: 2, port: 5060, target: 'sip.example' } })).toMatchObject({ content: '2 5060 sip.example', priority: 1 });
    expect(await all().dns.records.create({ zone_id, type: 'CAA', name: '@', ttl: 1, data: { flags: 0, tag: 'issue', value: 'letsencrypt.org' } })).toMatchObject({ content: '0 issue "letsencrypt.org"' });
  });
});

describe('a batch', () => {
  it('deletes, patches, puts and posts in this order, all or nothing', async () => {
    const { id: zone_id } = newZone();
    const client = all();
    const [one, two] = [await client.dns.records.create({ zone_id, ...A('one') }), await client.dns.records.create({ zone_id, ...A('two') })];
    expect(await refusal(client.dns.records.batch({ zone_id, deletes: [{ id: one.id }], posts: [A('three'), { ...A('three'), ttl: 5 }] }))).toEqual([400, 9021]);
    expect(cf.records(zone_id)).toHaveLength(2);
    // the place of a CNAME is free because deletions come first
    const answer = await client.dns.records.batch({ zone_id, posts: [{ type: 'CNAME', name: 'one', content: 'a.example', ttl: 1 }], deletes: [{ id: one.id }], patches: [{ id: two.id, ttl: 900 } as never] });
    expect([answer.deletes?.length, answer.patches?.length, answer.posts?.length]).toEqual([1, 1, 1]);
    expect(cf.records(zone_id).map(r => [r.type, r.ttl]).sort()).toEqual([['A', 900], ['CNAME', 1]]);
  });

  it('has at most 200 operations in a free zone', async () => {
    const { id: zone_id } = newZone();
    expect(await refusal(all().dns.records.batch({ zone_id, posts: Array.from({ length: 201 }, (_, i) => A(`h${i}`)) }))).toEqual([400, 9207]);
    await all().dns.records.batch({ zone_id, posts: Array.from({ length: 200 }, (_, i) => A(`h${i}`)) });
    expect(cf.records(zone_id)).toHaveLength(200);
  });
});

describe('origin certificates', () => {
  const request = async (): Promise<string> => {
    await import('reflect-metadata');
    const { Pkcs10CertificateRequestGenerator } = await import('@peculiar/x509');
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]) };
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    return (await Pkcs10CertificateRequestGenerator.create({ name: 'C=US', keys: keys as never, signingAlgorithm: algorithm }, webcrypto as never)).toString('pem');
  };

  it('are issued for names of one\'s own zones, listed, and revoked once', async () => {
    const { id: zone_id, name } = newZone();
    const client = all();
    const csr = await request();
    const issued = await client.originCACertificates.create({ csr, hostnames: [name, `*.${name}`], request_type: 'origin-rsa', requested_validity: 5_475 });
    const certificate = new X509Certificate(issued.certificate ?? '');
    expect([certificate.checkHost(`www.${name}`), certificate.checkHost('other.example')]).toEqual([`*.${name}`, undefined]);
    expect((await client.originCACertificates.list({ zone_id })).result.map(c => c.id)).toEqual([issued.id]);
    expect(await refusal(client.originCACertificates.create({ csr, hostnames: ['foreign.test'], request_type: 'origin-rsa' }))).toEqual([400, 1010]);
    expect(await refusal(client.originCACertificates.create({ csr: 'no', hostnames: [name], request_type: 'origin-rsa' }))).toEqual([400, 1003]);
    await client.originCACertificates.delete(issued.id ?? '');
    expect(await refusal(client.originCACertificates.delete(issued.id ?? ''))).toEqual([400, 1107]);
    expect(await refusal(withRights('Zone Read').originCACertificates.list({ zone_id }))).toEqual([403, 10000]);
  });
});

/** Some answers have no type in the SDK. */
interface Seen { readonly id: string; readonly version: string; readonly rules: readonly { readonly id: string; readonly ref: string }[] }

describe('redirects', () => {
  const rule = (ref: string) => ({ action: 'redirect' as const, ref, expression: '(http.host eq "www.a.example")', action_parameters: { from_value: { target_url: { expression: 'concat("https://a.example", http.request.uri.path)' }, status_code: 301 as const, preserve_query_string: true } } });
  const ruleset_phase = 'http_request_dynamic_redirect' as const;

  it('have an entry point that is missing until the first rule, and a version for each write', async () => {
    const { id: zone_id } = newZone();
    const client = all();
    expect(await refusal(client.rulesets.phases.get(ruleset_phase, { zone_id }))).toEqual([404, 10_003]);
    const first = (await client.rulesets.phases.update(ruleset_phase, { zone_id, rules: [rule('xanthus')] })) as Seen;
    expect([first.version, first.rules.length]).toEqual(['1', 1]);
    const second = (await client.rulesets.rules.create(first.id, { zone_id, ...rule('other') })) as Seen;
    expect(second.rules.map(r => r.ref)).toEqual(['xanthus', 'other']);
    const third = (await client.rulesets.rules.delete(second.rules[0]?.id ?? '', { ruleset_id: first.id, zone_id })) as Seen;
    expect([third.version, third.rules.map(r => r.ref)]).toEqual(['3', ['other']]);
    expect(await refusal(client.rulesets.rules.create(first.id, { zone_id, ...rule('other') }))).toEqual([400, 20_059]);
    expect(await refusal(withRights('Page Rules Write').rulesets.phases.get(ruleset_phase, { zone_id }))).toEqual([403, 10000]);
  });

  it('by page rules: as many as the plan has', async () => {
    const { id: zone_id, name } = newZone();
    const client = all();
    const body = { zone_id, targets: [{ target: 'url' as const, constraint: { operator: 'matches' as const, value: `www.${name}/*` } }], actions: [{ id: 'forwarding_url' as const, value: { url: `https://${name}/$1`, status_code: 301 as const } }], status: 'active' as const };
    const rules = [await client.pageRules.create(body), await client.pageRules.create(body), await client.pageRules.create(body)];
    expect(await refusal(client.pageRules.create(body))).toEqual([400, 1008]);
    await client.pageRules.delete(rules[0]?.id ?? '', { zone_id });
    expect(await client.pageRules.list({ zone_id })).toHaveLength(2);
    expect(await refusal(client.pageRules.get(rules[0]?.id ?? '', { zone_id }))).toEqual([404, 1002]);
  });
});
