/** How applications are, asked of a real control plane: status, logs, the look of a turn, drift. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Refusal } from '@xanthus/kernel';
import { findClients } from '@xanthus/kubernetes-testbed';
import { describeWithCluster } from '@xanthus/kubernetes-testbed/spec';
import { eventually, tempDir, type TempDir } from '@xanthus/testing';
import { packChart, upgradeInstall } from '../cluster/chart.fixture.js';
import type { Cluster, PutFile } from '../cluster/cluster.js';
import { inventory } from '../cluster/inventory.js';
import { localCluster } from '../cluster/local-cluster.js';
import { applyObjects, deleteObjects, ensureNamespace } from '../cluster/objects.js';
import { scale } from '../cluster/workloads.js';
import { TENANT } from '../running/processes.fixture.js';
import { createWatch } from '../watch/run-watch.js';
import { groupByServer } from '../watch/watched.js';
import { checkNow } from './check-now.js';
import { lifeGround, type Deployed, type LifeGround } from './life.fixture.js';
import { logs } from './logs.js';
import { applicationStatusOf } from './status.js';

const SECRET = 'hush-hush-42';
const { signal } = new AbortController();
const limits = { signal, timeout_ms: 150_000 };
/** Everything answers, but what says so does not. */
const ask = async (url: string): Promise<{ status: number } | { problem: string }> => (url.includes('silent') ? { problem: 'It cannot be reached.' } : { status: url.includes('wrong') ? 500 : 200 });

await describeWithCluster('the life of applications', (bed) => {
  let folder: TempDir;
  let cluster: Cluster;
  let chart: PutFile;
  let ground: LifeGround;
  let app: Deployed;
  const install = async (name: string, values: string): Promise<void> => {
    await ensureNamespace(cluster, name, { tenant: TENANT, application: 'x' }, limits);
    await upgradeInstall(cluster, { namespace: name, release: name, chart: chart.path, values, description: 'spec', wait_ms: 90_000 }, { signal });
  };
  beforeAll(async () => {
    folder = await tempDir('xanthus-life-');
    const clients = await findClients(4);
    cluster = { ...localCluster({ ...clients, kubeconfig: bed().kubeconfig, facts: { simulated: false, helm: '4.2.3', kubernetes: '1.36.3' } }) };
    chart = await cluster.putFile(await packChart(folder.path, clients.helm), '.tgz', signal);
    ground = lifeGround(() => cluster);
    await install('notes', `log: password is ${SECRET}`);
    app = await ground.deployed('notes', { host: 'notes.example.com', secrets: { password: SECRET } });
  });
  afterAll(async () => {
    await chart?.remove();
    await folder?.remove();
  });
  const look = async (watch: ReturnType<typeof createWatch>, ...ids: readonly string[]): Promise<void> => {
    const rows = await Promise.all(ids.map(id => ground.row(id)));
    for (const group of groupByServer(rows.map(row => [TENANT, row] as const))) await watch.look(group, signal);
  };
  const observed = (id: string) => ground.events(id).filter(e => e.type === 'ApplicationObserved').map(e => e.data);

  it('tells the status of one, and what could not be asked', async () => {
    const status = await applicationStatusOf(ground.on, ask, ground.call(app.id));
    expect(status).toMatchObject({
      reachable: true, problem: null, health: 'deployed', sentence: '1 of 1 pods ready', helm: { status: 'deployed', revision: 1, chart: 'small-1.0.0' },
      workloads: [{ workload: 'Deployment/notes', ready: 1, wanted: 1 }], addresses: [{ host: 'notes.example.com', answers: true, status: 200 }],
    });
    expect(status.pods).toEqual([expect.objectContaining({ ready: true, workload: 'Deployment/notes' })]);
    ground.broken = new Refusal('CLUSTER.UNREACHABLE', 'The server cannot be reached: no answer.');
    expect(await applicationStatusOf(ground.on, ask, ground.call(app.id))).toMatchObject({ reachable: false, health: 'unknown', problem: { code: 'CLUSTER.UNREACHABLE' }, helm: null, pods: [], addresses: [{ answers: true }] });
    ground.broken = undefined;
  });

  it('reads logs of its own pods only, without its secrets', async () => {
    expect(await logs(ground.on, { lines: 100, previous: false }, ground.call(app.id))).toMatchObject({ lines: expect.arrayContaining([expect.stringContaining('password is •••')]), truncated: false });
    await applyObjects(cluster, [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'somebody-else', namespace: 'notes' }, spec: { containers: [{ name: 'main', image: 'example.com/other:1' }] } }], { tenant: TENANT, application: 'other' }, limits);
    await expect(logs(ground.on, { pod: 'somebody-else', lines: 100, previous: false }, ground.call(app.id))).rejects.toMatchObject({ code: 'APPLICATION.POD_UNKNOWN' });
  });

  it('looks at all of a server in one call, and tells only what is news', async () => {
    const [other, missing] = await Promise.all([ground.deployed('other', { host: 'silent.example.com' }), ground.deployed('missing', { host: 'wrong.example.com' })]);
    await install('other', 'replicas: 2');
    const watch = createWatch(ground.on, ask);
    ground.calls.length = 0;
    await look(watch, app.id, other.id, missing.id);
    // the first turn asks Helm for each as well
    expect(ground.calls.filter(c => c.startsWith('kubectl'))).toEqual(['kubectl get']);
    expect(observed(app.id)).toEqual([{ health: 'deployed', pods: { ready: 1, wanted: 1, restarts: 0 }, sentence: '1 of 1 pods ready', address: 'answers' }]);
    expect(observed(other.id)).toMatchObject([{ health: 'deployed', pods: { ready: 2, wanted: 2 }, address: 'silent' }]);
    expect(observed(missing.id)).toMatchObject([{ health: 'missing', address: 'wrong' }]);
    ground.calls.length = 0;
    await look(watch, app.id, other.id);
    expect(ground.calls).toEqual(['kubectl get']);
    expect([observed(app.id).length, observed(other.id).length]).toEqual([1, 1]);
    await bed().simulate([{ namespace: 'other', do: 'crash' }]);
    await eventually(async () => {
      await look(watch, other.id);
      return observed(other.id).at(-1)?.health === 'degraded';
    }, { every: 300 });
    expect(observed(other.id).at(-1)?.sentence).toMatch(/starts and ends again|did not become ready|of 2 pods/);
    expect(observed(app.id)).toHaveLength(1);
    await bed().simulate([]);
  });

  it('says of a server that cannot be reached only what it knows, and not at the first time', async () => {
    const watch = createWatch(ground.on, ask);
    ground.broken = new Refusal('CLUSTER.UNREACHABLE', 'The server cannot be reached: no answer.');
    await look(watch, app.id);
    const before = observed(app.id).length;
    await look(watch, app.id);
    await look(watch, app.id);
    expect(observed(app.id).slice(before)).toMatchObject([{ health: 'unknown', sentence: expect.stringContaining('cannot be reached') }]);
    ground.broken = undefined;
    await look(watch, app.id);
    expect(observed(app.id).at(-1)).toMatchObject({ health: 'deployed' });
  });

  it('finds what was changed by hand, until it is as the release says again', async () => {
    const findings = () => ground.events(app.id).filter(e => e.type === 'DriftSeen').map(e => e.data.findings);
    await checkNow(ground.on, ask, ground.call(app.id));
    expect(findings()).toEqual([]);
    await applyObjects(cluster, [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'notes-settings', namespace: 'notes' }, data: { title: `with ${SECRET}` } }], { tenant: TENANT, application: 'hand' }, limits);
    await deleteObjects(cluster, [{ kind: 'Service', name: 'notes', namespace: 'notes' }], limits);
    await scale(cluster, { namespace: 'notes', workload: 'Deployment/notes', replicas: 3 }, limits);
    await eventually(async () => (await inventory(cluster, { namespace: 'notes', release: 'notes', application: app.id }, limits)).workloads[0]?.ready === 3, { every: 200 });
    await checkNow(ground.on, ask, ground.call(app.id));
    const [found = []] = findings();
    expect(found).toEqual(expect.arrayContaining([
      { kind: 'Service', name: 'notes', what: 'missing', detail: '' },
      { kind: 'ConfigMap', name: 'notes-settings', what: 'changed', detail: expect.stringContaining('data.title: Hello → with •••') },
      { kind: 'Deployment', name: 'notes', what: 'changed', detail: 'spec.replicas: 1 → 3' },
    ]));
    expect(found).toHaveLength(3);
    await install('notes', `log: password is ${SECRET}\nreplicas: 3`);
    await checkNow(ground.on, ask, ground.call(app.id));
    expect(findings()).toHaveLength(2);
    expect(findings().at(-1)).toEqual([]);
    expect(JSON.stringify(ground.store.all())).not.toContain(SECRET);
  });
}, { own: true });
