export { findClients } from './clients.js';
export type { HelmMajor, KubernetesClients } from './clients.js';
export { Unavailable } from './cache.js';
