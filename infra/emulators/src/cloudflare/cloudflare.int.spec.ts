import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import Cloudflare, { APIConnectionError, APIError } from 'cloudflare';
import { startCloudflareEmulator, type CloudflareEmulator } from './emulator.js';
import type { Permission } from './permissions.js';

// The official SDK against the emulator: what it refuses carries the status and numbers of the real API.

let clock = Date.UTC(2026, 10, 21);
let cf: CloudflareEmulator;
let account_id: string;
beforeAll(async () => { cf = await startCloudflareEmulator({ now: () => clock }); account_id = cf.account.id; });
afterAll(() => cf.stop());
beforeEach(() => { cf.heal(); cf.setConsistency({}); cf.setRateLimit({ limit: 1200, window_s: 300 }); });

const client = (apiToken: string, maxRetries = 0): Cloudflare => new Cloudflare({ apiToken, baseURL: cf.url, maxRetries });
const withRights = (...permissions: Permission[]): Cloudflare => client(cf.addToken({ permissions }).value);
const all = (): Cloudflare => client(cf.addToken().value);

/** Status and numbers of a refusal. */
const refusal = async (call: PromiseLike<unknown>): Promise<unknown> => {
  const error = await Promise.resolve(call).then(() => undefined, (e: unknown) => e);
  if (!(error instanceof APIError)) throw new Error('nothing was refused', { cause: error });
  return [error.status, ...error.errors.map((e: { code?: number }) => e.code)];
};

describe('tokens', () => {
  it('verify says active, and until when', async () => {
    const { value, id } = cf.addToken({ expires: new Date(clock + 60_000) });
    expect(await client(value).user.tokens.verify()).toEqual({ id, status: 'active', expires_on: new Date(clock + 60_000).toISOString().replace('.000', '') });
  });

  it.each([['disabled', 'disabled'], ['expired', 'expired']] as const)('verify answers %s; nothing else takes the token', async (status, said) => {
    const token = client(cf.addToken({ status }).value);
    expect((await token.user.tokens.verify()).status).toBe(said);
    expect(await refusal(token.accounts.list())).toEqual([403, 9109]);
  });

  it('a token expires by the clock and can be revoked', async () => {
    const { value } = cf.addToken({ expires: new Date(clock + 1000) });
    clock += 1000;
    expect((await client(value).user.tokens.verify()).status).toBe('expired');
    cf.revoke(value);
    expect(await refusal(client(value).user.tokens.verify())).toEqual([401, 1000]);
  });

  it('refuses an unknown one as 1000 at verify and 9109 elsewhere, a malformed one as 6003 with 6111', async () => {
    const unknown = client('u'.repeat(40));
    expect(await refusal(unknown.user.tokens.verify())).toEqual([401, 1000]);
    expect(await refusal(unknown.zones.list())).toEqual([403, 9109]);
    const malformed = await client('short').user.tokens.verify().then(() => undefined, (e: APIError) => e);
    expect(malformed?.status).toBe(400);
    expect(malformed?.errors).toMatchObject([{ code: 6003, error_chain: [{ code: 6111 }] }]);
  });

  it('one owned by an account is verified there only, and is no person', async () => {
    const token = client(cf.addToken({ ownedBy: account_id }).value);
    expect((await token.accounts.tokens.verify({ account_id })).status).toBe('active');
    expect(await refusal(token.user.tokens.verify())).toEqual([401, 1000]);
    expect(await refusal(token.user.get())).toEqual([403, 9109]);
  });

  it('shows its own policies to one that may read tokens, with the real group ids', async () => {
    const { value, id } = cf.addToken({ permissions: ['API Tokens Read', 'DNS Write'] });
    const token = await client(value).user.tokens.get(id);
    expect(token.policies?.flatMap(p => p.permission_groups.map(g => [g.name, g.id]))).toEqual([
      ['API Tokens Read', '0cc3a61731504c89b99ec1be78b77aa0'], ['DNS Write', '4755a26eedb94da69e1066d98aa820be'],
    ]);
    expect(await refusal(withRights('DNS Write').user.tokens.get(id))).toEqual([403, 9109]);
    const groups = await all().user.tokens.permissionGroups.list();
    expect(groups.result.find(g => g.name === 'Workers KV Storage Write')?.id).toBe('f7f0eda5697f475c90846e879bab8666');
  });
});

describe('accounts', () => {
  it('lists those that the token reaches, page by page', async () => {
    const many = await startCloudflareEmulator();
    for (let i = 0; i < 24; i++) many.addAccount(`Account ${i}`);
    const sdk = new Cloudflare({ baseURL: many.url, apiToken: many.addToken().value });
    const names: string[] = [];
    for await (const account of sdk.accounts.list({ per_page: 10 })) names.push(account.name);
    expect(new Set(names).size).toBe(25);
    expect(many.requests.length).toBeGreaterThanOrEqual(3);
    const one = new Cloudflare({ baseURL: many.url, apiToken: many.addToken({ accounts: [many.account.id] }).value });
    expect((await one.accounts.list()).result.map(a => a.id)).toEqual([many.account.id]);
    await many.stop();
  });

  it('gives none to a token without a right in an account; memberships need their own right', async () => {
    expect((await withRights('DNS Read').accounts.list()).result).toEqual([]);
    expect(await refusal(withRights('Workers KV Storage Write').memberships.list())).toEqual([403, 10000]);
    expect((await withRights('Memberships Read', 'Account Settings Read').memberships.list()).result[0]?.account?.id).toBe(account_id);
    expect((await withRights('User Details Read').user.get()).email).toBe('ada@example.com');
  });
});

describe('zones and their records', () => {
  it('lists zones for Zone Read only, finds one by name', async () => {
    const zone = cf.addZone('example.com');
    expect((await withRights('DNS Write').zones.list()).result).toEqual([]);
    expect((await withRights('Zone Read').zones.list({ name: 'example.com' })).result.map(z => z.id)).toEqual([zone.id]);
    expect(await refusal(withRights('DNS Write').zones.get({ zone_id: zone.id }))).toEqual([403, 9109]);
    expect(await refusal(all().zones.get({ zone_id: 'f'.repeat(32) }))).toEqual([404, 1001]);
    expect(await refusal(all().zones.get({ zone_id: 'nonsense' }))).toEqual([404, 7003, 7000]);
  });

  it('a right is looked at before the content: an empty record shows what a token may, and writes nothing', async () => {
    const zone_id = cf.addZone('probe.example').id;
    const empty = { zone_id } as Parameters<Cloudflare['dns']['records']['create']>[0];
    expect(await refusal(withRights('DNS Read', 'Zone Write').dns.records.create(empty))).toEqual([403, 10000]);
    expect(await refusal(withRights('DNS Write').dns.records.create(empty))).toEqual([400, 9005]);
    expect(await refusal(withRights('Zone Read').dns.records.list({ zone_id }))).toEqual([403, 10000]);
    expect((await withRights('DNS Read').dns.records.list({ zone_id })).result).toEqual([]);
    expect(await refusal(withRights('DNS Write').zones.settings.edit('ssl', { zone_id, value: 'strict' }))).toEqual([403, 10000]);
    expect((await withRights('Zone Settings Write').zones.settings.edit('ssl', { zone_id, value: 'strict' }))).toMatchObject({ value: 'strict' });
  });

  it('keeps records, refuses a twin', async () => {
    const zone_id = cf.addZone('records.example').id;
    const record = { zone_id, type: 'A', name: 'www', content: '192.0.2.1', ttl: 1 } as const;
    const made = await all().dns.records.create(record);
    expect(made.name).toBe('www.records.example');
    expect(await refusal(all().dns.records.create(record))).toEqual([400, 81058]);
    await all().dns.records.delete(made.id, { zone_id });
    expect(await refusal(all().dns.records.delete(made.id, { zone_id }))).toEqual([404, 81044]);
  });
});

describe('rate limit and outages', () => {
  it('counts per user over all tokens, tells what is left, refuses with retry-after until the window ends', async () => {
    cf.setRateLimit({ limit: 3, window_s: 300 });
    const { response } = await all().user.tokens.verify().withResponse();
    expect(response.headers.get('ratelimit')).toBe('"default";r=2;t=300');
    expect(response.headers.get('ratelimit-policy')).toBe('"default";q=3;w=300');
    await all().user.tokens.verify();
    await all().user.tokens.verify();
    const error = await all().user.tokens.verify().then(() => undefined, (e: APIError) => e);
    expect([error?.status, error?.errors[0]?.code, error?.headers?.get('retry-after')]).toEqual([429, 971, '300']);
    clock += 300_000;
    await all().user.tokens.verify();
  });

  it('fails as told, then no more', async () => {
    const token = all();
    cf.fail({ status: 503, retryAfter: 7, times: 2, path: /verify/ });
    const error = await token.user.tokens.verify().then(() => undefined, (e: APIError) => e);
    expect([error?.status, error?.headers?.get('retry-after'), error?.headers?.get('content-type')]).toEqual([503, '7', 'text/html; charset=UTF-8']);
    await token.accounts.list();
    expect(await refusal(token.user.tokens.verify())).toEqual([503]);
    expect((await token.user.tokens.verify()).status).toBe('active');
  });

  it('cuts a connection before or after it acted, or never answers', async () => {
    const token = all();
    cf.fail({ cut: 'before', method: 'POST' });
    await expect(token.kv.namespaces.create({ account_id, title: 'cut before' })).rejects.toBeInstanceOf(APIConnectionError);
    cf.fail({ cut: 'after', method: 'POST' });
    await expect(token.kv.namespaces.create({ account_id, title: 'cut after' })).rejects.toBeInstanceOf(APIConnectionError);
    expect(cf.namespaces().map(n => n.title).filter(t => t.startsWith('cut'))).toEqual(['cut after']);
    cf.fail({ hang: true });
    await expect(token.user.tokens.verify({ timeout: 50 })).rejects.toBeInstanceOf(APIConnectionError);
  });
});
