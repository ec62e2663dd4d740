import { z } from 'zod';
import { defineView } from '../contract.js';
import { actor, ulid } from '../envelope.js';
import { POWER_STATES } from './allowed-actions.js';
import { SET_UP_STEPS } from './set-up-steps.js';

export const hostKey = z.object({ type: z.string().max(64), fingerprint: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'SHA256:… as ssh-keygen -l prints it') });
export type HostKey = z.infer<typeof hostKey>;

/** What a server is, asked over SSH. Sizes in bytes. */
export const serverFacts = z.object({
  hostname: z.string(),
  os: z.string(),
  kernel: z.string(),
  architecture: z.string(),
  cpus: z.int().min(0),
  memory_bytes: z.number().min(0),
  disk_bytes: z.number().min(0),
  sudo: z.boolean(),
  k3s: z.string().nullable(),
  helm: z.string().nullable(),
});
export type ServerFacts = z.infer<typeof serverFacts>;

/** Why a server cannot be used now. `code` is one of the `SERVER.…` codes. */
export const problemReason = z.object({ code: z.string(), message: z.string() });

/** connecting: adopted, not reached yet. reachable / unreachable: as of the last sample. blocked: its host key changed. */
export const SERVER_STATUSES = ['connecting', 'reachable', 'unreachable', 'blocked'] as const;
/** creating: not ready yet for the first time. setting-up: was there before, and K3s is installed. failed: its making or set-up failed. removal-failed: deleting it did not work. */
export const LIFECYCLES = ['creating', 'setting-up', 'ready', 'failed', 'deleting', 'removal-failed'] as const;
export type Lifecycle = (typeof LIFECYCLES)[number];

export const serverView = defineView({
  service: 'vps', view: 'servers', schema: 1,
  summary: 'Every server of the tenant, its state and facts.',
  data: z.object({
    id: ulid,
    name: z.string(),
    /** `existing`: adopted. Else the kind of its provider. */
    provider: z.string(),
    /** Empty as long as its provider has given it no address. */
    host: z.string(),
    port: z.int(),
    user: z.string(),
    status: z.enum(SERVER_STATUSES),
    reason: problemReason.nullable(),
    host_key: hostKey,
    presented_host_key: hostKey.nullable(),
    facts: serverFacts.nullable(),
    adopted_at: z.iso.datetime(),
    adopted_by: actor,
    changed_at: z.iso.datetime(),
    /** None as long as nobody gave it any. */
    tags: z.array(z.string()).optional(),
    /** Absent: nobody has told; then what answers is on. */
    power: z.enum(POWER_STATES).optional(),
    /** Long work that runs on it now; more in the view `operations`. */
    operation: z.object({ id: z.string(), kind: z.string() }).optional(),
    time_zone: z.string().optional(),
    /** Absent: `ready`, as every adopted machine is. */
    lifecycle: z.enum(LIFECYCLES).optional(),
    /** While it is made or set up; more in the view `setup`. */
    setup_step: z.enum(SET_UP_STEPS).optional(),
    /** Why making or deleting it failed. */
    lifecycle_problem: problemReason.optional(),
    /** The account at a provider that it was made with. */
    provider_id: z.string().optional(),
    /** The provider's own id of the machine. */
    provider_ref: z.string().optional(),
    location: z.string().optional(),
    type: z.string().optional(),
    image: z.string().optional(),
  }),
  example: {
    id: '01jd3x8e2v5y9w4z7q6r1s0tab', name: 'web-1', provider: 'existing', host: '192.0.2.10', port: 22, user: 'root', status: 'reachable', reason: null,
    host_key: { type: 'ssh-ed25519', fingerprint: 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDLe9nGPP8CWGSPzIs' }, presented_host_key: null,
    facts: { hostname: 'web-1', os: 'Debian GNU/Linux 12 (bookworm)', kernel: '6.1.0-26-amd64', architecture: 'x86_64', cpus: 2, memory_bytes: 4_100_000_000, disk_bytes: 40_000_000_000, sudo: true, k3s: null, helm: null },
    adopted_at: '2026-11-21T08:00:00.000Z', adopted_by: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' }, changed_at: '2026-11-21T08:00:03.000Z',
  },
});

export const sshKeyView = defineView({
  service: 'vps', view: 'ssh-keys', schema: 1,
  summary: 'SSH keys of the tenant; the private half never leaves the vault.',
  data: z.object({ id: ulid, name: z.string(), type: z.string(), public_key: z.string(), fingerprint: z.string(), has_private_key: z.boolean(), created_at: z.iso.datetime(), created_by: actor }),
  example: {
    id: '01jd3x8e2v5y9w4z7q6r1s0tkk', name: 'deploy', type: 'ssh-ed25519', public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE6cB0nRoXOyZBk8B4s1bG6RZ4X0eD2kU0a9wHkQm3Gh deploy',
    fingerprint: 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDLe9nGPP8CWGSPzIs', has_private_key: true, created_at: '2026-11-21T08:00:00.000Z', created_by: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' },
  },
});
