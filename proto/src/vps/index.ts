export { hostKey, metricsSample, metricsView, problemReason, SERVER_STATUSES, serverFacts, serverView, sshKeyView, type HostKey, type MetricsSample, type ServerFacts } from './views.js';
export { serverCredential, type ServerCredential } from './events.js';
export {
  acceptHostKey, adoptSandbox, adoptServer, deleteServer, generateSshKey, hostAddress, importSshKey, removeSshKey, renameServer, tagServer, sandboxInfo, serverName, SSH_ERRORS, sshAuth,
  TEST_STAGES, testConnection, testStage, userName,
} from './commands.js';
export { metricsSignal, testConnectionSignal } from './signals.js';
export {
  ARCHITECTURES, POWER_ACTIONS, powerAction, price, providerCapabilities, providerKind, type PowerAction, type Price, type ProviderCapabilities, type ProviderImage, type ProviderLocation, type ProviderPricing,
  type ServerOffer, type ServerTypeOffer,
} from './catalogue.js';
export {
  checkProvider, connectProvider, disconnectProvider, PROVIDER_ERRORS, providerImages, providerKeySource, providerKinds, providerLocations, providerName, providerView, renameProvider, replaceProviderKey,
  serverTypes, validateName,
} from './providers.js';
export { vpsCommands, vpsEvents, vpsQueries, vpsSignals, vpsViews } from './contracts.js';
