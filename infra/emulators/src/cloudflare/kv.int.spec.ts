import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import Cloudflare, { APIError } from 'cloudflare';
import { startCloudflareEmulator, type CloudflareEmulator } from './emulator.js';
import type { Permission } from './permissions.js';

let clock = Date.UTC(2026, 10, 21);
let cf: CloudflareEmulator;
let account_id: string;
let kv: Cloudflare['kv']['namespaces'];
beforeAll(async () => {
  cf = await startCloudflareEmulator({ now: () => clock });
  account_id = cf.account.id;
  kv = withRights('Workers KV Storage Write');
});
afterAll(() => cf.stop());
beforeEach(() => cf.setConsistency({}));

const withRights = (...permissions: Permission[]): Cloudflare['kv']['namespaces'] =>
  new Cloudflare({ apiToken: cf.addToken({ permissions }).value, baseURL: cf.url, maxRetries: 0 }).kv.namespaces;

const refusal = async (call: PromiseLike<unknown>): Promise<unknown> => {
  const error = await Promise.resolve(call).then(() => undefined, (e: unknown) => e);
  if (!(error instanceof APIError)) throw new Error('nothing was refused', { cause: error });
  return [error.status, error.errors[0]?.code];
};
const place = (): { account_id: string; namespace_id: string } => ({ account_id, namespace_id: cf.addNamespace(`n${cf.namespaces().length}`).id });
const text = async (where: { account_id: string; namespace_id: string }, key: string): Promise<string> => (await kv.values.get(key, where)).text();

describe('namespaces', () => {
  it('are created, renamed, listed page by page and deleted', async () => {
    const made = await kv.create({ account_id, title: 'Xanthus' });
    expect(made).toMatchObject({ title: 'Xanthus', supports_url_encoding: true });
    expect((await kv.update(made.id, { account_id, title: 'Xanthus 2' })).title).toBe('Xanthus 2');
    for (let i = 0; i < 45; i++) cf.addNamespace(`many ${i}`);
    const titles: string[] = [];
    for await (const namespace of kv.list({ account_id, order: 'title' })) titles.push(namespace.title);
    expect(titles.filter(t => t.startsWith('many'))).toHaveLength(45);
    expect(titles).toEqual([...titles].sort());
    await kv.delete(made.id, { account_id });
    expect(await refusal(kv.get(made.id, { account_id }))).toEqual([404, 10013]);
  });

  it('refuses a title twice, none, one too long, an unknown namespace and a malformed one', async () => {
    await kv.create({ account_id, title: 'once' });
    expect(await refusal(kv.create({ account_id, title: 'once' }))).toEqual([400, 10014]);
    expect(await refusal(kv.create({ account_id, title: '' }))).toEqual([400, 10019]);
    expect(await refusal(kv.create({ account_id, title: 'é'.repeat(257) }))).toEqual([400, 10029]);
    expect(await refusal(kv.delete('f'.repeat(32), { account_id }))).toEqual([404, 10013]);
    expect(await refusal(kv.delete('nonsense', { account_id }))).toEqual([400, 10011]);
  });

  it('refuses a token without the right, and the account of somebody else alike', async () => {
    expect(await refusal(withRights('Workers KV Storage Read').create({ account_id, title: 'x' }))).toEqual([403, 10000]);
    expect(await refusal(withRights('Account Settings Read').list({ account_id }))).toEqual([403, 10000]);
    const other = cf.addAccount('of another', 'another');
    expect(await refusal(kv.list({ account_id: other.id }))).toEqual([403, 10000]);
    expect(await refusal(kv.list({ account_id: 'f'.repeat(32) }))).toEqual([403, 10000]);
    expect(await refusal(kv.list({ account_id: 'nonsense' }))).toEqual([404, 7003]);
  });
});

describe('values', () => {
  it('are put with metadata, read, listed and deleted; names are any characters', async () => {
    const where = place();
    await kv.values.update('app:app-1/ü %:password', { ...where, value: 'näme', metadata: JSON.stringify({ a: 1 }) });
    expect(await text(where, 'app:app-1/ü %:password')).toBe('näme');
    expect(await kv.metadata.get('app:app-1/ü %:password', where)).toEqual({ a: 1 });
    expect((await kv.keys.list(where.namespace_id, { account_id })).result).toEqual([{ name: 'app:app-1/ü %:password', metadata: { a: 1 } }]);
    await kv.values.delete('app:app-1/ü %:password', where);
    expect(await refusal(kv.values.get('app:app-1/ü %:password', where))).toEqual([404, 10009]);
  });

  it('are written, read and deleted in bulk', async () => {
    const where = place();
    const body = Array.from({ length: 30 }, (_, i) => ({ key: `k${i}`, value: `v${i}` }));
    expect(await kv.bulkUpdate(where.namespace_id, { account_id, body })).toMatchObject({ successful_key_count: 30 });
    expect(await kv.bulkGet(where.namespace_id, { account_id, keys: ['k1', 'none'] })).toEqual({ values: { k1: 'v1', none: null } });
    await kv.bulkDelete(where.namespace_id, { account_id, body: ['k1'] });
    expect((await kv.keys.list(where.namespace_id, { account_id })).result).toHaveLength(29);
  });

  it('are listed by prefix with a cursor', async () => {
    const where = place();
    for (let i = 0; i < 25; i++) cf.putValue(where.namespace_id, `vps:${i}:config`, '{}');
    cf.putValue(where.namespace_id, 'app:1', '{}');
    const names: string[] = [];
    for await (const key of kv.keys.list(where.namespace_id, { account_id, prefix: 'vps:', limit: 10 })) names.push(key.name);
    expect(new Set(names).size).toBe(25);
  });

  it('refuses names over 512 bytes, values over 25 MiB and what the product refuses', async () => {
    const where = place();
    expect(await refusal(kv.values.update('é'.repeat(257), { ...where, value: 'x' }))).toEqual([414, 10030]);
    expect(await refusal(kv.values.update('big', { ...where, value: 'x'.repeat(25 * 1024 * 1024 + 1) }))).toEqual([413, 10024]);
    expect(await refusal(kv.values.update('meta', { ...where, value: 'x', metadata: JSON.stringify({ m: 'x'.repeat(1024) }) }))).toEqual([413, 10047]);
    expect(await refusal(kv.values.update('ttl', { ...where, value: 'x', expiration_ttl: 10 }))).toEqual([400, 10034]);
    expect(await refusal(kv.bulkGet(where.namespace_id, { account_id, keys: Array.from({ length: 101 }, (_, i) => `k${i}`) }))).toEqual([400, 10029]);
  });

  it('expire', async () => {
    const where = place();
    await kv.values.update('short', { ...where, value: 'x', expiration_ttl: 60 });
    expect(await text(where, 'short')).toBe('x');
    clock += 60_000;
    expect(await refusal(kv.values.get('short', where))).toEqual([404, 10009]);
  });

  it('are not seen at once: by reads or by time, lists too, until they settle', async () => {
    const where = place();
    cf.setConsistency({ reads: 2 });
    await kv.values.update('new', { ...where, value: '1' });
    expect(await refusal(kv.values.get('new', where))).toEqual([404, 10009]);
    expect(await refusal(kv.values.get('new', where))).toEqual([404, 10009]);
    expect(await text(where, 'new')).toBe('1');
    cf.setConsistency({ ms: 60_000 });
    await kv.values.update('new', { ...where, value: '2' });
    await kv.values.update('other', { ...where, value: '1' });
    expect(await text(where, 'new')).toBe('1');
    expect((await kv.keys.list(where.namespace_id, { account_id })).result.map(k => k.name)).toEqual(['new']);
    clock += 60_000;
    expect(await text(where, 'new')).toBe('2');
    await kv.values.delete('new', where);
    expect(await text(where, 'new')).toBe('2');
    cf.settle();
    expect(await refusal(kv.values.get('new', where))).toEqual([404, 10009]);
  });
});
