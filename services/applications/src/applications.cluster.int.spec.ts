/** applications with a real Helm on a real Kubernetes API: what a plan says is what is made, and a delete leaves the cluster as it was. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestGround, type TestGround } from '@xanthus/auth/test-ground';
import { findClients } from '@xanthus/kubernetes-testbed';
import { describeWithCluster } from '@xanthus/kubernetes-testbed/spec';
import type { RunningService } from '@xanthus/nest';
import type { DataOf } from '@xanthus/proto';
import { deleteApplication, deployApplication, planApplication, type applicationView, type deploymentView } from '@xanthus/proto/applications';
import type { Cluster } from './cluster/cluster.js';
import { localCluster } from './cluster/local-cluster.js';
import { listObjects } from './cluster/objects.js';
import { applicationsDeclarations } from './declarations.js';
import { startApplications } from './start-applications.js';

type Row = DataOf<typeof applicationView>;
type DeploymentRow = DataOf<typeof deploymentView>;
const SERVER = '01jd3x8e2v5y9w4z7q6r1s0tab';
const limits = { signal: new AbortController().signal, timeout_ms: 150_000 };
const KINDS = ['namespaces', 'deployments', 'statefulsets', 'services', 'ingresses', 'secrets', 'persistentvolumeclaims', 'serviceaccounts', 'configmaps', 'roles', 'clusterroles'];

await describeWithCluster('applications on a real cluster', (bed) => {
  let ground: TestGround;
  let service: RunningService;
  let cluster: Cluster;
  beforeAll(async () => {
    const [clients, started] = await Promise.all([findClients(4), startTestGround({ service: 'applications', declarations: applicationsDeclarations() })]);
    ground = started;
    cluster = localCluster({ ...clients, kubeconfig: bed().kubeconfig, facts: { simulated: true, helm: '4.2.3', kubernetes: '1.36.3' } });
    service = await startApplications(ground.env('applications'), {
      clusterOf: async () => cluster,
      vps: { server: async () => ({ id: SERVER, name: 'web-1', address: '192.0.2.10', status: 'reachable', time_zone: 'Europe/Amsterdam', k3s: true, simulated: true }) },
    });
  });
  afterAll(async () => {
    await service?.stop();
    await ground?.stop();
  });

  const there = async (): Promise<string[]> => (await listObjects(cluster, KINDS, {}, limits)).map(o => `${o.kind} ${o.metadata.namespace ?? ''}/${o.metadata.name}`).sort();
  const plan = (wish: Record<string, unknown>) => ground.asOwner(planApplication, { input: { wish, reason: '' } as never });
  const ended = (application: string, id: string): Promise<DeploymentRow> => ground.row<DeploymentRow>('deployments', `${application}.${id}`, d => d.ended_at !== null, 150_000);
  const wish = { kind: 'deploy', name: 'Team code', entry: 'code-server', server: SERVER, zone: null };

  it('plans into a namespace that is not there yet, and changes nothing', async () => {
    const before = await there();
    const { detail, ready } = await plan(wish);
    expect([ready, detail.conflicts, detail.namespace]).toEqual([true, [], 'team-code-code-server']);
    expect(detail.objects.map(o => `${o.action} ${o.sort}`)).toEqual(expect.arrayContaining(['create namespace', 'create secret', 'create release', 'create object']));
    expect(detail.requirements.cpu.free).toBeGreaterThan(0);
    expect(detail.warnings.map(w => w.kind)).toContain('simulated');
    expect(await there()).toEqual(before);
  });

  it('sees what is there under the names that it wants', async () => {
    const name = 'second-code-server';
    const foreign = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: name }, spec: { ports: [{ port: 80 }] } }] as const;
    for (const one of foreign) await cluster.run('kubectl', ['create', '--filename=-'], { ...limits, stdin: JSON.stringify(one) });
    const { detail, ready } = await plan({ ...wish, name: 'Second' });
    expect([ready, detail.conflicts.map(c => c.kind)]).toEqual([false, ['not_ours']]);
    expect(detail.conflicts[0]?.message).toContain('is there already and does not belong to this');
  });

  it('makes what the plan says, knows what other values would change, and leaves the cluster as it was', async () => {
    const before = await there();
    const made = await plan(wish);
    const { id, deployment } = await ground.asOwner(deployApplication, { input: { plan: made.id, hash: made.hash, accept: made.detail.warnings.map(w => w.kind) } });
    expect(await ended(id, deployment)).toMatchObject({ state: 'done', problem: null });
    const row = await ground.row<Row>('applications', id, r => r.work === null);
    expect(row).toMatchObject({ status: 'running', revision: 1 });
    const grown = (await there()).filter(o => !before.includes(o));
    for (const o of made.detail.objects.filter(p => p.action === 'create' && p.sort !== 'release' && p.kind !== 'Pod')) expect(grown).toContain(`${o.kind} ${o.namespace ?? ''}/${o.name}`);

    const values = await plan({ kind: 'set-values', application: id, environment: { GREETING: 'hello' } });
    expect(values.detail.objects.filter(o => o.action === 'change').map(o => o.kind)).toEqual(expect.arrayContaining(['Release', 'Deployment']));
    expect(values.detail.objects.find(o => o.kind === 'Deployment')?.detail).toMatch(/\+ +-? ?name: GREETING/);

    const gone = await ground.asOwner(deleteApplication, { id, input: { accept: ['data_loss'] } });
    expect(await ended(id, gone.deployment)).toMatchObject({ state: 'done', problem: null });
    expect(await there()).toEqual(before);
  });
});
