export { hostKey, metricsSample, metricsView, problemReason, SERVER_STATUSES, serverFacts, serverView, sshKeyView, type HostKey, type MetricsSample, type ServerFacts } from './views.js';
export { serverCredential, type ServerCredential } from './events.js';
export {
  acceptHostKey, adoptSandbox, adoptServer, deleteServer, generateSshKey, hostAddress, importSshKey, removeSshKey, renameServer, tagServer, sandboxInfo, serverName, SSH_ERRORS, sshAuth,
  TEST_STAGES, testConnection, testStage, userName,
} from './commands.js';
export { metricsSignal, testConnectionSignal } from './signals.js';
export { vpsCommands, vpsEvents, vpsQueries, vpsSignals, vpsViews } from './contracts.js';
