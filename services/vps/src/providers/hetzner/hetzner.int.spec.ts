/** Hetzner's adapter against the emulated API, through the calls that production makes. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startHetznerEmulator, type HetznerEmulator } from '@xanthus/emulators';
import { configuredEndpoint, createSafeFetch } from '@xanthus/net';
import { createProviderCalls, memoryBudgetStore } from '@xanthus/providers';
import { eventually } from '@xanthus/testing';
import { providerFeatures, refusalOf, type Mishap, type ProviderWorld } from '../provider.features.js';
import type { Provider } from '../provider.js';
import { hetznerAdapter } from './index.js';

const MISHAPS: Readonly<Record<Mishap, Parameters<HetznerEmulator['fail']>[0]>> = {
  server_error: { method: 'POST', path: /^\/servers$/, status: 503 },
  html: { path: /^\/locations/, status: 200 },
  rate_limited: { path: /^\/locations/, code: 'rate_limit_exceeded', retryAfter: 600 },
  lost_order: { method: 'POST', path: /^\/servers$/, cut: 'after' },
};

/** The emulator behind the same fetch and the same shared budget as in the service. */
const ground = async () => {
  const h = await startHetznerEmulator({ actionTime: 10 });
  const adapter = hetznerAdapter(h.url);
  const fetch = createSafeFetch({ policy: { allow: [], configured: [configuredEndpoint(h.url)] } });
  const calls = createProviderCalls({ fetch, store: memoryBudgetStore(), policies: { hetzner: { limit: 36_000, window_s: 3_600 } } });
  let budget = 0;
  const open = (key: string): Provider => adapter.open({
    key, now: Date.now, pause: async (ms, signal) => { await delay(Math.min(ms, 5), undefined, { signal }).catch(() => signal.throwIfAborted()); },
    fetch: (url, init) => calls.fetchFor({ tenant: 'acme', provider: 'hetzner', account: `budget-${budget}` })(url, init),
  });
  return { h, open, freshBudget: () => { budget += 1; }, stop: async () => { await calls.stop(); await fetch.close(); await h.stop(); } };
};

providerFeatures('hetzner', async (): Promise<ProviderWorld> => {
  const { h, open, freshBudget, stop } = await ground();
  h.setLimit(1_000);
  return {
    provider: open(h.token), stranger: open('x'.repeat(64)), reader: open(h.addToken({ access: 'read' })),
    spec: { location: 'fsn1', type: 'cx23', image: 'ubuntu-24.04', other_type: 'cx33' },
    mishap: async kind => h.fail(MISHAPS[kind]),
    calm: async () => { h.heal(); freshBudget(); },
    sellOut: async (type, out) => h.setStock(type, !out),
    quota: async servers => h.setLimit(servers ?? 1_000),
    revoke: async revoked => (revoked ? h.revoke(h.token) : h.restore(h.token)),
    crowd: async (count, labels) => { for (let n = 0; n < count; n++) await h.addServerOutside({ name: `crowd-${n}`, labels }); },
    hang: async () => {
      h.fail({ path: /^\/locations/, hang: 'before', times: Infinity });
      return { reached: eventually(() => h.requests.some(r => r.path === '/locations' && r.status === 0)) };
    },
    stop,
  };
});

describe('hetzner', () => {
  let g: Awaited<ReturnType<typeof ground>>;
  let p: Provider;
  const soon = (): AbortSignal => AbortSignal.timeout(60_000);
  beforeAll(async () => {
    g = await ground();
    p = g.open(g.h.token);
  });
  afterAll(() => g?.stop());
  const order = (name: string) => p.createServer({ name, location: 'fsn1', type: 'cx23', image: 'ubuntu-24.04', ssh_keys: [], user_data: '#cloud-config\n', labels: { managed_by: 'xanthus' } }, soon());

  it('the order goes out whole: type, image, place, keys, labels and user data', async () => {
    const key = await p.ensureSshKey({ name: 'xanthus', public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE6cB0nRoXOyZBk8B4s1bG6RZ4X0eD2kU0a9wHkQm3Gh', labels: {} }, soon());
    const made = await p.createServer({ name: 'whole', location: 'hel1', type: 'cx23', image: 'ubuntu-24.04', ssh_keys: [key.ref], user_data: '#cloud-config\nruncmd: []\n', labels: { a: '1' } }, soon());
    expect(g.h.server(made.server.ref)).toMatchObject({ name: 'whole', type: 'cx23', location: 'hel1', user_data: '#cloud-config\nruncmd: []\n', labels: { a: '1' } });
    expect(g.h.server(made.server.ref)?.ssh_keys).toHaveLength(1);
    await p.awaitAction(made.action, soon());
  });

  it('a key whose name is taken gets another one', async () => {
    const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC1oVYq0cLlJ2S9P5vmxM4h0kq8F3rT7eY6wZ2nXbAaQ';
    const { made, ref } = await p.ensureSshKey({ name: 'xanthus', public_key: other, labels: {} }, soon());
    expect(made).toBe(true);
    expect(g.h.sshKeys().find(k => String(k.id) === ref)?.name).toMatch(/^xanthus-[0-9a-f]{8}$/);
  });

  it('prices, stock and the end of a type are as Hetzner has them now', async () => {
    g.h.setPrice('cx23', { hourly: '0.0123', monthly: '7.50' }, 'fsn1');
    g.h.setDeprecation('cx33', { announced: '2026-01-01T00:00:00+00:00', unavailable_after: '2026-06-01T00:00:00+00:00' }, 'fsn1');
    const types = await p.serverTypes(soon());
    const offer = (type: string) => types.find(t => t.name === type)?.offers.find(o => o.location === 'fsn1');
    expect(Number(offer('cx23')?.hourly.net)).toBeCloseTo(0.0123, 6);
    expect(offer('cx33')).toMatchObject({ available: false, reason: expect.stringContaining('No longer'), deprecated: { unavailable_after: '2026-06-01T00:00:00.000Z' } });
    const pricing = await p.pricing(soon());
    expect(pricing.currency).toBe('EUR');
    expect(pricing.ipv4.some(i => Number(i.monthly.net) > 0)).toBe(true);
    g.h.setDeprecation('cx33', undefined, 'fsn1');
  });

  it('goes on when Hetzner no longer tells stock by data center, as it has announced', async () => {
    g.h.setStock('cx23', false, 'nbg1');
    const inStock = async () => (await p.serverTypes(soon())).find(t => t.name === 'cx23')?.offers.find(o => o.location === 'nbg1')?.available;
    expect(await inStock()).toBe(false);
    g.h.fail({ path: /^\/datacenters/, code: 'not_found' });
    expect(await inStock()).toBe(true);
    // what is gone then shows at the order
    expect((await refusalOf(p.createServer({ name: 'gone', location: 'nbg1', type: 'cx23', image: 'ubuntu-24.04', ssh_keys: [], user_data: '', labels: {} }, soon()))).code).toBe('PROVIDER.SOLD_OUT');
    g.h.setStock('cx23', true, 'nbg1');
  });

  it('an action that fails says why', async () => {
    const { server, action } = await order('fails');
    await p.awaitAction(action, soon());
    g.h.failAction({ message: 'the host is on fire' } as Parameters<HetznerEmulator['failAction']>[0]);
    const refusal = await refusalOf(p.power(server.ref, 'off', soon()).then(a => p.awaitAction(a, soon())));
    expect(refusal.code).toBe('PROVIDER.ACTION_FAILED');
    expect(refusal.message).toContain('on fire');
  });

  it('what is locked or protected says so', async () => {
    const { server, action } = await order('locked');
    await p.awaitAction(action, soon());
    g.h.lockOutside(server.ref, true);
    expect((await refusalOf(p.power(server.ref, 'off', soon()))).code).toBe('PROVIDER.LOCKED');
    g.h.lockOutside(server.ref, false);
    g.h.protectOutside(server.ref, true);
    expect((await refusalOf(p.deleteServer(server.ref, soon()))).code).toBe('PROVIDER.PROTECTED');
  });

  it('looks at an action on through an outage that passes', async () => {
    const { server, action } = await order('outage');
    await p.awaitAction(action, soon());
    const reboot = await p.power(server.ref, 'reboot', soon());
    g.h.fail({ path: /^\/actions/, status: 502, times: 2 });
    await p.awaitAction(reboot, soon());
  });

  it('never asks with something that is no id', async () => {
    for (const ref of ['../servers', '1/actions/poweroff', 'a', '']) expect((await refusalOf(p.power(ref, 'off', soon()))).code).toBe('PROVIDER.NOT_FOUND');
  });

  it('garbage instead of an answer is no answer', async () => {
    g.h.fail({ path: /^\/pricing/, garbage: 'shape' });
    expect((await refusalOf(p.pricing(soon()))).code).toBe('PROVIDER.UNREADABLE');
    g.h.fail({ path: /^\/pricing/, garbage: 'text' });
    expect((await refusalOf(p.pricing(soon()))).code).toBe('PROVIDER.UNREADABLE');
  });
});
