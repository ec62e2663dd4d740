export { hostKey, LIFECYCLES, problemReason, SERVER_STATUSES, serverFacts, serverView, sshKeyView, type HostKey, type Lifecycle, type ServerFacts } from './views.js';
export { accessEvents, connectServer, signForServer } from './access.js';
export { serverCredential, serverJump, type ServerCredential, type ServerJump } from './events.js';
export {
  acceptHostKey, adoptSandbox, adoptServer, deleteServer, generateSshKey, hostAddress, importSshKey, removeSshKey, renameServer, tagServer, sandboxInfo, serverName, SSH_ERRORS, sshAuth,
  TEST_STAGES, testConnection, testStage, userName,
} from './commands.js';
export { allowedAction, allowedActions, NO_ABILITIES, OPERATION_WORDS, POWER_COMMANDS, POWER_OF, POWER_STATES, SERVER_ACTIONS, type Abilities, type ActionSubject, type PowerCommand, type PowerState, type ServerAction, type Verdict } from './allowed-actions.js';
export {
  addServerKey, applyManifest, authorizedKey, createSnapshot, deleteSnapshot, FOLLOW_FOR, followLogs, lifeEvents, LOG_SOURCES, logSignal, MANIFEST_LIMIT, manifestObject, powerOffServer, powerOnServer, readKubeconfig,
  rebootServer, rebuildServer, removeServerKey, resetServer, resizeServer, serverInfo, serverKeys, serverLogs, serverSnapshots, serverStatus, setTimeZone, shutdownServer, stopLogs, timeZones,
} from './life.js';
export {
  agreedPrice, cancelSetUp, cloudInitPreview, createServer, creationEvents, installK3s, provisioningEvents, removalEvents, removalPlan, removalStep, retrySetUp, SET_UP_LOG_LINES, setUpStep, setUpView, type AgreedPrice,
} from './provisioning.js';
export { INSTALL_STEPS, REMOVAL_STEPS, REMOVAL_WORDS, SET_UP_STEPS, SET_UP_WORDS, type RemovalStep, type SetUpStep } from './set-up-steps.js';
export { OPERATION_KINDS, operationEvents, operationsView, type OperationKind } from './operations.js';
export { sshHost, sshHosts, type SshHost } from './ssh-hosts.js';
export { serverEvents } from './events.js';
export { testConnectionSignal } from './signals.js';
export {
  metricsSample, metricsSeries, metricsSignal, metricsView, SERIES_FIELDS, SERIES_SPANS, SERVICE_STATES, WATCHED_SERVICES, type MetricsSample,
  type MetricsSeries, type SeriesField, type SeriesSpan, type ServiceState,
} from './metrics.js';
export {
  acknowledgeAlert, ALERT_KINDS, ALERT_LIMITS, alertsView, muteAlert, setAlertLimits, type AlertFinding, type AlertKind, type AlertLimits, type AlertState,
} from './alerts.js';
export {
  ARCHITECTURES, POWER_ACTIONS, powerAction, price, providerCapabilities, providerKind, type PowerAction, type Price, type ProviderCapabilities, type ProviderImage, type ProviderLocation, type ProviderPricing,
  type ServerOffer, type ServerTypeOffer,
} from './catalogue.js';
export {
  accountBudgetView, checkProvider, connectProvider, disconnectProvider, PROVIDER_ERRORS, providerImages, providerKeySource, providerKinds, providerLocations, providerName, providerView, renameProvider, replaceProviderKey,
  serverTypes, validateName,
} from './providers.js';
export { costDay, costEvents, costLine, costPeriod, costReport, costReportOutput, costSnapshot, costsView, costTotal, serverPrice, type CostLine, type CostReport, type ServerPrice } from './costs.js';
export { acceptDrift, checkDrift, DRIFT_ANSWERS, DRIFT_CHOICES, DRIFT_KINDS, driftEvents, driftFinding, driftState, driftView, ignoreDrift, revertDrift, type DriftAnswer, type DriftFinding, type DriftKind, type DriftState } from './drift.js';
export { vpsCommands, vpsEvents, vpsQueries, vpsSignals, vpsViews } from './contracts.js';
