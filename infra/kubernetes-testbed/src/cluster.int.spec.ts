import { expect, it } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '@xanthus/testing';
import { findClients } from './clients.js';
import type { TestCluster } from './cluster.js';
import { describeWithCluster } from './spec.js';

const run = promisify(execFile);

await describeWithCluster('a cluster of the testbed', (cluster) => {
  const withChart = async <T>(use: (chart: string) => Promise<T>): Promise<T> => {
    const folder = await mkdtemp(join(tmpdir(), 'xanthus-chart-'));
    try {
      await run((await findClients(4)).helm, ['create', 'web'], { cwd: folder });
      return await use(join(folder, 'web'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  /** What they keep goes with the cluster. */
  const env = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], HOME: dirname(cluster().kubeconfig), KUBECONFIG: cluster().kubeconfig });
  const helm = async (major: 3 | 4, ...args: string[]): Promise<string> => (await run((await findClients(major)).helm, args, { env: env() })).stdout;
  const kubectl = async (...args: string[]): Promise<string> => (await run((await findClients(4)).kubectl, args, { env: env() })).stdout;

  it('takes a chart with helm 3 and helm 4, waits for its pods, and gives it up again', () => withChart(async (chart) => {
    for (const major of [3, 4] as const) {
      const name = `web-${major}`;
      await helm(major, 'upgrade', '--install', name, chart, '--namespace', name, '--create-namespace', '--wait', '--timeout', '150s', '--set', 'ingress.enabled=true,ingress.className=traefik');
      expect(JSON.parse(await helm(major, 'list', '--namespace', name, '--output', 'json'))).toEqual([expect.objectContaining({ name, status: 'deployed' })]);
      expect(await pods(cluster(), name)).toEqual([expect.objectContaining({ phase: 'Running' })]);
      await helm(major, 'uninstall', name, '--namespace', name, '--wait');
      await eventually(async () => (await pods(cluster(), name)).length === 0);
    }
  }));

  it('plays pods that fail, by rule, and lets them recover when the rule goes', () => withChart(async (chart) => {
    await cluster().simulate([{ namespace: 'crashing', do: 'crash' }, { namespace: 'unpulled', do: 'image-pull' }]);
    for (const namespace of ['crashing', 'unpulled']) await helm(4, 'install', 'web', chart, '--namespace', namespace, '--create-namespace');
    const waiting = async (namespace: string): Promise<string | undefined> => (await pods(cluster(), namespace))[0]?.containerStatuses?.[0]?.state?.waiting?.reason;
    await eventually(async () => (await waiting('crashing')) === 'CrashLoopBackOff' && ((await pods(cluster(), 'crashing'))[0]?.containerStatuses?.[0]?.restartCount ?? 0) >= 1);
    await eventually(async () => (await waiting('unpulled')) === 'ImagePullBackOff');
    await expect(helm(4, 'upgrade', 'web', chart, '--namespace', 'unpulled', '--set', 'image.tag=2', '--wait', '--timeout', '1s')).rejects.toThrow(/deadline|not ready|timed out/i);
    await cluster().simulate([]);
    await kubectl('rollout', 'status', 'deployment/web', '--namespace', 'unpulled', '--timeout', '150s');
  }));

  it('leaves a pod unscheduled that wants more than the nodes have, and binds claims to volumes', async () => {
    const make = (path: string, body: unknown) => cluster().ask('POST', `/api/v1/namespaces/default/${path}`, body);
    await make('persistentvolumeclaims', { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } });
    const pod = (name: string, cpu: string) => ({ metadata: { name }, spec: { containers: [{ name: 'c', image: 'c', resources: { requests: { cpu } }, volumeMounts: [{ name: 'data', mountPath: '/data' }] }], volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] } });
    await make('pods', pod('large', '64'));
    await make('pods', pod('small', '100m'));
    await kubectl('wait', 'pod/small', '--for', 'condition=Ready', '--timeout', '150s');
    expect(await kubectl('get', 'pvc', 'data', '-o', 'jsonpath={.status.phase}')).toBe('Bound');
    expect(await kubectl('get', 'pod', 'large', '-o', 'jsonpath={.status.conditions[0].message}')).toContain('Insufficient cpu');
    expect(await kubectl('logs', 'small')).toContain('simulated log of c in default/small');
    expect(await kubectl('exec', 'small', '--', 'echo', 'hello')).toBe('hello\n');
    expect(await kubectl('top', 'pod', 'small', '--no-headers')).toMatch(/^small\s+\d+m\s+\d+Mi/);
  });

  it('completes jobs, so that hooks of charts end', async () => {
    await kubectl('create', 'job', 'hook', '--image', 'busybox');
    await kubectl('wait', 'job/hook', '--for', 'condition=Complete', '--timeout', '150s');
  });

  it('ends when the process that started it is killed, and leaves nothing', async () => {
    const child = spawn(process.execPath, ['infra/launch/bin/run.mjs', 'infra/kubernetes-testbed/src/cluster.fixture.ts'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = await once(child.stdout, 'data') as [Buffer];
    const [pid = '', kubeconfig = ''] = said.toString().trim().split(' ');
    expect([alive(Number(pid)), existsSync(kubeconfig)]).toEqual([true, true]);
    child.kill('SIGKILL');
    await eventually(() => !alive(Number(pid)));
    await eventually(() => !existsSync(dirname(kubeconfig)));
  });
}, { own: true });

interface PodStatus { phase: string; containerStatuses?: { restartCount: number; state?: { waiting?: { reason: string } } }[] }

const pods = async (cluster: TestCluster, namespace: string): Promise<PodStatus[]> => ((await cluster.ask('GET', `/api/v1/namespaces/${namespace}/pods`)).body as { items: { status: PodStatus }[] }).items.map(p => p.status);

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
