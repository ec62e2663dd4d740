/** The five steps of a token against the emulated API, through the official SDK. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startCloudflareEmulator, NEEDED_PERMISSIONS, type CloudflareEmulator, type Permission } from '@xanthus/emulators';
import { configuredEndpoint, createSafeFetch } from '@xanthus/net';
import { createProviderCalls, memoryBudgetStore } from '@xanthus/providers';
import type { CloudflareStep } from '@xanthus/proto/auth';
import { makeCertificateRequest, type CertificateRequest } from '../../adapters/certificate-request.js';
import { cloudflareApi } from '../../adapters/cloudflare-api.js';
import { checkToken, CSR_KEY, type CheckedToken } from './check-token.js';

let cf: CloudflareEmulator;
beforeEach(async () => { cf = await startCloudflareEmulator(); });
afterEach(async () => { await cf.stop(); });

interface Run { readonly told: CloudflareStep[]; readonly paused: number[]; readonly done: Promise<CheckedToken> }
const run = (token: string, o: { account?: string; kept?: CertificateRequest; admit?: () => Promise<void> } = {}): Run => {
  const told: CloudflareStep[] = [];
  const paused: number[] = [];
  let clock = 0;
  const done = checkToken({
    api: cloudflareApi({ baseUrl: cf.url })(token), now: () => clock, onStep: s => { told.push(s); },
    pause: async (ms) => {
      paused.push(ms);
      clock += ms;
    },
    admit: o.admit ?? (async () => undefined), kept: async () => o.kept,
  }, { token, account: o.account });
  return { told, paused, done };
};
const passedOf = (told: readonly CloudflareStep[]): string[] => told.filter(s => s.status === 'passed').map(s => s.name);

describe('a token that may everything', () => {
  it('passes five steps in order, each told as it runs and as it ends', async () => {
    const { told, done } = run(cf.addToken().value);
    const found = await done;
    expect(told.map(s => `${s.name} ${s.status}`)).toEqual(['token', 'permissions', 'account', 'storage', 'certificate-request'].flatMap(n => [`${n} running`, `${n} passed`]));
    expect(found).toMatchObject({ account: { id: cf.account.id, name: cf.account.name }, user: { email: cf.email }, namespace: { title: 'Xanthus' }, request: { origin: 'made' } });
    expect(found.features.every(f => f.ok === true)).toBe(true);
    expect(cf.namespaces().map(n => n.title)).toEqual(['Xanthus']);
    expect(JSON.parse(cf.value(found.namespace.id, CSR_KEY) ?? '')).toEqual({ csr: found.request.csr, private_key: found.request.private_key, created_at: found.request.created_at });
  });

  it('finds the namespace and the request of the first time, and changes neither', async () => {
    const token = cf.addToken().value;
    const first = await run(token).done;
    const writes = cf.requests.filter(r => r.method !== 'GET').length;
    const second = await run(token).done;
    expect(second).toMatchObject({ namespace: first.namespace, request: { csr: first.request.csr, private_key: first.request.private_key, origin: 'found' } });
    expect(cf.requests.filter(r => r.method !== 'GET').length).toBe(writes);
  });

  it('finds the namespace of an even older version, past the first page', async () => {
    for (let n = 0; n < 120; n++) cf.addNamespace(`other-${n}`);
    const old = cf.addNamespace(`xanthus_${cf.account.id}`);
    expect((await run(cf.addToken().value).done).namespace.id).toBe(old.id);
  });
});

describe('the certificate request', () => {
  it('is not made anew because KV is slow to show it', async () => {
    const namespace = cf.addNamespace('Xanthus');
    const old = await makeCertificateRequest('2024-01-01T00:00:00.000Z');
    cf.setConsistency({ reads: 2 });
    const token = cf.addToken().value;
    await cloudflareApi({ baseUrl: cf.url })(token).write(cf.account.id, namespace.id, CSR_KEY, JSON.stringify(old));
    const { paused, done } = run(token);
    expect((await done).request).toEqual({ ...old, origin: 'found' });
    expect(paused).toEqual([2_000, 2_000]);
  });

  it('that is kept here is put back where it was lost, and not replaced by another', async () => {
    const kept = await makeCertificateRequest('2024-01-01T00:00:00.000Z');
    const namespace = cf.addNamespace('Xanthus');
    expect((await run(cf.addToken().value, { kept }).done).request).toEqual({ ...kept, origin: 'found' });
    expect(JSON.parse(cf.value(namespace.id, CSR_KEY) ?? '')).toEqual(kept);
    cf.putValue(namespace.id, CSR_KEY, JSON.stringify(await makeCertificateRequest('2025-01-01T00:00:00.000Z')));
    expect((await run(cf.addToken().value, { kept }).done).request.private_key).toBe(kept.private_key);
  });

  it('is put together where an even older version kept its halves apart', async () => {
    const namespace = cf.addNamespace(`xanthus_${cf.account.id}`);
    const old = await makeCertificateRequest('2024-01-01T00:00:00.000Z');
    cf.putValue(namespace.id, 'csr', JSON.stringify(old.csr));
    cf.putValue(namespace.id, 'private_key', old.private_key);
    const { request } = await run(cf.addToken().value).done;
    expect(request).toMatchObject({ csr: old.csr, origin: 'found' });
    expect(JSON.parse(cf.value(namespace.id, CSR_KEY) ?? '')).toMatchObject({ csr: old.csr });
    expect(cf.value(namespace.id, 'private_key')).toBe(old.private_key);
  });

  it('is left alone where it can not be read', async () => {
    const namespace = cf.addNamespace('Xanthus');
    const [mine, other] = await Promise.all([makeCertificateRequest(''), makeCertificateRequest('')]);
    for (const text of ['nonsense', '{}', JSON.stringify({ ...mine, private_key: other.private_key })]) {
      cf.putValue(namespace.id, CSR_KEY, text);
      await expect(run(cf.addToken().value).done).rejects.toMatchObject({ code: 'CLOUDFLARE.UNAVAILABLE', message: expect.stringContaining('left as it is') });
      expect(cf.value(namespace.id, CSR_KEY)).toBe(text);
    }
  });
});

describe('is refused with what to do', () => {
  const without = (...names: Permission[]): Permission[] => NEEDED_PERMISSIONS.filter(p => !names.includes(p));

  it.each<[string, (cf: CloudflareEmulator) => string, string, RegExp, string[]]>([
    ['nothing', () => '', 'CLOUDFLARE.TOKEN_INVALID', /Give a token/, []],
    ['something else', () => 'not a token', 'CLOUDFLARE.TOKEN_INVALID', /no API token/, []],
    ['an unknown one', () => 'x'.repeat(40), 'CLOUDFLARE.TOKEN_INVALID', /does not know/, ['token']],
    ['a disabled one', c => c.addToken({ status: 'disabled' }).value, 'CLOUDFLARE.TOKEN_INACTIVE', /disabled/, ['token']],
    ['an expired one', c => c.addToken({ status: 'expired' }).value, 'CLOUDFLARE.TOKEN_INACTIVE', /expired/, ['token']],
    ['one without KV', c => c.addToken({ permissions: without('Workers KV Storage Write') }).value, 'CLOUDFLARE.PERMISSION_MISSING', /Workers KV Storage · Edit/, ['token']],
    ['one that may only read KV', c => c.addToken({ permissions: [...without('Workers KV Storage Write'), 'Workers KV Storage Read'] }).value, 'CLOUDFLARE.PERMISSION_MISSING', /KV/, ['token', 'permissions', 'account']],
  ])('%s', async (_name, make, code, message, passed) => {
    const { told, done } = run(make(cf));
    await expect(done).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(passedOf(told)).toEqual(passed);
    expect(told.at(-1)).toMatchObject({ status: 'failed', code });
    expect(cf.namespaces()).toEqual([]);
  });

  it('several accounts: pick one', async () => {
    const other = cf.addAccount('Other');
    const token = cf.addToken().value;
    await expect(run(token).done).rejects.toMatchObject({ code: 'CLOUDFLARE.ACCOUNT_CHOICE', details: { step: 'account', accounts: expect.arrayContaining([expect.objectContaining({ id: cf.account.id }), expect.objectContaining({ id: other.id })]) } });
    expect((await run(token, { account: other.id }).done).account.id).toBe(other.id);
    await expect(run(token, { account: '0'.repeat(32) }).done).rejects.toMatchObject({ code: 'CLOUDFLARE.ACCOUNT_CHOICE' });
  });

  it('an account that has no business here: nothing is made in it', async () => {
    const { told, done } = run(cf.addToken().value, { admit: async () => { throw new Error('no'); } });
    await expect(done).rejects.toThrow('no');
    expect(passedOf(told)).toEqual(['token', 'permissions']);
    expect(cf.requests.every(r => r.method === 'GET')).toBe(true);
  });

  it('an outage and a full budget, as such', async () => {
    const token = cf.addToken().value;
    cf.fail({ status: 502, times: 20 });
    await expect(run(token).done).rejects.toMatchObject({ code: 'CLOUDFLARE.UNAVAILABLE', retryable: true });
    cf.heal();
    cf.setRateLimit({ limit: 1, window_s: 300 });
    await expect(run(token).done).rejects.toMatchObject({ code: 'CLOUDFLARE.RATE_LIMITED', retryable: true });
  });

  it('a budget that is used up, ours or the provider\'s, as such: with when to come again', async () => {
    const fetch = createSafeFetch({ policy: { allow: [], configured: [configuredEndpoint(cf.url)] } });
    const calls = createProviderCalls({ fetch, store: memoryBudgetStore() });
    const ask = (provider: string) => cloudflareApi({ baseUrl: cf.url, fetch: calls.fetchFor({ tenant: 'acme', provider, patience: 0 }) })(cf.addToken().value);
    const limited = { code: 'CLOUDFLARE.RATE_LIMITED', retryable: true, details: { retry_at: expect.stringMatching(/Z$/) } };
    cf.setRateLimit({ limit: 1, window_s: 300 });
    await ask('cloudflare').verify();
    await expect(ask('cloudflare').verify()).rejects.toMatchObject(limited);
    await expect(ask('another').verify()).rejects.toMatchObject(limited);
    await calls.stop();
    await fetch.close();
  });

  it('and never shows the token', async () => {
    const token = cf.addToken({ permissions: without('Workers KV Storage Write') }).value;
    const { told, done } = run(token);
    const error: unknown = await done.catch((e: unknown) => e);
    expect(JSON.stringify([told, error, String(error), (error as Error).stack])).not.toContain(token);
  });
});

describe('permissions that can not be read are found out', () => {
  it('without changing anything in the zone', async () => {
    cf.addZone('example.com');
    const token = cf.addToken({ permissions: ['Account Settings Read', 'Workers KV Storage Write', 'Zone Read', 'DNS Write'] }).value;
    const { features } = await run(token).done;
    expect(Object.fromEntries(features.map(f => [f.feature, f.ok]))).toEqual({ account: true, storage: true, zones: true, dns: true, tls: false, redirects: null });
    expect(features.find(f => f.feature === 'tls')?.missing).toEqual(['Zone · SSL and Certificates · Edit', 'Zone · Zone Settings · Edit']);
  });

  it('of a token that an account owns', async () => {
    const found = await run(cf.addToken({ ownedBy: cf.account.id, permissions: NEEDED_PERMISSIONS }).value).done;
    expect(found).toMatchObject({ account: { id: cf.account.id }, user: null });
  });
});
