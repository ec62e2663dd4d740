import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startCloudflareEmulator, type CloudflareEmulator } from '@xanthus/emulators';
import { configuredEndpoint, createSafeFetch, type SafeFetch } from '@xanthus/net';
import { memoryBudgetStore, type BudgetStore } from '../budget/store.js';
import { cloudflareClient } from '../cloudflare/client.js';
import { createProviderCalls, type CallFor, type CallReport, type ProviderCalls, type ProviderCallsOptions } from './provider-calls.js';
import { refusalBehind } from './provider-error.js';

// The official SDK through our calls against the emulator; one clock for all, waiting moves it on.

const START = Date.UTC(2026, 10, 21);
let clock = START;
let cf: CloudflareEmulator;
let fetch: SafeFetch;
let hasty: SafeFetch;
let tenants = 0;
let key: CallFor;
let waited: number[] = [];
let reports: CallReport[] = [];
beforeAll(async () => {
  cf = await startCloudflareEmulator({ now: () => clock });
  const policy = { allow: [], configured: [configuredEndpoint(cf.url)] };
  fetch = createSafeFetch({ policy });
  hasty = createSafeFetch({ policy, timeouts: { total: 100 } });
});
afterAll(async () => { await Promise.all([fetch.close(), hasty.close()]); await cf.stop(); });
beforeEach(() => {
  cf.heal();
  cf.setRateLimit({ limit: 1_200, window_s: 300 });
  key = { tenant: `t${++tenants}`, provider: 'cloudflare' };
  waited = [];
  reports = [];
});

const replica = (store: BudgetStore = memoryBudgetStore(), more: Partial<ProviderCallsOptions> = {}): ProviderCalls => createProviderCalls({
  fetch, store, now: () => clock, random: () => 0.5, onCall: r => reports.push(r), wait: async (ms, signal) => { signal?.throwIfAborted(); waited.push(ms); clock += ms; }, ...more,
});
const sdk = (calls: ProviderCalls, more: Partial<CallFor> = {}, token = cf.addToken().value) => cloudflareClient({ token, baseUrl: cf.url, fetch: calls.fetchFor({ ...key, ...more }) });
const seen = (method: string): number => cf.requests.filter(r => r.method === method).length;
/** The refusal of ours that the SDK was given. */
const refused = async (call: PromiseLike<unknown>): Promise<unknown> => Promise.resolve(call).then(() => 'nothing was refused', refusalBehind);

describe('budget', () => {
  it('follows the provider and calls no more when it is used up', async () => {
    cf.setRateLimit({ limit: 5, window_s: 60 });
    const calls = replica();
    const api = sdk(calls);
    for (let i = 0; i < 5; i++) await api.user.tokens.verify();
    const before = cf.requests.length;
    expect(await refused(api.user.tokens.verify())).toMatchObject({ code: 'PROVIDER.BUDGET_USED', retryAt: clock + 60_000, retryable: true });
    expect(cf.requests.length).toBe(before);
    expect(await calls.status(key)).toMatchObject({ provider: 'cloudflare', limit: 5, used: 5, window_s: 60, circuit: 'closed', retry_at: new Date(clock + 60_000).toISOString() });
    clock += 60_000;
    await api.user.tokens.verify();
  });

  it('waits for its turn when that is near', async () => {
    cf.setRateLimit({ limit: 2, window_s: 5 });
    const api = sdk(replica());
    for (let i = 0; i < 4; i++) await api.user.tokens.verify();
    expect(waited).toEqual([5_000]);
    expect(cf.requests.filter(r => r.status === 429)).toEqual([]);
  });

  it('work in the background leaves a fifth to people', async () => {
    const calls = replica(undefined, { policies: { cloudflare: { limit: 10, window_s: 300 } } });
    const quiet = { fetch: calls.fetchFor({ ...key, background: true }), url: `${cf.url}/user/tokens/verify`, init: { headers: { authorization: `Bearer ${cf.addToken().value}` } } };
    cf.setRateLimit({ limit: 10, window_s: 300 });
    for (let i = 0; i < 8; i++) await quiet.fetch(quiet.url, quiet.init);
    await expect(quiet.fetch(quiet.url, quiet.init)).rejects.toMatchObject({ code: 'PROVIDER.BUDGET_USED', message: expect.stringContaining('background') });
    await sdk(calls).user.tokens.verify();
  });

  it('calls nothing while nobody can say what is left', async () => {
    const broken: BudgetStore = { read: async () => { throw new Error('no NATS'); }, write: async () => { throw new Error('no NATS'); } };
    const before = cf.requests.length;
    expect(await refused(sdk(replica(broken)).user.tokens.verify())).toMatchObject({ code: 'PROVIDER.BUDGET_UNKNOWN', retryable: true });
    expect(cf.requests.length).toBe(before);
  });
});

describe('Retry-After', () => {
  it('of 429 is waited for, by every replica', async () => {
    const store = memoryBudgetStore();
    const [one, two] = [replica(store), replica(store)];
    cf.fail({ status: 429, retryAfter: 4 });
    await sdk(one).user.tokens.verify();
    expect(waited).toEqual([4_000]);
    waited = [];
    cf.fail({ status: 429, retryAfter: 600 });
    expect(await refused(sdk(one).user.tokens.verify())).toMatchObject({ code: 'PROVIDER.RATE_LIMITED', retryAt: clock + 600_000 });
    const before = cf.requests.length;
    expect(await refused(sdk(two).user.tokens.verify())).toMatchObject({ code: 'PROVIDER.BUDGET_USED', retryAt: clock + 600_000 });
    expect(cf.requests.length).toBe(before);
  });

  it('of an outage counts too', async () => {
    cf.fail({ status: 503, retryAfter: 3 });
    await sdk(replica()).user.tokens.verify();
    expect(waited).toEqual([3_000]);
  });
});

describe('outages', () => {
  it('a call that may be repeated is, with growing pauses; then the answer is given as it is', async () => {
    cf.fail({ status: 502, times: 3 });
    await sdk(replica()).user.tokens.verify();
    expect(waited).toEqual([125, 250, 500]);
    cf.fail({ status: 502, times: 4 });
    await expect(sdk(replica()).user.tokens.verify()).rejects.toMatchObject({ status: 502 });
  });

  it('one that may not be repeated is made once', async () => {
    const api = sdk(replica());
    const before = seen('POST');
    cf.fail({ status: 502, method: 'POST' });
    await expect(api.kv.namespaces.create({ account_id: cf.account.id, title: 'one' })).rejects.toMatchObject({ status: 502 });
    cf.fail({ cut: 'after', method: 'POST' });
    expect(await refused(api.kv.namespaces.create({ account_id: cf.account.id, title: 'two' }))).toMatchObject({ code: 'PROVIDER.UNREACHABLE' });
    expect(seen('POST') - before).toBe(2);
    expect(cf.namespaces().map(n => n.title)).toEqual(['two']);
  });

  it('a lost answer of a write that can be repeated is made good', async () => {
    const namespace_id = cf.addNamespace('repeat').id;
    cf.fail({ cut: 'after', method: 'PUT' });
    await sdk(replica()).kv.namespaces.values.update('k', { account_id: cf.account.id, namespace_id, value: 'v' });
    expect(cf.value(namespace_id, 'k')).toBe('v');
    expect(reports.map(r => r.outcome)).toEqual(['error', 200]);
  });

  it('no answer in time is an error that says so', async () => {
    cf.fail({ hang: true, method: 'POST' });
    expect(await refused(sdk(replica(undefined, { fetch: hasty })).kv.namespaces.create({ account_id: cf.account.id, title: 'late' }))).toMatchObject({ code: 'PROVIDER.TIMEOUT', retryable: true });
  });

  it('a caller who gives up is not kept waiting', async () => {
    cf.fail({ status: 429, retryAfter: 5 });
    const stop = new AbortController();
    const calls = replica(undefined, { wait: async (_, signal) => { stop.abort(); signal?.throwIfAborted(); } });
    await expect(calls.fetchFor(key)(`${cf.url}/user/tokens/verify`, { signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('circuit breaker', () => {
  const verify = (calls: ProviderCalls) => sdk(calls, { patience: 0 }).user.tokens.verify();
  const open = async (calls: ProviderCalls): Promise<void> => {
    cf.fail({ status: 502, times: 5 });
    for (let i = 0; i < 5; i++) await expect(verify(calls)).rejects.toMatchObject({ status: 502 });
  };

  it('opens after five failures in a row, for every replica; calls nothing, tells until when', async () => {
    const store = memoryBudgetStore();
    const [one, two] = [replica(store), replica(store)];
    await verify(two);
    await open(one);
    const before = cf.requests.length;
    expect(await refused(verify(one))).toMatchObject({ code: 'PROVIDER.CIRCUIT_OPEN', retryAt: clock + 15_000 });
    const { used } = await one.status(key);
    clock += 2_000;
    expect(await refused(verify(two))).toMatchObject({ code: 'PROVIDER.CIRCUIT_OPEN' });
    expect(cf.requests.length).toBe(before);
    expect(await two.status(key)).toMatchObject({ circuit: 'open', retry_at: new Date(clock + 13_000).toISOString() });
    expect((await one.status(key)).used).toBe(used);
  });

  it('half open: one probe goes through, the others wait for it; a good one closes', async () => {
    const calls = replica();
    await open(calls);
    clock += 15_000;
    expect(await calls.status(key)).toMatchObject({ circuit: 'half_open' });
    const before = cf.requests.length;
    const results = await Promise.allSettled([verify(calls), verify(calls), verify(calls)]);
    expect(results.map(r => r.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(cf.requests.length - before).toBe(1);
    expect(await calls.status(key)).toMatchObject({ circuit: 'closed' });
    await verify(calls);
  });

  it('half open: a failed probe opens it again, for twice as long', async () => {
    const calls = replica();
    await open(calls);
    clock += 15_000;
    cf.fail({ status: 502 });
    await expect(verify(calls)).rejects.toMatchObject({ status: 502 });
    expect(await refused(verify(calls))).toMatchObject({ code: 'PROVIDER.CIRCUIT_OPEN', retryAt: clock + 30_000 });
  });

  it('refusals are no failures: a bad token never opens it', async () => {
    const calls = replica();
    for (let i = 0; i < 8; i++) await expect(sdk(calls, {}, 'u'.repeat(40)).user.tokens.verify()).rejects.toMatchObject({ status: 401 });
    expect(await calls.status(key)).toMatchObject({ circuit: 'closed' });
  });

  it('is apart for each tenant', async () => {
    const store = memoryBudgetStore();
    await open(replica(store));
    key = { ...key, tenant: 'another' };
    await verify(replica(store));
  });
});

it('no secret is in an error or a report', async () => {
  const token = 'canary'.padEnd(40, 'C');
  const calls = replica(undefined, { fetch: hasty });
  const errors: unknown[] = [];
  for (const fault of [{ cut: 'before' }, { hang: true }, { status: 429, retryAfter: 900 }] as const) {
    cf.fail({ ...fault, times: 5 });
    await sdk(calls, {}, token).kv.namespaces.values.update('k', { account_id: cf.account.id, namespace_id: 'f'.repeat(32), value: 'canaryVALUE' }).catch((e: unknown) => errors.push(e));
    await sdk(calls, {}, token).user.tokens.verify().catch((e: unknown) => errors.push(e));
    cf.heal();
  }
  const told = inspect([errors, errors.map(refusalBehind), reports], { depth: 12, showHidden: true }) + JSON.stringify(errors);
  expect(errors).toHaveLength(6);
  expect(told).not.toContain(token);
  expect(told).not.toContain('canaryVALUE');
});
