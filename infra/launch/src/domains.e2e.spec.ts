/** Domains in the whole product, over the HTTP API alone: killed, stopped and refused in the middle of a plan of several parts. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startCloudflareEmulator, type CloudflareEmulator } from '@xanthus/emulators';
import { eventually } from '@xanthus/testing';
import { startPlatform, type Platform } from './testing-platform.js';
import { programBelow } from './testing-processes.js';
import { compareWithRebuild } from './testing-rebuild.js';

let cf: CloudflareEmulator;
let platform: Platform;
let token: string;
let zone: string;

interface Answer<T> { readonly status: number; readonly data: T; readonly code?: string }
const ask = async <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> => {
  const answer = await fetch(`${platform.url}${path}`, { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { ...(await answer.json() as Answer<T>), status: answer.status };
};
interface Made { readonly id: string; readonly hash: string }
interface Plan { readonly state: string; readonly parts: number; readonly parts_done: number; readonly problem: { readonly code: string; readonly message: string } | null }
interface List<T> { readonly items: readonly { readonly id: string; readonly data: T }[]; readonly next_cursor?: string }

/** As many new records: four parts of 200. Over HTTP they are more than one message holds. */
const wishes = (from: string, count = 650): object => ({
  zone, reason: from, source: { from: 'wishes', wishes: Array.from({ length: count }, (_, i) => ({ op: 'create', record: { type: 'A', name: `${from}-${i}`, content: '192.0.2.7', ttl: 300, comment: 'one of many, so that all of them are more than a message holds' } })) },
});
const plan = async (id: string): Promise<Plan> => (await ask<List<Plan>>('GET', `/api/dns/plans?filter=${id}`)).data.items[0]?.data ?? { state: 'none', parts: 0, parts_done: 0, problem: null };
const comesTo = (id: string, state: string): Promise<Plan> => eventually(async () => {
  const now = await plan(id);
  return now.state === state ? now : undefined;
}, { timeout: 180_000, every: 50 });
const names = (from: string): number => cf.records(zone).filter(r => r.name.startsWith(`${from}-`)).length;
/** Applied as far as the second part: Cloudflare takes that up when it is let go. */
const halfWay = async (from: string): Promise<Made & { letGo(): void }> => {
  const { status, data: made } = await ask<Made>('POST', '/api/dns/plan?wait=view', wishes(from));
  expect(status).toBe(200);
  cf.fail({ path: /batch$/, delay: 0 });
  let letGo = (): void => {};
  cf.fail({ path: /batch$/, held: new Promise<void>((resolve) => { letGo = resolve; }) });
  expect((await ask('POST', '/api/dns/apply', { plan_hash: made.hash })).status).toBe(202);
  await eventually(() => names(from) === 200);
  return { ...made, letGo };
};

beforeAll(async () => {
  cf = await startCloudflareEmulator();
  cf.setRateLimit({ limit: 100_000, window_s: 300 });
  ({ id: zone } = cf.addZone('example.com', { plan: 'pro' }));
  cf.putRecord(zone, { type: 'A', name: 'old.example.com', content: '192.0.2.1', ttl: 300 });
  platform = await startPlatform({ processes: true, env: { XANTHUS_CLOUDFLARE_URL: cf.url } });
  ({ access_token: token } = await platform.setUp());
  expect((await ask('POST', '/api/cloudflare-accounts', { token: cf.addToken().value, account: cf.account.id })).status).toBeLessThan(300);
  expect((await ask('POST', `/api/dns/domains/${zone}/manage?wait=view`, {})).status).toBe(200);
});
afterAll(async () => {
  await platform?.stop();
  await cf?.stop();
});

describe('a plan of several parts', () => {
  it('that is killed with dns in the middle is brought to its end by the next one, each part made once', async () => {
    const made = await halfWay('kill');
    const bundle = 'services/dns/dist/main.js';
    const pid = await programBelow(platform.pid, bundle);
    process.kill(pid, 'SIGKILL');
    made.letGo();
    await programBelow(platform.pid, bundle, pid);
    expect(await comesTo(made.id, 'applied')).toMatchObject({ parts: 4, parts_done: 4 });
    expect([names('kill'), cf.records(zone).length]).toEqual([650, 651]);
  });

  it('is taken back when a person cancels in the middle, and leaves the zone as it was', async () => {
    const made = await halfWay('cancel');
    await ask('POST', `/api/dns/plans/${made.id}/cancel`, { roll_back: true });
    made.letGo();
    await comesTo(made.id, 'rolled-back');
    expect([names('cancel'), cf.records(zone).length]).toEqual([0, 651]);
  });

  it('that Cloudflare refuses half-way says why; a person takes back what was done', async () => {
    // 3,500 records are all that the plan of the zone allows: 651 and 2,700 fit, 2,850 do not.
    const { data: made } = await ask<Made>('POST', '/api/dns/plan?wait=view', wishes('quota', 2_900));
    await ask('POST', '/api/dns/apply', { plan_hash: made.hash });
    const failed = await comesTo(made.id, 'failed');
    expect(failed).toMatchObject({ parts: 15, parts_done: 14, problem: { message: expect.stringContaining('as many records as its plan') } });
    expect(names('quota')).toBe(2_800);
    await ask('POST', `/api/dns/plans/${made.id}/resume`, { how: 'roll_back' });
    await comesTo(made.id, 'rolled-back');
    expect([names('quota'), cf.records(zone).length]).toEqual([0, 651]);
  });

  it('waits as long as Cloudflare says when it asks too much', async () => {
    const { data: made } = await ask<Made>('POST', '/api/dns/plan?wait=view', wishes('slow', 250));
    cf.fail({ path: /batch$/, status: 429, retryAfter: 1, times: 2 });
    await ask('POST', '/api/dns/apply', { plan_hash: made.hash });
    await comesTo(made.id, 'applied');
    expect(names('slow')).toBe(250);
  });
});

it('the routes are those that were agreed', async () => {
  expect((await ask<{ zones: object[] }>('GET', '/api/dns/domains')).data.zones).toEqual([expect.objectContaining({ name: 'example.com', managed: true })]);
  const first = (await ask<List<{ name: string; zone: string }>>('GET', `/api/dns/domains/${zone}/records?limit=600`)).data;
  const rest = (await ask<List<{ name: string }>>('GET', `/api/dns/domains/${zone}/records?limit=600&cursor=${first.next_cursor}`)).data;
  expect([first.items.length, rest.items.length]).toEqual([600, 301]);
  cf.removeRecord(zone, cf.records(zone).find(r => r.name === 'old.example.com')?.id ?? '');
  await ask('POST', `/api/dns/domains/${zone}/refresh?wait=view`, {});
  expect((await ask<List<object>>('GET', `/api/dns/domains/${zone}/drift`)).data.items).toEqual([expect.objectContaining({ data: expect.objectContaining({ name: 'old.example.com', zone }) })]);
  expect((await ask<{ entries: object[] }>('GET', `/api/dns/domains/${zone}/history?name=slow-1.example.com&limit=5`)).data.entries).toEqual([expect.objectContaining({ reason: 'slow' })]);
  expect((await ask('POST', '/api/dns/apply', { plan_hash: 'f'.repeat(64) })).status).toBe(404);
  expect((await ask('POST', '/api/dns/apply', {})).code).toBe('INVALID');
  expect((await ask('POST', '/api/dns/configure', { domain: 'nobody.example' })).status).toBe(404);
  expect((await ask('POST', '/api/dns/configure', { domain: 'example.com' })).status).toBe(202);
  const configured = async (wanted: string): Promise<boolean> => (await ask<{ data?: { state: string } }>('GET', `/api/dns/domains/${zone}/configuration`)).data?.data?.state === wanted;
  await eventually(() => configured('configured'));
  expect((await ask<{ data: { hostnames: string[] } }>('GET', `/api/dns/domains/${zone}/certificate`)).data.data.hostnames).toContain('example.com');
  expect((await ask('DELETE', `/api/dns/${zone}`)).status).toBe(202);
  await eventually(() => configured('undone'));
});

it('everything that is shown is what the events make it', async () => {
  expect((await compareWithRebuild(platform)).dns.differences).toEqual([]);
});
