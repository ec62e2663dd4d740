/** All of vps's contracts by kind, for doors, documents and tests. */
import { healthQuery } from '../health.js';
import { accessEvents, connectServer, signForServer } from './access.js';
import { acknowledgeAlert, alertEvents, alertsView, muteAlert, setAlertLimits } from './alerts.js';
import { acceptHostKey, adoptSandbox, adoptServer, deleteServer, generateSshKey, importSshKey, removeSshKey, renameServer, sandboxInfo, tagServer, testConnection } from './commands.js';
import { costEvents, costReport, costsView } from './costs.js';
import { acceptDrift, checkDrift, driftEvents, driftView, ignoreDrift, revertDrift } from './drift.js';
import { serverEvents, sshKeyEvents } from './events.js';
import { accountBudgetView, checkProvider, connectProvider, disconnectProvider, providerEvents, providerImages, providerKinds, providerLocations, providerView, renameProvider, replaceProviderKey, serverTypes, validateName } from './providers.js';
import {
  addServerKey, applyManifest, createSnapshot, deleteSnapshot, followLogs, lifeEvents, logSignal, powerOffServer, powerOnServer, readKubeconfig, rebootServer, rebuildServer, removeServerKey, resetServer, resizeServer,
  serverInfo, serverKeys, serverLogs, serverSnapshots, serverStatus, setTimeZone, shutdownServer, stopLogs, timeZones,
} from './life.js';
import { operationEvents, operationsView } from './operations.js';
import { cancelSetUp, cloudInitPreview, createServer, creationEvents, installK3s, provisioningEvents, removalEvents, removalPlan, retrySetUp, setUpView } from './provisioning.js';
import { sshHosts } from './ssh-hosts.js';
import { metricsSeries, metricsSignal, metricsView } from './metrics.js';
import { testConnectionSignal } from './signals.js';
import { serverView, sshKeyView } from './views.js';

export const vpsCommands = {
  testConnection, adoptServer, adoptSandbox, acceptHostKey, renameServer, tagServer, deleteServer,
  createServer, installK3s, cancelSetUp, retrySetUp,
  generateSshKey, importSshKey, removeSshKey,
  connectServer, signForServer,
  acknowledgeAlert, muteAlert, setAlertLimits,
  acceptDrift, revertDrift, ignoreDrift, checkDrift,
  connectProvider, replaceProviderKey, renameProvider, checkProvider, disconnectProvider,
  powerOnServer, powerOffServer, rebootServer, resetServer, shutdownServer, resizeServer, rebuildServer, createSnapshot, deleteSnapshot, setTimeZone, applyManifest, readKubeconfig, addServerKey, removeServerKey, followLogs, stopLogs,
} as const;
export const vpsQueries = {
  health: healthQuery('vps'),
  sandboxInfo,
  metricsSeries,
  cloudInitPreview, removalPlan,
  costReport,
  providerKinds, serverTypes, providerLocations, providerImages, validateName,
  serverStatus, serverInfo, serverLogs, serverSnapshots, serverKeys, timeZones, sshHosts,
} as const;
export const vpsEvents = {
  ...serverEvents,
  ...creationEvents,
  ...provisioningEvents,
  ...removalEvents,
  ...operationEvents,
  ...lifeEvents,
  ...accessEvents,
  ...sshKeyEvents,
  ...alertEvents,
  ...providerEvents,
  ...costEvents,
  ...driftEvents,
} as const;
export const vpsViews = {
  servers: serverView, setup: setUpView, operations: operationsView, metrics: metricsView, 'ssh-keys': sshKeyView,
  alerts: alertsView,
  providers: providerView, 'account-budgets': accountBudgetView,
  costs: costsView, drift: driftView,
} as const;
export const vpsSignals = {
  metrics: metricsSignal, log: logSignal, 'test-connection': testConnectionSignal,
} as const;
