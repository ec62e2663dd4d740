export { startCloudflareEmulator, type CloudflareEmulator, type NewToken } from './cloudflare/emulator.js';
export type { Fault } from './cloudflare/faults.js';
export { ALL_PERMISSIONS, PERMISSION_GROUPS, NEEDED_PERMISSIONS, type Permission } from './cloudflare/permissions.js';
export type { RateLimit } from './cloudflare/rate-limit.js';
export type { SeenRequest } from './cloudflare/serve.js';
export type { Account, TokenStatus, Zone } from './cloudflare/state.js';
