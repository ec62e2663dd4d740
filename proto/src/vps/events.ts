import { z } from 'zod';
import { defineEvent } from '../contract.js';
import { tag } from '../envelope.js';
import { hostKey, problemReason, serverFacts } from './views.js';

const EXAMPLE_KEY = { type: 'ssh-ed25519', fingerprint: 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDLe9nGPP8CWGSPzIs' };
/** An event of the aggregate `server`. */
export const serverEvent = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) =>
  defineEvent({ service: 'vps', aggregate: 'server', type, schema: 1, summary, data, example });
const sshKeyEvent = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) =>
  defineEvent({ service: 'vps', aggregate: 'ssh-key', type, schema: 1, summary, data, example });

/** Where the credential of a server lives: its own secret in the vault of `vps`, or a key of the tenant. */
export const serverCredential = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('password'), secret: z.string() }),
  z.object({ kind: z.literal('private_key'), secret: z.string() }),
  z.object({ kind: z.literal('ssh_key'), id: z.string() }),
]);
export type ServerCredential = z.infer<typeof serverCredential>;

/** A machine that a server is reached through. */
export const serverJump = z.object({ host: z.string(), port: z.int(), user: z.string(), credential: serverCredential, host_key: hostKey });
export type ServerJump = z.infer<typeof serverJump>;

export const serverEvents = {
  ServerAdopted: serverEvent('ServerAdopted', 'A machine was brought under management with a confirmed host key.', z.object({
    name: z.string(), provider: z.enum(['existing', 'sandbox']), host: z.string(), port: z.int(), user: z.string(), credential: serverCredential, host_key: hostKey, jump: serverJump.optional(),
  }), { name: 'web-1', provider: 'existing', host: '192.0.2.10', port: 22, user: 'root', credential: { kind: 'private_key', secret: 'server-01jd3x8e2v5y9w4z7q6r1s0tab' }, host_key: EXAMPLE_KEY }),
  ServerFactsObserved: serverEvent('ServerFactsObserved', 'What the server is was asked over SSH and differs from what was known.', z.object({ facts: serverFacts }), {
    facts: { hostname: 'web-1', os: 'Debian GNU/Linux 12 (bookworm)', kernel: '6.1.0-26-amd64', architecture: 'x86_64', cpus: 2, memory_bytes: 4_100_000_000, disk_bytes: 40_000_000_000, sudo: true, k3s: null, helm: null },
  }),
  ServerBecameReachable: serverEvent('ServerBecameReachable', 'The server answered over SSH after it had not.', z.object({}), {}),
  ServerBecameUnreachable: serverEvent('ServerBecameUnreachable', 'The server stopped answering over SSH.', z.object({ reason: problemReason }), { reason: { code: 'SERVER.TIMEOUT', message: 'No answer from 192.0.2.10:22 within 10 s.' } }),
  ServerHostKeyChanged: serverEvent('ServerHostKeyChanged', 'The server showed another host key than the accepted one; nothing is sent to it until a person accepts it.', z.object({ presented: hostKey }), { presented: EXAMPLE_KEY }),
  ServerHostKeyAccepted: serverEvent('ServerHostKeyAccepted', 'A person accepted the host key that the server shows now.', z.object({ host_key: hostKey }), { host_key: EXAMPLE_KEY }),
  ServerRenamed: serverEvent('ServerRenamed', 'The server got another name.', z.object({ name: z.string() }), { name: 'web-2' }),
  ServerTagged: serverEvent('ServerTagged', 'The server carries these tags.', z.object({ tags: z.array(tag) }), { tags: ['staging'] }),
  ServerDeleted: serverEvent('ServerDeleted', 'The server was removed from management; the machine itself stays as it is.', z.object({}), {}),
} as const;

export const sshKeyEvents = {
  SshKeyGenerated: sshKeyEvent('SshKeyGenerated', 'An ed25519 key pair was made; the private half went into the vault.', z.object({ name: z.string(), type: z.string(), public_key: z.string(), fingerprint: z.string(), secret: z.string() }), {
    name: 'deploy', type: 'ssh-ed25519', public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE6cB0nRoXOyZBk8B4s1bG6RZ4X0eD2kU0a9wHkQm3Gh deploy', fingerprint: EXAMPLE_KEY.fingerprint, secret: 'ssh-key-01jd3x8e2v5y9w4z7q6r1s0tkk',
  }),
  SshKeyImported: sshKeyEvent('SshKeyImported', 'A public key of a person was added.', z.object({ name: z.string(), type: z.string(), public_key: z.string(), fingerprint: z.string() }), {
    name: 'laptop', type: 'ssh-ed25519', public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE6cB0nRoXOyZBk8B4s1bG6RZ4X0eD2kU0a9wHkQm3Gh laptop', fingerprint: EXAMPLE_KEY.fingerprint,
  }),
  SshKeyRemoved: sshKeyEvent('SshKeyRemoved', 'The key was removed and its private half destroyed.', z.object({}), {}),
} as const;
