export { hostKey, metricsSample, metricsView, problemReason, SERVER_STATUSES, serverFacts, serverView, sshKeyView, vpsViews, type HostKey, type MetricsSample, type ServerFacts } from './views.js';
export { serverCredential, vpsEvents, type ServerCredential } from './events.js';
export {
  acceptHostKey, adoptSandbox, adoptServer, deleteServer, generateSshKey, hostAddress, importSshKey, removeSshKey, renameServer, tagServer, sandboxInfo, serverName, SSH_ERRORS, sshAuth,
  TEST_STAGES, testConnection, testStage, userName, vpsCommands, vpsQueries,
} from './commands.js';
export { metricsSignal, testConnectionSignal, vpsSignals } from './signals.js';
