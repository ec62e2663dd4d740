import { describe, expect, it } from '@jest/globals';
import { content, startWorld } from '../running/processes.fixture.js';
import { isOutdated, zonesOf } from './run-certificates.js';

const CHART = { chart: 'notes', version: '1.0.0' };
const tlsIn = (world: ReturnType<typeof startWorld>): string => {
  const secret = [...world.cluster.state.things.values()].find(t => t.metadata.name === 'example.com-tls') as { data?: Record<string, string> } | undefined;
  return Buffer.from(secret?.data?.['tls.crt'] ?? '', 'base64').toString();
};

describe('a renewed certificate', () => {
  it('is noticed by its id, and put into the cluster', async () => {
    const world = startWorld();
    const id = await world.deploy(content(CHART));
    await world.settle();
    const before = await world.living(id);
    expect([tlsIn(world), isOutdated(before as never, 'example.com', 'c1')]).toEqual(['CHAIN of c1', false]);
    world.dns.certificate = 'c2';
    expect(isOutdated(before as never, 'example.com', 'c2')).toBe(true);
    await world.renew(id);
    await world.settle();
    const after = await world.living(id);
    expect([tlsIn(world), after.status, after.releases.length, isOutdated(after as never, 'example.com', 'c2')]).toEqual(['CHAIN of c2', 'running', 1, false]);
  });

  it('counts for every zone that it has an address in, and not where there is none', () => {
    const exposure = { port: 80, host: 'api.other.org', zone: 'z2' };
    expect(zonesOf({ zone: 'z1', host: 'a.example.com', exposures: [exposure, exposure] })).toEqual(['z1', 'z2']);
    expect(zonesOf({ zone: null, host: null, exposures: [] })).toEqual([]);
    expect(isOutdated({ made: [] }, 'example.com', null)).toBe(false);
  });
});
