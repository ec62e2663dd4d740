import { afterAll, beforeAll, describe } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Unavailable } from './cache.js';
import { foreignCluster, startCluster } from './cluster.js';
import type { StartClusterOptions, TestCluster } from './cluster.js';
import { findClients } from './clients.js';
import { buildServer, serverState } from './server.js';

/**
 * Why specs can have no Kubernetes here, in a sentence; undefined when they can. A build that goes on (`npm test` begins one) is waited for,
 * until XANTHUS_TEST_KUBERNETES_UNTIL (ms since 1970) if that is set; one is begun here only when XANTHUS_TEST_KUBERNETES=build says so, because it takes minutes.
 */
export const whyNoCluster = async (): Promise<string | undefined> => {
  const wanted = process.env['XANTHUS_TEST_KUBERNETES'];
  if (wanted === 'off') return 'XANTHUS_TEST_KUBERNETES is off';
  try {
    await findClients(4);
    if (process.env['XANTHUS_TEST_KUBECONFIG']) return undefined;
    if (wanted === 'build') return void await buildServer();
    const until = Number(process.env['XANTHUS_TEST_KUBERNETES_UNTIL'] ?? Number.POSITIVE_INFINITY);
    for (;;) {
      const state = await serverState();
      if ('ready' in state) return undefined;
      if ('missing' in state) return 'there is no Kubernetes built on this machine (`npm run kubernetes -- build` does it once, with Go 1.26)';
      if (Date.now() > until) return 'Kubernetes is still being built (XANTHUS_TEST_KUBERNETES=build waits for it however long it takes)';
      await pause(500);
    }
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
