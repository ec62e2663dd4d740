import { expect } from '@jest/globals';
import { TENANT, type Processes } from './processes.fixture.js';

/** What must be so whenever nothing is under way: what is at the provider is listed, and nothing of what is not listed is left. */
export const expectNothingUnlisted = async (p: Processes): Promise<void> => {
  const rows = new Map(p.rows().map(row => [row.id, row]));
  for (const { labels } of [...p.provider.world.servers.values(), ...p.provider.world.keys.values()]) {
    expect(labels).toMatchObject({ managed_by: 'xanthus', xanthus_tenant: TENANT });
    expect([...rows.keys()]).toContain(labels['xanthus_server']);
  }
  for (const row of rows.values()) {
    const machines = [...p.provider.world.servers.values()].filter(s => s.labels['xanthus_server'] === row.id);
    expect(machines.length).toBeLessThanOrEqual(1);
    if (row.lifecycle === 'ready') expect(machines.map(m => m.ref)).toEqual([row.provider_ref]);
    expect(['ready', 'failed', 'removal-failed']).toContain(row.lifecycle);
    const setUp = p.setUp(row.id);
    expect(setUp?.state).toBe({ ready: 'finished', failed: 'failed', 'removal-failed': 'removal-failed' }[row.lifecycle as 'ready']);
    if (row.lifecycle !== 'ready') {
      expect(row.lifecycle_problem?.message).toMatch(/[A-Z].{15,}/);
      expect(setUp?.next.length).toBeGreaterThan(0);
    }
    expect(await p.holds(row.name)).toBe(true);
  }
  expect([...p.secrets.keys()].filter(name => ![...rows.keys()].some(id => name.endsWith(id)))).toEqual([]);
  expect(p.pending()).toEqual([]);
};
