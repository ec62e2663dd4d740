export { startSandbox, type RunningSandbox, type SandboxDescription } from './sandbox.js';
export { startSandboxHost, whyNoSandboxes, type SandboxHost, type SandboxHostOptions } from './host.js';
export { startControlApi, type ControlApi } from './control-api.js';
export { backingOf, type BackedMachine, type BackingSpec } from './backing.js';
export { HostError, type CreateInput, type HostErrorCode, type PowerAction, type Sandbox, type SandboxStatus } from './contract.js';
