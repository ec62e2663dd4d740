/** The sandbox's adapter against the host of sandboxes itself, over its control API. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { configuredEndpoint, createSafeFetch } from '@xanthus/net';
import { createProviderCalls, memoryBudgetStore } from '@xanthus/providers';
import { startControlApi, startSandboxHost } from '@xanthus/sandbox';
import { tempDir } from '@xanthus/testing';
import { providerFeatures, refusalOf, type ProviderWorld } from '../provider.features.js';
import type { Provider } from '../provider.js';
import { sandboxAdapter } from './index.js';

const MOST = 6;

const ground = async () => {
  const folder = await tempDir('xanthus-sandboxes-');
  const file = join(folder.path, 'sandbox.json');
  const host = await startSandboxHost({ folder: join(folder.path, 'host'), delay: 0, maxMachines: MOST });
  const control = await startControlApi(host, folder.path);
  const describe_ = (token: string): Promise<void> => writeFile(file, JSON.stringify({ control: { url: control.url, token } }));
  await describe_(control.token);
  const adapter = sandboxAdapter(file, { delayMs: 0 });
  const fetch = createSafeFetch({ policy: { allow: [], configured: [configuredEndpoint(control.url)] } });
  const calls = createProviderCalls({ fetch, store: memoryBudgetStore(), policies: { sandbox: { limit: 36_000, window_s: 3_600 } } });
  const provider: Provider = adapter.open({
    key: '', now: Date.now, fetch: calls.fetchFor({ tenant: 'acme', provider: 'sandbox' }), pause: async (ms, signal) => { await delay(Math.min(ms, 20), undefined, { signal }).catch(() => signal.throwIfAborted()); },
  });
  return {
    host, adapter, provider, describe: describe_, token: control.token,
    stop: async () => { await calls.stop(); await fetch.close(); await control.stop(); await host.stop(); await folder.remove(); },
  };
};

providerFeatures('sandbox', async (): Promise<ProviderWorld> => {
  const g = await ground();
  return {
    provider: g.provider, spec: { location: 'here', type: 'sandbox-2', image: 'ubuntu-24.04', other_type: 'sandbox-4' },
    quota: async (servers) => {
      if (servers === null) await Promise.all(g.host.list().map(async (s) => { await g.host.settled(s.id); await g.host.remove(s.id); }));
      else for (let n = g.host.list().length; n < MOST; n++) await g.host.create({ name: `quota-${n}` });
    },
    stop: g.stop,
  };
});

let g: Awaited<ReturnType<typeof ground>>;
beforeAll(async () => { g = await ground(); });
afterAll(() => g?.stop());

it('says where its SSH is, and lives on its key', async () => {
  const signal = AbortSignal.timeout(60_000);
  const { server, action } = await g.provider.createServer({
    name: 'web-1', location: 'here', type: 'sandbox-2', image: 'ubuntu-24.04', ssh_keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE6cB0nRoXOyZBk8B4s1bG6RZ4X0eD2kU0a9wHkQm3Gh'], user_data: '#cloud-config\n{}\n', labels: {},
  }, signal);
  await g.provider.awaitAction(action, signal);
  const there = await g.provider.server(server.ref, signal);
  expect(there?.address).toMatch(/^127\./);
  expect(there?.port).toBeGreaterThan(0);
});

it('takes a new address and token of the host as they come, and says when there is no host', async () => {
  const signal = AbortSignal.timeout(60_000);
  await g.describe('another');
  expect((await refusalOf(g.provider.validate(signal))).code).toBe('PROVIDER.UNAVAILABLE');
  await g.describe(g.token);
  await expect(g.provider.validate(signal)).resolves.toEqual({ account: null });
  expect(await g.adapter.unavailable()).toBeUndefined();
  expect(await sandboxAdapter(undefined).unavailable()).toContain('sandbox');
});
