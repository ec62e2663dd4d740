import { expect, it } from '@jest/globals';
import type { ProviderCalls } from '@xanthus/providers';
import { createProviders, type ProvidersBase } from './open-accounts.js';
import type { OpenWith, Provider, ProviderAdapter } from './provider.js';

it('a key in memory asks nobody any more once its tenant is forgotten', async () => {
  const forgotten = new Set<string>();
  const asked: string[] = [];
  let given: OpenWith | undefined;
  const adapter = { kind: 'memory', open: (w: OpenWith) => { given = w; return {} as Provider; } } as unknown as ProviderAdapter;
  const calls = { fetchFor: () => async (url: string | URL) => { asked.push(String(url)); return new Response(); } } as unknown as ProviderCalls;
  const providers = createProviders({ base: { forgotten } as unknown as ProvidersBase, adapters: [adapter], calls, pause: async () => undefined, now: Date.now });
  providers.withKey('acme', '01jd3x8e2v5y9w4z7q6r1s0tpr', adapter, 'key');
  await given?.fetch('https://provider.test/first');
  forgotten.add('acme');
  await expect(given?.fetch('https://provider.test/second')).rejects.toMatchObject({ code: 'KEY.DESTROYED' });
  expect(asked).toEqual(['https://provider.test/first']);
});
