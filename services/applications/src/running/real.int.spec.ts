/** Deployments with a real Helm on a real control plane, with charts and entries as they are shipped: what fails goes back, what was cut off is mended, what goes leaves nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { Refusal } from '@xanthus/kernel';
import { findClients, type KubernetesClients } from '@xanthus/kubernetes-testbed';
import { describeWithCluster } from '@xanthus/kubernetes-testbed/spec';
import { eventually } from '@xanthus/testing';
import type { Cluster } from '../cluster/cluster.js';
import { helmHistory, helmStatus, type ReleaseRef } from '../cluster/helm.js';
import { localCluster } from '../cluster/local-cluster.js';
import { listObjects } from '../cluster/objects.js';
import { namesOf, startWorld, type ProcessWorld } from './processes.fixture.js';
import { deployShipped, ownCharts, shippedContent } from './real.fixture.js';

const { signal } = new AbortController();
const limits = { signal, timeout_ms: 150_000 };
const KINDS = ['deployments', 'statefulsets', 'services', 'configmaps', 'secrets', 'persistentvolumeclaims', 'ingresses', 'serviceaccounts'];
const EVERYTHING = [...KINDS, 'namespaces', 'persistentvolumes', 'pods', 'replicasets', 'jobs', 'clusterroles', 'clusterrolebindings', 'customresourcedefinitions'];
/** Helm waits this long for what never becomes ready. */
const SHORT = '4s';

await describeWithCluster('deployments on a real cluster', (bed) => {
  let clients: KubernetesClients;
  let plain: Cluster;
  let world: ProcessWorld;
  /** Helm gives up soon, or as soon as a pod is in this trouble. */
  let impatient: boolean | RegExp = false;
  /** The next Helm is killed once it has begun. */
  let killed: ReleaseRef | undefined;

  const killHelm = async (ref: ReleaseRef, argv: readonly string[], stdin: string | Uint8Array | undefined): Promise<never> => {
    const child = spawn(clients.helm, argv, { stdio: ['pipe', 'ignore', 'ignore'], env: { PATH: process.env['PATH'], HOME: dirname(bed().kubeconfig), KUBECONFIG: bed().kubeconfig } });
    const ended = once(child, 'exit');
    child.stdin.end(stdin);
    await eventually(async () => (await helmStatus(plain, ref, limits))?.status.startsWith('pending-'), { every: 50 });
    child.kill('SIGKILL');
    await ended;
    throw new Refusal('CLUSTER.UNREACHABLE', 'The server is gone.', undefined, true);
  };

  /** As a Helm that has waited its time. */
  const giveUp = async (argv: readonly string[], o: Parameters<Cluster['run']>[2], trouble: RegExp): Promise<never> => {
    const over = new AbortController();
    const run = plain.run('helm', argv, { ...o, signal: AbortSignal.any([o.signal, over.signal]) }).catch(() => undefined);
    const namespace = argv[argv.indexOf('--namespace') + 1] ?? '';
    await eventually(async () => (await listObjects(plain, ['pods'], { namespace }, limits)).some(p => trouble.test(JSON.stringify(p['status']))), { every: 100 });
    over.abort();
    await run;
    throw new Refusal('CHART.NOT_READY', 'Not everything of it became ready in time.');
  };

  beforeAll(async () => {
    clients = await findClients(4);
    plain = localCluster({ ...clients, kubeconfig: bed().kubeconfig, facts: { simulated: true, helm: '4.2.3', kubernetes: '1.36.3' } });
    const cluster: Cluster = {
      ...plain,
      run(program, argv, o) {
        const upgrades = argv[0] === 'upgrade' && !argv.includes('--dry-run=server');
        const [ref] = [killed];
        if (upgrades && ref) {
          killed = undefined;
          return killHelm(ref, argv, o.stdin);
        }
        if (upgrades && impatient instanceof RegExp) return giveUp(argv, o, impatient);
        return plain.run(program, upgrades && impatient ? argv.map(a => (a === '90s' ? SHORT : a)) : argv, o);
      },
    };
    world = startWorld({}, { clusterOf: async () => cluster, charts: ownCharts(), wait_ms: 90_000 });
  });

  const everything = async (): Promise<string[]> => (await listObjects(plain, EVERYTHING, {}, limits)).map(o => `${o.kind} ${o.metadata.namespace ?? ''}/${o.metadata.name}`).sort();
  /** What a namespace holds, but for what changes with each touch. */
  const contents = async (namespace: string) => (await listObjects(plain, KINDS, { namespace }, limits))
    .filter(o => o['type'] !== 'helm.sh/release.v1' && o.metadata.name !== 'kube-root-ca.crt')
    .map(({ kind, metadata: { name, labels, annotations }, spec, data }) => ({ kind, name, labels, annotations: Object.entries(annotations).filter(([key]) => key !== 'deployment.kubernetes.io/revision'), spec, data }))
    .toSorted((a, b) => `${a.kind} ${a.name}`.localeCompare(`${b.kind} ${b.name}`));
  /** What Kubernetes takes away by itself takes a moment. */
  const settledAs = async (before: readonly string[]): Promise<void> => {
    await eventually(async () => (await everything()).length === before.length, { every: 200 }).catch(() => undefined);
    expect(await everything()).toEqual(before);
  };
  const failing = async (rules: Parameters<ReturnType<typeof bed>['simulate']>[0], work: () => Promise<unknown>, until: true | RegExp = true): Promise<void> => {
    await bed().simulate(rules);
    impatient = until;
    try {
      await work();
      await world.settle();
    } finally {
      impatient = false;
      await bed().simulate([]);
    }
  };

  it('deploys, upgrades and goes back to the whole release of before; deleted, it leaves nothing', async () => {
    const before = await everything();
    const first = await shippedContent('code-server', { subdomain: 'code', token: 'one-token-1', version: '4.102.2' });
    const { namespace } = first.rendered;
    const id = await deployShipped(world, first);
    await world.settle();
    expect(await world.living(id)).toMatchObject({ status: 'running', version: '4.102.2' });
    const was = await contents(namespace);
    expect(was.map(o => o.kind)).toEqual(['Deployment', 'Ingress', 'PersistentVolumeClaim', 'Secret', 'Secret', 'Service', 'ServiceAccount']);
    const listed = (await world.living(id)).made;

    await world.upgrade(id, (await shippedContent('code-server', { subdomain: 'code', token: 'two-token-2', kept: first, overlay: { components: { app: { replicas: 2 } } } })).content);
    await world.settle();
    expect(await world.living(id)).toMatchObject({ status: 'running', version: '4.103.2', last: { outcome: 'done' } });
    expect(await contents(namespace)).not.toEqual(was);

    await world.rollback(id, 1);
    await world.settle();
    expect(await contents(namespace)).toEqual(was);
    expect((await world.living(id)).releases.at(-1)).toMatchObject({ revision: 3, version: '4.102.2' });
    expect(namesOf((await world.living(id)).made)).toEqual(namesOf(listed));

    await world.remove(id);
    await world.settle();
    expect(await world.state(id)).toMatchObject({ status: 'deleted', kept: [] });
    await settledAs(before);
  });

  it.each([['valkey', 'image-pull'], ['uptime-kuma', 'never-ready']] as const)('%s, whose upgrade fails (%s), is what it was before', async (entry, fault) => {
    const subdomain = `bad-${fault}`;
    const first = await shippedContent(entry, { subdomain });
    const { namespace } = first.rendered;
    const id = await deployShipped(world, first);
    await world.settle();
    expect(await world.living(id)).toMatchObject({ status: 'running' });
    const was = await contents(namespace);
    const tag = 'next-tag';
    await failing([{ namespace, image: tag, do: fault }], async () => world.upgrade(id, (await shippedContent(entry, { subdomain, kept: first, overlay: { components: { app: { image: { tag } } } } })).content), fault === 'image-pull' ? /ImagePull/ : true);
    const now = await world.living(id);
    expect(now).toMatchObject({ status: 'running', last: { outcome: 'failed', problem: fault === 'image-pull' ? { code: 'CHART.IMAGE', message: expect.stringContaining(`${entry}:${tag}`) } : { code: 'CHART.NOT_READY', message: expect.stringContaining(first.rendered.release_name) } } });
    expect(await contents(namespace)).toEqual(was);
    await eventually(async () => !JSON.stringify(await listObjects(plain, ['pods'], { namespace }, limits)).includes(tag), { every: 200 });
  });

  it('a deploy that never becomes ready is taken back, and leaves a namespace that was there', async () => {
    const first = await shippedContent('uptime-kuma', { subdomain: 'never' });
    const { namespace } = first.rendered;
    await bed().ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await bed().ask('POST', `/api/v1/namespaces/${namespace}/resourcequotas`, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none' }, spec: { hard: { pods: '0' } } });
    await eventually(async () => JSON.stringify((await bed().ask('GET', `/api/v1/namespaces/${namespace}/resourcequotas/none`)).body).includes('"used":{"pods"'));
    const before = await everything();
    let id = '';
    await failing([], async () => { id = await deployShipped(world, first); });
    expect(await world.living(id)).toMatchObject({ status: 'failed', made: [], last: { problem: { code: 'CLUSTER.QUOTA', message: expect.stringContaining('none') } } });
    await settledAs(before);
  });

  it('a Helm that was killed amid its work is recovered, in a deploy and in an upgrade', async () => {
    const first = await shippedContent('uptime-kuma', { subdomain: 'killed' });
    const { namespace, release_name: release } = first.rendered;
    const amid = async (work: () => Promise<unknown>): Promise<void> => {
      killed = { namespace, release };
      await work();
      await world.settle();
      expect(killed).toBeUndefined();
    };
    let id = '';
    await amid(async () => { id = await deployShipped(world, first); });
    expect(await world.living(id)).toMatchObject({ status: 'running', last: { outcome: 'done' } });
    expect((await helmHistory(plain, { namespace, release }, limits)).map(r => r.status)).toEqual(['deployed']);
    const was = await contents(namespace);
    await amid(async () => world.upgrade(id, (await shippedContent('uptime-kuma', { subdomain: 'killed', kept: first, overlay: { components: { app: { env: { NOTE: 'second' } } } } })).content));
    expect(await world.living(id)).toMatchObject({ status: 'running', last: { outcome: 'done' } });
    expect((await helmHistory(plain, { namespace, release }, limits)).filter(r => r.status === 'deployed')).toHaveLength(1);
    expect(JSON.stringify(await contents(namespace))).toContain('second');
    expect(JSON.stringify(was)).not.toContain('second');

    // Somebody else with the same names is told, and nothing of the first is touched.
    const there = await contents(namespace);
    const second = await deployShipped(world, first);
    await world.settle();
    expect(await world.living(second)).toMatchObject({ status: 'failed', made: [], last: { problem: { code: 'PLAN.STALE' } } });
    expect(await contents(namespace)).toEqual(there);

    await world.remove(id, true);
    await world.settle();
    const left = await world.state(id);
    expect(left.status === 'deleted' && namesOf(left.kept)).toEqual([`Namespace ${namespace}`, `PersistentVolumeClaim ${release}-data`]);
    expect((await contents(namespace)).filter(o => o.kind !== 'ServiceAccount').map(o => o.kind)).toEqual(['PersistentVolumeClaim']);
  });
}, { own: true });
