import { expect, it } from '@jest/globals';
import { createMemoryProvider } from './memory.fixture.js';
import { providerFeatures, refusalOf } from './provider.features.js';
import { providerRefusal, sayings } from './provider.errors.js';
import { ourLabels } from './provider.js';

const world = async () => {
  const limits = { quota: null as number | null };
  const p = createMemoryProvider({ get quota() { return limits.quota ?? Number.POSITIVE_INFINITY; } });
  const say = sayings('Memory');
  let held: ReturnType<typeof p.hold> | undefined;
  return {
    provider: p, spec: { location: 'here', type: 'm1', image: 'ubuntu-24.04', other_type: 'm2' },
    mishap: async (kind: string) => {
      if (kind === 'lost_order') p.fault('createServer', { refusal: say.timeout(), after: true });
      if (kind === 'server_error') p.fault('createServer', { refusal: say.unavailable('503') });
      if (kind === 'html') p.fault('locations', { refusal: say.unreadable('GET /locations') });
      if (kind === 'rate_limited') p.fault('locations', { refusal: say.rateLimited('2026-11-21T08:00:00.000Z') });
    },
    calm: async () => held?.release(),
    sellOut: async (type: string, out: boolean) => p.sellOut(type, out),
    quota: async (servers: number | null) => { limits.quota = servers; },
    revoke: async (revoked: boolean) => p.revokeKey(revoked),
    hang: async () => { held = p.hold('locations'); return { reached: held.reached }; },
    stop: async () => undefined,
  };
};
providerFeatures('memory', world);

it('slow actions end when the spec says so, or with its reason', async () => {
  const p = createMemoryProvider({ slow: true });
  const signal = AbortSignal.timeout(10_000);
  const spec = { name: 'web-1', location: 'here', type: 'm1', image: 'ubuntu-24.04', ssh_keys: [], user_data: '', labels: ourLabels('acme', '1') };
  const { server, action } = await p.createServer(spec, signal);
  expect(server.status).toBe('creating');
  const waiting = p.awaitAction(action, signal);
  p.finish();
  await waiting;
  expect((await p.server(server.ref, signal))?.status).toBe('running');
  const off = await p.power(server.ref, 'off', signal);
  expect((await refusalOf(p.power(server.ref, 'on', signal))).code).toBe('PROVIDER.LOCKED');
  p.failAction('no answer from the host');
  expect((await refusalOf(p.awaitAction(off, signal))).message).toContain('no answer from the host');
});

it('faults are met in their order, then it goes on', async () => {
  const p = createMemoryProvider();
  const signal = AbortSignal.timeout(10_000);
  p.fault('locations', { refusal: providerRefusal('UNAVAILABLE', 'Out.'), times: 2 });
  await refusalOf(p.locations(signal));
  await refusalOf(p.locations(signal));
  await expect(p.locations(signal)).resolves.toHaveLength(2);
  expect(p.world.calls).toEqual(['locations', 'locations', 'locations']);
});
