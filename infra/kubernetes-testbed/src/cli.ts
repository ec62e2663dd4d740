// `npm run kubernetes`: a cluster to play with until Ctrl-C. `npm run kubernetes -- build`: only builds what tests and the sandbox need.
import { findClients } from './clients.js';
import { startCluster } from './cluster.js';
import { buildServer } from './server.js';

const say = (line: string): void => { process.stderr.write(`${line}\n`); };
const [command = 'start', ...rest] = process.argv.slice(2);
try {
  if (command === 'build') {
    const [server] = await Promise.all([buildServer({ say, low: rest.includes('--low') }), findClients(4, say), findClients(3, say)]); // the build is told first: who looks sees that it goes on
    process.stdout.write(`${server}\n`);
  } else if (command === 'start') {
    const { helm, kubectl } = await findClients(4, say);
    const cluster = await startCluster({ say, likeK3s: true, ingress: true });
    process.stdout.write(`export KUBECONFIG=${cluster.kubeconfig}\n# ${cluster.url}, ingress ${cluster.ingress?.http} ${cluster.ingress?.https}\n# ${helm}\n# ${kubectl}\n# Pods are simulated. Ctrl-C ends it.\n`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { void cluster.stop().then(() => process.exit(0)); });
  } else throw new Error(`There is no command "${command}". Commands: start, build.`);
} catch (error) {
  say((error as Error).message);
  process.exitCode = 1;
}
