/** Oracle's adapter against an emulator that checks every signature, and our signatures against those of Oracle's own SDK. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startOciEmulator, type OciEmulator } from '@xanthus/emulators';
import { configuredEndpoint, createSafeFetch } from '@xanthus/net';
import { createProviderCalls, memoryBudgetStore } from '@xanthus/providers';
import { eventually } from '@xanthus/testing';
import * as oracle from 'oci-common';
import { providerFeatures, refusalOf, type Mishap, type ProviderWorld } from '../provider.features.js';
import type { Provider } from '../provider.js';
import { ociAdapter } from './index.js';
import { ociKeyText, readOciKey } from './oci.key.js';
import { signed } from './oci.signature.js';

const MISHAPS: Readonly<Record<Mishap, Parameters<OciEmulator['fail']>[0]>> = {
  server_error: { method: 'POST', path: /^\/instances$/, status: 503 },
  html: { path: /^\/availabilityDomains/, status: 200 },
  rate_limited: { path: /^\/availabilityDomains/, status: 429, code: 'TooManyRequests', retryAfter: 600 },
  lost_order: { method: 'POST', path: /^\/instances$/, cut: 'after' },
};

const ground = async () => {
  const o = await startOciEmulator({ step: 5 });
  const adapter = ociAdapter(o.url);
  const fetch = createSafeFetch({ policy: { allow: [], configured: [configuredEndpoint(o.url)] } });
  const calls = createProviderCalls({ fetch, store: memoryBudgetStore(), policies: { oci: { limit: 36_000, window_s: 3_600 } } });
  let budget = 0;
  const open = (key: string): Provider => adapter.open({
    key, now: Date.now, pause: async (ms, signal) => { await delay(Math.min(ms, 5), undefined, { signal }).catch(() => signal.throwIfAborted()); },
    fetch: (url, init) => calls.fetchFor({ tenant: 'acme', provider: 'oci', account: `budget-${budget}` })(url, init),
  });
  return { o, adapter, open, freshBudget: () => { budget += 1; }, stop: async () => { await calls.stop(); await fetch.close(); await o.stop(); } };
};

providerFeatures('oci', async (): Promise<ProviderWorld> => {
  const { o, adapter, open, freshBudget, stop } = await ground();
  return {
    provider: open(ociKeyText(o.key)), stranger: open(adapter.readKey(JSON.stringify({ ...o.key, fingerprint: '00:'.repeat(15) + '00' }))),
    spec: { location: 'eu-frankfurt-1-ad-1', type: 'a1.flex-1-6', image: 'ubuntu-24.04', other_type: 'a1.flex-2-12' },
    mishap: async kind => o.fail(MISHAPS[kind]),
    calm: async () => { o.heal(); freshBudget(); },
    sellOut: async (_type, out) => o.setCapacity(o.domains[0] ?? '', 1, !out),
    quota: async servers => o.setLimit(servers ?? 1_000),
    revoke: async revoked => o.revoke(revoked),
    crowd: async (count, labels) => { for (let n = 0; n < count; n++) o.addInstanceOutside(`crowd-${n}`, labels); },
    hang: async () => {
      o.fail({ path: /^\/availabilityDomains/, hang: 'before', times: Infinity });
      return { reached: eventually(() => o.requests.some(r => r.path === '/availabilityDomains' && r.status === 0)) };
    },
    stop,
  };
});

describe('oci', () => {
  let g: Awaited<ReturnType<typeof ground>>;
  let p: Provider;
  const soon = (): AbortSignal => AbortSignal.timeout(60_000);
  beforeAll(async () => {
    g = await ground();
    p = g.open(ociKeyText(g.o.key));
  });
  afterAll(() => g?.stop());
  const order = async (name: string, more: { open_ports?: readonly number[] } = {}) => {
    const { server, action } = await p.createServer({ name, location: 'eu-frankfurt-1-ad-2', type: 'a1.flex-4-24', image: 'ubuntu-24.04', ssh_keys: ['ssh-ed25519 AAAA'], user_data: '#cloud-config\n', labels: { managed_by: 'xanthus' }, ...more }, soon());
    await p.awaitAction(action, soon());
    return server.ref;
  };

  it('makes the network where there is none, once, and the order goes out whole', async () => {
    const refs = await Promise.all([order('one'), order('two')]);
    for (const kind of ['vcns', 'subnets', 'internetGateways', 'securityLists']) expect([kind, g.o.count(kind)]).toEqual([kind, 1]);
    expect(g.o.routes()).toMatchObject([{ destination: '0.0.0.0/0' }]);
    const made = g.o.instances().find(i => i.id === refs[0]);
    expect(made).toMatchObject({ name: 'one', size: { ocpus: 4, memoryInGBs: 24 }, image: 'Canonical-Ubuntu-24.04-aarch64-2026.10.20-0', metadata: { ssh_authorized_keys: 'ssh-ed25519 AAAA' } });
    const userData = Buffer.from(made?.metadata['user_data'] ?? '', 'base64').toString();
    const parts = userData.split('--==xanthus==').slice(1, -1).map(part => Buffer.from(part.split('\n\n')[1] ?? '', 'base64').toString());
    expect(parts).toEqual([expect.stringMatching(/^#cloud-boothook\n[^]*iptables -D/), '#cloud-config\n']);
    expect(made?.domain).toMatch(/AD-2$/);
  });

  it('makes what was deleted within the day once more, though its order counts as carried out', async () => {
    const fresh = await ground();
    try {
      fresh.o.fail({ method: 'POST', path: /^\/vcns$/, status: 409, code: 'InvalidatedRetryToken' });
      const q = fresh.open(ociKeyText(fresh.o.key));
      const { action } = await q.createServer({ name: 'again', location: 'eu-frankfurt-1-ad-1', type: 'a1.flex-1-6', image: 'ubuntu-22.04', ssh_keys: [], user_data: '#cloud-config\n', labels: {} }, soon());
      await q.awaitAction(action, soon());
      expect(fresh.o.requests.filter(r => r.method === 'POST' && r.path === '/vcns').map(r => r.status)).toEqual([409, 200]);
    } finally {
      await fresh.stop();
    }
  });

  it('the same order again brings the same machine, unless that was deleted', async () => {
    const first = await order('twice');
    g.o.hide('twice');
    expect(await order('twice')).toBe(first);
    g.o.hide();
    await p.awaitAction(await p.deleteServer(first, soon()), soon());
    expect(await order('twice')).not.toBe(first);
  });

  it('a machine that is ended there while it is waited for is no endless wait', async () => {
    const ref = await order('ended');
    await p.deleteServer(ref, soon());
    expect((await refusalOf(p.awaitAction(`${ref}~RUNNING`, soon()))).code).toBe('PROVIDER.ACTION_FAILED');
  });

  it('opens a port of its own beside, and leaves those of others', async () => {
    await order('other-port', { open_ports: [2222] });
    expect([g.o.count('subnets'), g.o.count('securityLists'), g.o.count('vcns')]).toEqual([2, 2, 1]);
  });

  it('a key is taken as JSON or in base64, and says what is wrong with it without showing it', async () => {
    const { key } = g.o;
    expect(readOciKey(g.adapter.readKey(` ${JSON.stringify(key)}\n`))).toEqual(key);
    expect(g.adapter.readKey(ociKeyText(key))).toBe(ociKeyText(key));
    expect(g.adapter.hint?.(ociKeyText(key))).toBe(`${key.fingerprint.slice(0, 5)}…${key.fingerprint.slice(-5)}`);
    const wrong: readonly (readonly [object | string, RegExp])[] = [
      ['nonsense', /neither JSON/], [{ ...key, tenancy: 'ocid1.user.x' }, /tenancy begins/], [{ ...key, user: 'me' }, /user begins/], [{ ...key, region: 'FRA' }, /region/], [{ ...key, fingerprint: 'x' }, /fingerprint/],
      [{ ...key, private_key: key.private_key.slice(0, 300) }, /private_key/], [{ ...key, private_key: undefined }, /private_key is missing/],
    ];
    for (const [given, why] of wrong) {
      const refusal = await refusalOf((async () => g.adapter.readKey(typeof given === 'string' ? given : JSON.stringify(given)))());
      expect(refusal.code).toBe('PROVIDER.KEY_MALFORMED');
      expect(refusal.message).toMatch(why);
      expect(refusal.message).not.toContain(key.private_key.split('\n')[1]);
    }
  });

  it.each([['GET', undefined], ['DELETE', undefined], ['POST', '{"displayName":"ümlaut"}'], ['PUT', '{}'], ['POST', '']] as const)('signs %s %s as Oracle\'s SDK does', async (method, body) => {
    const { key } = g.o;
    const url = new URL('https://iaas.eu-frankfurt-1.oraclecloud.com/20160918/instances?compartmentId=ocid1.tenancy.oc1..aaaa&displayName=a%20b');
    const now = Date.UTC(2026, 10, 21, 8);
    const provider = new oracle.SimpleAuthenticationDetailsProvider(key.tenancy, key.user, key.fingerprint, key.private_key, null, oracle.Region.EU_FRANKFURT_1);
    const request = { method, uri: url.href, headers: new Headers({ 'x-date': new Date(now).toUTCString() }), body } as unknown as oracle.HttpRequest;
    await new oracle.DefaultRequestSigner(provider).signHttpRequest(request);
    const theirs = request.headers.get('authorization') ?? '';
    const ours = signed(key, { method, url, body, now }).authorization;
    const parts = (text = ''): Record<string, string> => Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(m => [m[1] ?? '', (m[2] ?? '').toLowerCase()]));
    expect(parts(ours)).toEqual(parts(theirs));
    expect(ours?.split('signature=')[1]).toBe(theirs.split('signature=')[1]?.replace(/,.*$/, ''));
  });
});
