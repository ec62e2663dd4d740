/** All of vps's contracts by kind, for doors, documents and tests. */
import { acceptHostKey, adoptSandbox, adoptServer, deleteServer, generateSshKey, importSshKey, removeSshKey, renameServer, sandboxInfo, tagServer, testConnection } from './commands.js';
import { serverEvents, sshKeyEvents } from './events.js';
import { checkProvider, connectProvider, disconnectProvider, providerEvents, providerImages, providerKinds, providerLocations, providerView, renameProvider, replaceProviderKey, serverTypes, validateName } from './providers.js';
import { metricsSignal, testConnectionSignal } from './signals.js';
import { metricsView, serverView, sshKeyView } from './views.js';

export const vpsCommands = {
  testConnection, adoptServer, adoptSandbox, acceptHostKey, renameServer, tagServer, deleteServer,
  generateSshKey, importSshKey, removeSshKey,
  connectProvider, replaceProviderKey, renameProvider, checkProvider, disconnectProvider,
} as const;
export const vpsQueries = {
  sandboxInfo,
  providerKinds, serverTypes, providerLocations, providerImages, validateName,
} as const;
export const vpsEvents = {
  ...serverEvents,
  ...sshKeyEvents,
  ...providerEvents,
} as const;
export const vpsViews = {
  servers: serverView, metrics: metricsView, 'ssh-keys': sshKeyView,
  providers: providerView,
} as const;
export const vpsSignals = {
  metrics: metricsSignal, 'test-connection': testConnectionSignal,
} as const;
