// A process that starts a cluster, says its process id, and waits to be killed: cluster.int.spec.ts.
import { startCluster } from './cluster.js';

const cluster = await startCluster();
console.log(cluster.pid);
setInterval(() => undefined, 60_000);
