/** For benchmarks: what a turn of the watch costs, and a deployment, over whatever cluster there is. */
export { createWatch } from './watch/run-watch.js';
export { groupByServer } from './watch/watched.js';
export { lifeGround, type LifeGround } from './life/life.fixture.js';
export { localCluster } from './cluster/local-cluster.js';
export { applyObjects, type KubernetesObject } from './cluster/objects.js';
export type { Cluster } from './cluster/cluster.js';
export { ensureNamespace } from './cluster/objects.js';
export { upgradeRelease } from './cluster/helm.js';
export { valuesText } from './catalog/index.js';
export { startWorld } from './running/processes.fixture.js';
export { deployShipped, ownCharts, shippedContent } from './running/real.fixture.js';
