import { afterAll, beforeAll, describe } from '@jest/globals';
import { Unavailable } from './cache.js';
import { foreignCluster, startCluster } from './cluster.js';
import type { StartClusterOptions, TestCluster } from './cluster.js';
import { findClients } from './clients.js';
import { buildServer, serverState } from './server.js';

/**
 * Why specs can have no Kubernetes here, in a sentence; undefined when they can. A build that goes on is waited for; one is begun only
 * when XANTHUS_TEST_KUBERNETES=build says so, because it takes minutes.
 */
export const whyNoCluster = async (): Promise<string | undefined> => {
  if (process.env['XANTHUS_TEST_KUBERNETES'] === 'off') return 'XANTHUS_TEST_KUBERNETES is off';
  try {
    await findClients(4);
    if (process.env['XANTHUS_TEST_KUBECONFIG']) return undefined;
    const state = await serverState();
    if ('missing' in state && process.env['XANTHUS_TEST_KUBERNETES'] !== 'build') return 'there is no Kubernetes built on this machine yet; `npm run kubernetes -- build` does it once';
    await buildServer();
    return undefined;
  } catch (error) {
    if (error instanceof Unavailable) return error.message;
    throw error;
  }
};

/**
 * A suite with a cluster of its own, started before its first test and ended after its last; without one it says why and counts as skipped.
 * With XANTHUS_TEST_KUBECONFIG it gets that cluster, unless `own` says that it must be one of ours (pods told to fail, nodes of a size).
 */
export const describeWithCluster = async (name: string, tests: (cluster: () => TestCluster) => void, o: StartClusterOptions & { readonly own?: boolean } = {}): Promise<void> => {
  const kubeconfig = process.env['XANTHUS_TEST_KUBECONFIG'];
  const why = await whyNoCluster() ?? (kubeconfig && o.own ? 'it needs simulated pods, and XANTHUS_TEST_KUBECONFIG names another cluster' : undefined);
  if (why !== undefined) console.warn(`skipped: ${name}: ${why}`);
  (why === undefined ? describe : describe.skip)(name, () => {
    let cluster: TestCluster | undefined;
    beforeAll(async () => { cluster = kubeconfig ? await foreignCluster(kubeconfig) : await startCluster(o); });
    afterAll(async () => { await cluster?.stop(); });
    tests(() => {
      if (!cluster) throw new Error('The cluster is there only within tests.');
      return cluster;
    });
  });
};
