/** Helm and kubectl, the real ones, on a real control plane: what the typed functions say of it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findClients } from '@xanthus/kubernetes-testbed';
import { describeWithCluster } from '@xanthus/kubernetes-testbed/spec';
import { eventually, tempDir, type TempDir } from '@xanthus/testing';
import { nodeCapacity } from './capacity.js';
import { packChart, upgradeInstall } from './chart.fixture.js';
import type { Cluster, PutFile } from './cluster.js';
import { dryRunInstall, getManifest, helmHistory, helmList, helmRollback, helmStatus, uninstall, type Install } from './helm.js';
import { inventory } from './inventory.js';
import { localCluster } from './local-cluster.js';
import { applyObjects, contentsOf, deleteObjects, ensureNamespace, getByManifest, getObject, patchSecret, readSecret, serviceAccountToken } from './objects.js';
import { followPodLogs, podLogs } from './pod-logs.js';
import { rolloutRestart, scale } from './workloads.js';

const OWNER = { tenant: 'acme', application: '01jd3x8e2v5y9w4z7q6r1s0tap' };
const { signal } = new AbortController();
const limits = { signal, timeout_ms: 150_000 };
const SECRET = 'hush-hush-42';

await describeWithCluster('a cluster', (bed) => {
  let folder: TempDir;
  let cluster: Cluster;
  let old: Cluster;
  let chart: PutFile;
  beforeAll(async () => {
    folder = await tempDir('xanthus-cluster-');
    const [four, three] = await Promise.all([findClients(4), findClients(3)]);
    const facts = { simulated: true, helm: '4.2.3', kubernetes: '1.36.3' };
    cluster = localCluster({ ...four, kubeconfig: bed().kubeconfig, facts });
    old = localCluster({ ...three, kubeconfig: bed().kubeconfig, facts: { ...facts, helm: '3.17.2' } });
    chart = await cluster.putFile(await packChart(folder.path, four.helm), '.tgz', signal);
  });
  afterAll(async () => {
    await chart?.remove();
    await folder?.remove();
  });
  const install = (name: string, values = `log: ${SECRET}`, more: Partial<Install> = {}): Install => ({ namespace: name, release: name, chart: chart.path, values, description: 'by a spec', wait_ms: 90_000, ...more });
  const whose = (name: string) => ({ namespace: name, release: name, application: OWNER.application });

  it.each([4, 3] as const)('installs, upgrades, goes back and uninstalls with Helm %i', async (major) => {
    const with_ = major === 4 ? cluster : old;
    const name = `life-${major}`;
    expect(await helmStatus(with_, whose(name), limits)).toBeNull();
    expect(await ensureNamespace(with_, name, OWNER, limits)).toBe('made');
    expect(await ensureNamespace(with_, name, OWNER, limits)).toBe('ours');
    const planned = await dryRunInstall(with_, install(name), limits);
    expect(planned.manifest).toContain(`name: ${name}-settings`);
    expect(await upgradeInstall(with_, install(name), { signal })).toMatchObject({ revision: 1, status: 'deployed', chart: 'small-1.0.0', app_version: '1', description: 'by a spec' });
    if (major === 3) {
      expect((await helmList(with_, limits)).find(r => r.name === name)).toMatchObject({ namespace: name, revision: 1, status: 'deployed' });
      expect(await uninstall(with_, whose(name), { signal, wait_ms: 90_000 })).toBe(true);
      return expect(await helmHistory(with_, whose(name), limits)).toEqual([]);
    }
    expect(await upgradeInstall(with_, install(name, 'replicas: 2'), { signal })).toMatchObject({ revision: 2, status: 'deployed' });
    const seen = await inventory(with_, whose(name), limits);
    expect(seen.workloads).toEqual([{ workload: `Deployment/${name}`, ready: 2, wanted: 2, settled: true }]);
    // `settled`: pods of the description before may still be on their way out
    expect(seen.pods.filter(p => p.ready && p.phase === 'Running')).toHaveLength(2);
    expect(seen.pods[0]).toMatchObject({ workload: `Deployment/${name}`, containers: [{ name: 'main', image: 'example.com/app:1', ready: true, state: 'running' }] });
    expect(seen.events.length).toBeGreaterThan(0);
    expect(await helmRollback(with_, whose(name), 1, { signal, wait_ms: 90_000 })).toMatchObject({ revision: 3, status: 'deployed' });
    expect((await helmHistory(with_, whose(name), limits)).map(r => r.status)).toEqual(['superseded', 'superseded', 'deployed']);
    expect(await getManifest(with_, whose(name), limits, 2)).toContain('replicas: 2');
    expect((await helmList(with_, limits)).find(r => r.name === name)).toMatchObject({ namespace: name, revision: 3, status: 'deployed' });
    expect(await uninstall(with_, whose(name), { signal, wait_ms: 90_000 })).toBe(true);
    expect(await uninstall(with_, whose(name), { signal, wait_ms: 90_000 })).toBe(false);
    expect(await getManifest(with_, whose(name), limits)).toBeNull();
    expect(await contentsOf(with_, name, limits)).toEqual([]);
    return undefined;
  });

  it('says what does not work and what to do', async () => {
    const name = 'faults';
    await ensureNamespace(cluster, name, OWNER, limits);
    await expect(upgradeInstall(cluster, install(name, 'replicas: many'), { signal })).rejects.toMatchObject({ code: 'CHART.VALUES', message: expect.stringContaining('replicas') });
    await expect(upgradeInstall(cluster, install(name, 'title: ""'), { signal })).rejects.toMatchObject({ code: 'CHART.RENDER', message: expect.stringContaining('a title') });
    await expect(upgradeInstall(cluster, install(name, 'a: [', {}), { signal })).rejects.toMatchObject({ code: 'CHART.VALUES' });
    await expect(upgradeInstall(cluster, install(name, '', { chart: '/tmp/none.tgz' }), { signal })).rejects.toMatchObject({ code: 'CHART.NOT_FOUND' });
    await expect(upgradeInstall(cluster, install('no-such-namespace'), { signal })).rejects.toMatchObject({ code: expect.stringMatching(/^CLUSTER/) });
    await applyObjects(cluster, [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `${name}-settings`, namespace: name }, data: {} }], OWNER, limits);
    await expect(upgradeInstall(cluster, install(name), { signal })).rejects.toMatchObject({ code: 'CHART.NOT_OURS', message: expect.stringContaining(`${name}-settings`) });
    const unreachable = localCluster({ ...await findClients(4), kubeconfig: '/nowhere/k3s.yaml', facts: cluster.facts });
    await expect(helmStatus(unreachable, whose(name), limits)).rejects.toMatchObject({ code: expect.stringMatching(/^CLUSTER\.(?:UNREACHABLE|NO_KUBERNETES)$/) });
    await expect(nodeCapacity(unreachable, limits)).rejects.toMatchObject({ code: expect.stringMatching(/^CLUSTER\.(?:UNREACHABLE|NO_KUBERNETES)$/) });
  });

  it('ends a program that takes too long or is not wanted any more', async () => {
    const name = 'slow';
    await ensureNamespace(cluster, name, OWNER, limits);
    await bed().simulate([{ namespace: name, do: 'image-pull' }]);
    const over = new AbortController();
    const work = upgradeInstall(cluster, install(name), { signal: over.signal });
    const pod = await eventually(async () => (await inventory(cluster, whose(name), limits)).pods.find(p => /Image|ErrImage/.test(p.phase)), { every: 200 });
    expect(pod).toMatchObject({ ready: false, containers: [{ state: 'waiting', reason: expect.stringMatching(/Image/) }] });
    over.abort();
    await expect(work).rejects.toMatchObject({ code: 'CLUSTER.CANCELLED' });
    expect(await helmStatus(cluster, whose(name), limits)).toMatchObject({ status: expect.stringMatching(/pending-install|failed/) });
    await bed().simulate([]);
  });

  describe('with something that runs', () => {
    const name = 'runs';
    beforeAll(async () => {
      await ensureNamespace(cluster, name, OWNER, limits);
      await upgradeInstall(cluster, install(name, `log: started ${SECRET}\nvolume: true`), { signal });
    });

    it('scales, restarts, and says how much is left', async () => {
      const before = await nodeCapacity(cluster, limits);
      await scale(cluster, { namespace: name, workload: `Deployment/${name}`, replicas: 3 }, limits);
      await eventually(async () => (await inventory(cluster, whose(name), limits)).workloads[0]?.ready === 3, { every: 200 });
      const after = await nodeCapacity(cluster, limits);
      expect(before.cpu - after.cpu).toBeCloseTo(0.2);
      expect(before.pods - after.pods).toBe(2);
      const pods = (await inventory(cluster, whose(name), limits)).pods.map(p => p.name);
      await rolloutRestart(cluster, { namespace: name, workload: `Deployment/${name}` }, limits);
      await eventually(async () => {
        const now = await inventory(cluster, whose(name), limits);
        return now.workloads[0]?.settled === true && now.workloads[0].ready === 3 && now.pods.every(p => !pods.includes(p.name));
      }, { every: 200 });
      await expect(scale(cluster, { namespace: name, workload: 'Deployment/other', replicas: 1 }, limits)).rejects.toMatchObject({ code: 'APPLICATION.WORKLOAD_UNKNOWN' });
      expect((await inventory(cluster, whose(name), limits)).volumes).toEqual([{ name: `${name}-data`, size: '1Gi', phase: expect.any(String), created_at: expect.any(String) }]);
    });

    it('reads logs and follows them', async () => {
      const pod = (await inventory(cluster, whose(name), limits)).pods.find(p => p.phase === 'Running')?.name ?? '';
      expect(await podLogs(cluster, { namespace: name, pod }, { lines: 10, previous: false }, limits)).toContain(`started ${SECRET}`);
      await expect(podLogs(cluster, { namespace: name, pod: 'other' }, { lines: 10, previous: false }, limits)).rejects.toMatchObject({ code: 'APPLICATION.POD_UNKNOWN' });
      const over = new AbortController();
      const following = followPodLogs(cluster, { namespace: name, pod }, { signal: over.signal, onData: () => undefined });
      over.abort();
      await expect(following).resolves.toBeUndefined();
    });

    it('finds what a manifest says, and takes objects away', async () => {
      const manifest = await getManifest(cluster, whose(name), limits) ?? '';
      expect((await getByManifest(cluster, manifest, name, limits)).map(o => o.kind).sort()).toEqual(['ConfigMap', 'Deployment', 'PersistentVolumeClaim', 'Service']);
      await deleteObjects(cluster, [{ kind: 'Service', name, namespace: name }, { kind: 'Service', name: 'never', namespace: name }], limits);
      expect((await getByManifest(cluster, manifest, name, limits)).map(o => o.kind)).not.toContain('Service');
    });

    it('keeps secrets out of arguments and hands them back', async () => {
      await applyObjects(cluster, [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys', namespace: name }, stringData: { password: SECRET } }], OWNER, limits);
      expect((await readSecret(cluster, { namespace: name, name: 'keys' }, limits))?.get('password')).toBe(SECRET);
      await patchSecret(cluster, { namespace: name, name: 'keys' }, { other: 'x' }, limits);
      expect(await readSecret(cluster, { namespace: name, name: 'keys' }, limits)).toEqual(new Map([['password', SECRET], ['other', 'x']]));
      expect((await getObject(cluster, { kind: 'Secret', name: 'keys', namespace: name }, limits))?.metadata.labels).toMatchObject({ 'xanthus.dev/application': OWNER.application, 'xanthus.dev/tenant': 'acme' });
      expect(await serviceAccountToken(cluster, { namespace: name, name: 'default', minutes: 10 }, limits)).toMatch(/^ey/);
      await expect(serviceAccountToken(cluster, { namespace: name, name: 'nobody', minutes: 10 }, limits)).rejects.toMatchObject({ code: 'CLUSTER.NOT_FOUND' });
    });
  });
}, { own: true });
