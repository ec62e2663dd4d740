// A process that starts a cluster, says its process id and its kubeconfig, and waits to be killed: cluster.int.spec.ts.
import { startCluster } from './cluster.js';

const cluster = await startCluster();
console.log(`${cluster.pid} ${cluster.kubeconfig}`);
setInterval(() => undefined, 60_000);
