import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { localCharts, packChart } from '@xanthus/deploy/charts';
import { findClients } from '@xanthus/kubernetes-testbed';
import { describeWithCluster } from '@xanthus/kubernetes-testbed/spec';
import type { CatalogEntry } from '@xanthus/proto/applications';
import { renderedOf } from '../catalog/catalog.fixture.js';
import { makeSecrets, needsOf, portsOf, shippedEntries, valuesText, type Rendered } from '../catalog/index.js';
import { describeWithHelm, objectsOf, run, type Manifest } from './helm.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'xanthus-charts-'));
const archive = (name: string): string => join(folder, `${name}.tgz`);
beforeAll(() => { for (const chart of localCharts()) writeFileSync(archive(chart.name), packChart(chart)); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

const own = shippedEntries().map(({ entry }) => entry).filter(entry => entry.helm_chart.repository === 'local');
const rendered = (entry: CatalogEntry): Rendered => renderedOf(entry, { version: { version: entry.version_source.versions[0] ?? '1', app_version: null }, secret_environment: entry.environment_variables.filter(v => v.secret).map(v => v.name) });
const template = async (helm: string, entry: CatalogEntry): Promise<string> => {
  const { release_name, namespace, values } = rendered(entry);
  const said = await run(helm, ['template', release_name, archive(entry.helm_chart.chart), '--namespace', namespace, '--values', '-'], { stdin: valuesText(values) });
  expect([entry.id, said.stderr, said.code]).toEqual([entry.id, '', 0]);
  return said.stdout;
};
/** What a person would have given. */
const given = (entry: CatalogEntry): Record<string, string> => Object.fromEntries(entry.environment_variables.filter(v => v.secret).map(v => [v.name, 'given']));
const TOOLS = { randomInt, bcrypt: (text: string) => Promise.resolve(`$2b$10$${'x'.repeat(text.length)}`) };
const byName = (objects: readonly Manifest[]): Manifest[] => objects.toSorted((a, b) => `${a.kind} ${a.metadata.name}`.localeCompare(`${b.kind} ${b.metadata.name}`));

interface Pod { containers: { image: string; securityContext: object; env: { name: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[]; resources: { requests?: Record<string, string>; limits?: Record<string, string> } }[]; securityContext: object; automountServiceAccountToken: boolean }
const podsOf = (objects: readonly Manifest[]): Pod[] => objects.filter(o => o.kind === 'Deployment' || o.kind === 'StatefulSet').map(o => (o.spec as { template: { spec: Pod } }).template.spec);
const cores = (text: string): number => (text.endsWith('m') ? Number(text.slice(0, -1)) / 1_000 : Number(text));
const gib = (text: string): number => Number(text.replace(/[A-Za-z]+$/, '')) / (text.endsWith('Mi') ? 1_024 : 1);

const made = new Map<string, Manifest[]>();

await describeWithHelm('charts of ours, in helm 3 and 4', clients => {
  it('are found without a fault by both', async () => {
    const values = join(folder, 'full.yaml');
    writeFileSync(values, valuesText(rendered(own.find(e => e.id === 'nextcloud') as CatalogEntry).values));
    for (const { helm } of [clients[3], clients[4]]) {
      for (const chart of localCharts()) for (const more of [[], ['--values', values]]) {
        const { stdout, code } = await run(helm, ['lint', '--strict', archive(chart.name), ...more]);
        expect([code, stdout.replace('[INFO] Chart.yaml: icon is recommended', '')]).toEqual([0, expect.not.stringMatching(/\[(?:WARNING|ERROR)\]/)]);
      }
    }
  });

  it('make the same of every shipped entry in both', async () => {
    for (const entry of own) {
      const [three, four] = await Promise.all([template(clients[3].helm, entry), template(clients[4].helm, entry)]);
      made.set(entry.id, byName(objectsOf(four)));
      expect(byName(objectsOf(three))).toEqual(made.get(entry.id));
    }
  });

  it.each(own.map(entry => [entry.id, entry] as const))('%s is safe, finds its secrets, has its address and fits its requirements', (id, entry) => {
    const objects = made.get(id) ?? [];
    const { release_name, secret_name, host } = rendered(entry);
    expect(objects.filter(o => o.kind === 'Secret')).toEqual([]);
    const pods = podsOf(objects);
    const keys = new Set([...entry.secrets.map(s => s.name), ...entry.environment_variables.filter(v => v.secret).map(v => v.name)]);
    for (const pod of pods) {
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(pod.automountServiceAccountToken).toBe(false);
      for (const container of pod.containers) {
        expect(container.securityContext).toMatchObject({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
        expect(container.env).toContainEqual({ name: 'TZ', value: 'Europe/Berlin' });
        expect(container.image).not.toMatch(/:latest$|\{\{/);
        for (const { valueFrom } of container.env) if (valueFrom) { expect(valueFrom.secretKeyRef.name).toBe(secret_name); expect(keys).toContain(valueFrom.secretKeyRef.key); }
        expect(container.resources).toMatchObject({ requests: { cpu: expect.any(String), memory: expect.any(String) }, limits: { memory: expect.any(String) } });
      }
    }
    const asked = (what: 'cpu' | 'memory'): number => pods.flatMap(p => p.containers).reduce((sum, c) => sum + (what === 'cpu' ? cores : gib)(c.resources.requests?.[what] ?? '0'), 0);
    const needs = needsOf(entry);
    expect(asked('cpu')).toBeLessThanOrEqual(needs.cpu + 1e-9);
    expect(asked('memory')).toBeLessThanOrEqual(needs.memory + 1e-9);
    const volumes = objects.filter(o => o.kind === 'PersistentVolumeClaim');
    expect(volumes).toHaveLength(entry.volumes.length);
    for (const volume of volumes) expect(volume.metadata.annotations).toMatchObject({ 'helm.sh/resource-policy': 'keep' });
    expect(objects.filter(o => o.kind === 'Ingress').map(o => o.spec)).toEqual(host === null ? [] : [expect.objectContaining({ ingressClassName: 'traefik', tls: [{ hosts: [host], secretName: 'example.com-tls' }], rules: [expect.objectContaining({ host })] })]);
    const service = objects.find(o => o.kind === 'Service' && o.metadata.name === release_name)?.spec as { ports: { port: number }[] };
    expect(service.ports.map(p => p.port)).toEqual(expect.arrayContaining(portsOf(entry).map(p => p.port)));
    if (entry.access.kind === 'password') expect(pods.length > 0 && objects.some(o => o.metadata.name === release_name && (o.kind === 'Deployment' || o.kind === 'StatefulSet'))).toBe(true);
  });
});

await describeWithCluster('charts of ours, on a real API server', cluster => {
  it('make what it takes, and pods that become ready with the secrets of their entry', async () => {
    const { kubectl } = await findClients(4);
    const ask = async (argv: readonly string[], stdin = ''): Promise<string> => {
      const said = await run(kubectl, argv, { stdin, env: { KUBECONFIG: cluster().kubeconfig, HOME: folder } });
      expect([said.stderr, said.code]).toEqual(['', 0]);
      return said.stdout;
    };
    const apply = async (items: readonly object[]): Promise<void> => {
      const names = await ask(['apply', '--server-side', '--field-manager=xanthus', '--validate=strict', '--filename', '-', '--output', 'name'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
      expect(names.trim().split('\n')).toHaveLength(items.length);
    };
    const secrets = await Promise.all(own.map(async entry => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: rendered(entry).secret_name, namespace: 'default' }, stringData: { ...given(entry), ...(await makeSecrets(entry, TOOLS)) } })));
    await apply(secrets.filter(s => Object.keys(s.stringData).length > 0));
    const all = [...made.values()].flat().map(o => ({ ...o, metadata: { ...o.metadata, namespace: 'default' } }));
    await apply(all);
    const workloads = (kind: string): string[] => all.filter(o => o.kind === kind).map(o => o.metadata.name);
    expect(workloads('Deployment').length + workloads('StatefulSet').length).toBeGreaterThan(own.length);
    await Promise.all([
      ask(['wait', '--namespace', 'default', '--for=condition=Available', '--timeout=150s', 'deployment', ...workloads('Deployment')]),
      ask(['wait', '--namespace', 'default', '--for=jsonpath={.status.readyReplicas}=1', '--timeout=150s', 'statefulset', ...workloads('StatefulSet')]),
      ask(['wait', '--namespace', 'default', '--for=jsonpath={.status.phase}=Bound', '--timeout=150s', 'persistentvolumeclaim', ...workloads('PersistentVolumeClaim')]),
    ]);
  });
}, { own: true, cpu: '32', memory: '128Gi' });
