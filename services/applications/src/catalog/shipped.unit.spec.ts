import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { localChart } from '@xanthus/deploy/charts';
import { renderedOf } from './catalog.fixture.js';
import { checkValues } from './check-values.js';
import { shippedEntries, shippedEntry } from './shipped.js';

describe('shipped entries', () => {
  it('are all files of the folder, each parsed without a problem', () => {
    const files = readdirSync(join(import.meta.dirname, '../../catalog')).map(f => f.replace('.yaml', ''));
    expect(shippedEntries().map(({ entry }) => entry.id).toSorted()).toEqual(files.toSorted());
    expect(files.length).toBeGreaterThanOrEqual(15);
    expect(files).toEqual(expect.arrayContaining(['argocd', 'code-server', 'headlamp', 'open-webui', 'xanthus']));
    expect(shippedEntry('nobody')).toBeUndefined();
  });

  it.each(shippedEntries().map(({ entry }) => [entry.id, entry] as const))('%s renders into values that its chart takes', (_, entry) => {
    const inputs = { version: { version: entry.version_source.versions[0] ?? '1', app_version: null } };
    const { values, host } = renderedOf(entry, inputs);
    expect(JSON.stringify(values)).not.toMatch(/\{\{ ?[A-Z_]+ ?\}\}/);
    expect(JSON.stringify(values)).toContain('Europe/Berlin');
    expect(host === null).toBe(entry.health_checks.address === null);
    if (host !== null) expect(JSON.stringify(values)).toContain('"example.com-tls"');
    const chart = localChart(entry.helm_chart.chart);
    if (entry.helm_chart.repository === 'local') expect(checkValues(values, chart?.schema ?? {})).toEqual({ checked: true, problems: [] });
    else expect(entry.helm_chart.repository).toMatch(/^https:/);
    expect(entry.icon).toContain('<svg');
    expect(entry.documentation).not.toBe('');
    expect(entry.metadata.license).not.toBe('');
  });
});
