import type { HostKey, ServerFacts } from '@xanthus/proto/vps';
import type { Adopted, ServerEvent } from './server.js';

export const KEY: HostKey = { type: 'ssh-ed25519', fingerprint: `SHA256:${'a'.repeat(43)}` };
export const OTHER_KEY: HostKey = { type: 'ssh-ed25519', fingerprint: `SHA256:${'b'.repeat(43)}` };
export const FACTS: ServerFacts = { hostname: 'web-1', os: 'Debian 12', kernel: '6.1', architecture: 'x86_64', cpus: 2, memory_bytes: 4e9, disk_bytes: 4e10, sudo: true, k3s: null, helm: null };
export const TIMEOUT = { code: 'SERVER.TIMEOUT', message: 'No answer.' };

export const MACHINE: Adopted = { name: 'web-1', provider: 'existing', host: '192.0.2.10', port: 22, user: 'root', credential: { kind: 'private_key', secret: 'server-1' }, host_key: KEY };

export const adopted: readonly ServerEvent[] = [{ type: 'ServerAdopted', data: MACHINE }];
export const reachable: readonly ServerEvent[] = [...adopted, { type: 'ServerBecameReachable', data: {} }, { type: 'ServerFactsObserved', data: { facts: FACTS } }];
export const unreachable: readonly ServerEvent[] = [...reachable, { type: 'ServerBecameUnreachable', data: { reason: TIMEOUT } }];
export const blocked: readonly ServerEvent[] = [...reachable, { type: 'ServerHostKeyChanged', data: { presented: OTHER_KEY } }];
export const deleted: readonly ServerEvent[] = [...reachable, { type: 'ServerDeleted', data: {} }];
