/** P25: what a deployment adds to the `helm upgrade --install` that is in it. */
import { applyObjects, deployShipped, ensureNamespace, localCluster, ownCharts, shippedContent, startWorld, upgradeRelease, valuesText, type Cluster } from '@xanthus/applications/testing';
import { findClients, startCluster } from '@xanthus/kubernetes-testbed';
import type { Benchmark } from './benchmark.js';
import { median, quantile } from './measure.js';

const OWNER = { tenant: 'acme', application: '01jd3x8e2v5y9w4z7q6r1s0tap' };
const { signal } = new AbortController();
const limits = { signal, timeout_ms: 60_000 };
const WAIT = 120_000;

/** As a person would by hand: the Secret that the chart names, then Helm. */
const byHand = async (cluster: Cluster, subdomain: string): Promise<number> => {
  const { rendered: { namespace, release_name, values }, content } = await shippedContent('code-server', { subdomain });
  await ensureNamespace(cluster, namespace, OWNER, limits);
  await applyObjects(cluster, [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: content.secret_name, namespace }, stringData: { ...content.secrets } }], OWNER, limits);
  const file = await cluster.putFile((await ownCharts().get(content.chart, signal)).bytes, '.tgz', signal);
  try {
    const from = performance.now();
    await upgradeRelease(cluster, { namespace, release: release_name, chart: file.path, values: valuesText(values), description: 'by hand', wait_ms: WAIT }, { signal });
    return performance.now() - from;
  } finally {
    await file.remove();
  }
};

const byUs = async (world: ReturnType<typeof startWorld>, subdomain: string): Promise<number> => {
  const what = await shippedContent('code-server', { subdomain });
  const from = performance.now();
  const id = await deployShipped(world, what);
  await world.settle();
  const took = performance.now() - from;
  const { status } = await world.living(id);
  if (status !== 'running') throw new Error(`${subdomain} is ${status}`);
  return took;
};

export const p25: Benchmark = {
  id: 'p25',
  title: 'a deployment, beside the helm that is in it',
  run: async ({ quick, progress }) => {
    const bed = await startCluster({ pods: 200, cpu: '64', memory: '256Gi' });
    try {
      const cluster = localCluster({ ...await findClients(4), kubeconfig: bed.kubeconfig, facts: { simulated: true, helm: '4.2.3', kubernetes: '1.36.3' } });
      let calls = 0;
      const counted: Cluster = { ...cluster, run: (...args) => { calls += 1; return cluster.run(...args); } };
      const world = startWorld({}, { clusterOf: async () => counted, charts: ownCharts(), wait_ms: WAIT });
      const [ours, raw, more, asked]: [number[], number[], number[], number[]] = [[], [], [], []];
      for (let i = 0; i < (quick ? 2 : 10); i++) {
        progress(`deployment ${i + 1}`);
        calls = 0;
        const [a, b] = i % 2 === 0 ? [await byUs(world, `ours-${i}`), await byHand(cluster, `raw-${i}`)] : [await byHand(cluster, `raw-${i}`), await byUs(world, `ours-${i}`)].toReversed() as [number, number];
        ours.push(a);
        raw.push(b);
        more.push(a - b);
        asked.push(calls);
      }
      const overhead = median(more);
      return {
        rows: [
          { what: 'deploy of code-server until it runs; raw: helm upgrade --install --wait', unit: 'ms', ours: median(ours), ours_p99: quantile(ours, 0.99), raw: median(raw), raw_p99: quantile(raw, 0.99), ratio: median(ours) / median(raw) },
          { what: `what is ours in it: ten steps, ${median(asked)} runs of helm and kubectl in all`, unit: 'ms', ours: overhead, ours_p99: quantile(more, 0.99), budget: '≤ 1 s', met: overhead <= 1_000 },
        ],
        notes: [
          'The cluster is that of the test bed: a real API server whose simulated pods are ready at once, so that Helm waits for nothing; helm 4 and kubectl are children of this process. The raw side finds namespace and Secret made.',
          'Ours looks whether the names are free, makes namespace, Secret and TLS Secret, has the cluster check what the chart makes of the values, runs Helm, reads back what was made, makes the record, and sees that every pod is ready. Events are in memory here and dns answers at once: a step written down is 4 ms more in the product (P20), and each run of a program a round trip over a connection that is open.',
        ],
      };
    } finally {
      await bed.stop();
    }
  },
};
