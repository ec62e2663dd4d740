export { startCloudflareEmulator, type CloudflareEmulator, type NewToken } from './cloudflare/emulator.js';
export type { Fault } from './cloudflare/faults.js';
export { ALL_PERMISSIONS, PERMISSION_GROUPS, NEEDED_PERMISSIONS, type Permission } from './cloudflare/permissions.js';
export type { RateLimit } from './cloudflare/rate-limit.js';
export type { SeenRequest } from './cloudflare/serve.js';
export type { Account, TokenStatus, Zone } from './cloudflare/state.js';
export { startHetznerEmulator, type EmulatedServer, type HetznerEmulator, type HetznerOptions, type OutsideServer } from './hetzner/emulator.js';
export type { BackedMachine, Backing, MachineSpec } from './hetzner/backing.js';
export type { Fault as HetznerFault } from './hetzner/faults.js';
