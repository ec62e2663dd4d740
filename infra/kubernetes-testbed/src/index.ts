export { Unavailable } from './cache.js';
export { findClients } from './clients.js';
export type { HelmMajor, KubernetesClients } from './clients.js';
export { startCluster } from './cluster.js';
export type { PodRule, StartClusterOptions, TestCluster } from './cluster.js';
export { ask, readKubeconfig } from './kubeconfig.js';
export type { Access, ApiAnswer } from './kubeconfig.js';
export { buildServer, VERSION } from './server.js';
