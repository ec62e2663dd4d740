import { z } from 'zod';
import { defineCommand, defineQuery } from '../contract.js';
import { tag, written } from '../envelope.js';
import { hostKey } from './views.js';

/** 3–63 letters, digits, hyphens; none at the ends. Unique per tenant, without regard to case. */
export const serverName = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{1,61})[A-Za-z0-9]$/, '3–63 letters, digits and hyphens, not starting or ending with a hyphen');
/** A DNS name or an IP address; never an option, never anything that a shell or SSH would read otherwise. */
export const hostAddress = z.string().max(253).regex(/^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]+)$/, 'a host name or an IP address');
export const userName = z.string().regex(/^[a-z_][a-z0-9_.-]{0,31}$/, 'a POSIX user name');

export const sshAuth = z.union([
  z.strictObject({ password: z.string().min(1).max(1_024) }),
  z.strictObject({ private_key: z.string().min(1).max(16_384), passphrase: z.string().max(1_024).optional() }),
  z.strictObject({ ssh_key: z.string().max(64) }),
], { error: 'give one of {password}, {private_key, passphrase?} or {ssh_key}' }).describe('one of password, private_key (PEM or OpenSSH), or the id of one of the tenant\'s SSH keys');

/** A machine in front of it, as `ProxyJump` has it: it is logged in to as well, and its host key must be confirmed. */
const jump = z.strictObject({ host: hostAddress, port: z.int().min(1).max(65_535).default(22), user: userName, auth: sshAuth, host_key: hostKey.shape.fingerprint });
const target = {
  name: serverName,
  host: hostAddress,
  port: z.int().min(1).max(65_535).default(22),
  user: userName,
  auth: sshAuth,
  host_key: hostKey.shape.fingerprint.optional(),
  jump: jump.optional(),
};

export const TEST_STAGES = ['resolve', 'connect', 'host_key', 'auth', 'sudo', 'os', 'k3s', 'helm'] as const;

export const testStage = z.object({
  name: z.enum(TEST_STAGES),
  /** `warning`: works without it (no sudo, no K3s yet). `skipped`: an earlier stage failed. */
  status: z.enum(['passed', 'warning', 'failed', 'skipped']),
  ms: z.number().min(0),
  detail: z.string().optional(),
  code: z.string().optional(),
});

const EXAMPLE = { name: 'web-1', host: '192.0.2.10', port: 22, user: 'root', auth: { ssh_key: '01jd3x8e2v5y9w4z7q6r1s0tkk' }, host_key: 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDLe9nGPP8CWGSPzIs' };
/** Refusals of anything that goes to a host over SSH. */
export const SSH_ERRORS = ['SERVER.UNRESOLVED', 'SERVER.ADDRESS_FORBIDDEN', 'SERVER.REFUSED', 'SERVER.TIMEOUT', 'SERVER.NOT_SSH', 'SERVER.AUTH_FAILED', 'SERVER.KEY_UNREADABLE', 'SERVER.HOST_KEY_CHANGED', 'SERVER.DISCONNECTED', 'SERVER.CANCELLED', 'SERVER.JUMP_HOST_KEY_CHANGED'] as const;

/** A command on the aggregate `server`. */
export const serverCommand = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineCommand<I, O>>[0], 'service' | 'aggregate'>) => defineCommand<I, O>({ service: 'vps', aggregate: 'server', ...c } as Parameters<typeof defineCommand<I, O>>[0]);
const keyCommand = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineCommand<I, O>>[0], 'service' | 'aggregate'>) => defineCommand<I, O>({ service: 'vps', aggregate: 'ssh-key', ...c } as Parameters<typeof defineCommand<I, O>>[0]);

export const testConnection = serverCommand({
  verb: 'test-connection', on: 'new', deadline: 30_000,
  summary: 'Try to reach a machine, stage by stage; changes nothing. Also says which host key it shows.',
  input: z.object(target), output: z.object({ stages: z.array(testStage), host_key: hostKey.nullable() }), example: EXAMPLE, errors: ['SERVER.SSH_KEY_UNKNOWN'],
});

export const adoptServer = serverCommand({
  verb: 'adopt', on: 'new', deadline: 30_000,
  summary: 'Bring a machine under management. Without the confirmed host key it is refused with the fingerprint in the details. With `install_key` a password is used just once, to let a new key of ours in, and then forgotten.',
  input: z.object({ ...target, install_key: z.boolean().default(false) }), output: written, example: EXAMPLE,
  errors: ['SERVER.HOST_KEY_UNCONFIRMED', 'SERVER.NAME_TAKEN', 'SERVER.SSH_KEY_UNKNOWN', 'SERVER.EXISTS', 'SERVER.PASSWORD_NEEDED', 'SERVER.KEY_NOT_TAKEN', ...SSH_ERRORS],
});

export const adoptSandbox = serverCommand({
  verb: 'adopt-sandbox', on: 'new', deadline: 30_000,
  summary: 'Adopt the sandbox server that runs beside Xanthus, with its own key.',
  input: z.object({ name: serverName.default('sandbox') }), output: written, example: { name: 'sandbox' },
  errors: ['SERVER.NO_SANDBOX', 'SERVER.NAME_TAKEN', 'SERVER.EXISTS', ...SSH_ERRORS],
});

export const acceptHostKey = serverCommand({
  verb: 'accept-host-key', on: 'id',
  summary: 'Accept the changed host key that a blocked server shows.',
  input: z.object({ fingerprint: hostKey.shape.fingerprint }), output: written, example: { fingerprint: EXAMPLE.host_key },
  errors: ['SERVER.NOT_FOUND', 'SERVER.NOT_BLOCKED', 'SERVER.FINGERPRINT_MISMATCH'],
});

export const renameServer = serverCommand({
  verb: 'rename', on: 'id', summary: 'Give a server another name.',
  input: z.object({ name: serverName }), output: written, example: { name: 'web-2' }, errors: ['SERVER.NOT_FOUND', 'SERVER.NAME_TAKEN'],
});

export const tagServer = serverCommand({
  verb: 'tag', on: 'id', summary: 'Mark a server with tags, in place of those that it has. Roles that are narrowed to a tag reach what carries it: whoever may tag decides that.',
  input: z.object({ tags: z.array(tag).max(32) }), output: written, example: { tags: ['staging'] }, errors: ['SERVER.NOT_FOUND'],
});

export const deleteServer = serverCommand({
  verb: 'delete', on: 'id', summary: 'Delete a server that was made here, also at its provider: its name confirms it, and the view `setup` tells how far it is. An adopted machine is only removed from management and stays as it is; its credential is destroyed here.',
  input: z.object({ confirm_name: z.string().max(64).optional() }), output: written, example: { confirm_name: 'web-1' }, errors: ['SERVER.NOT_FOUND', 'SERVER.NAME_NOT_CONFIRMED'],
});

export const generateSshKey = keyCommand({
  verb: 'generate', on: 'new', summary: 'Make an ed25519 key pair; the private half stays in the vault.',
  input: z.object({ name: serverName }), output: written.extend({ public_key: z.string(), fingerprint: z.string() }), example: { name: 'deploy' }, errors: ['SSH_KEY.NAME_TAKEN', 'SSH_KEY.EXISTS'],
});

export const importSshKey = keyCommand({
  verb: 'import', on: 'new', summary: 'Add a public key of a person.',
  input: z.object({ name: serverName, public_key: z.string().max(8_192) }), output: written,
  example: { name: 'laptop', public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE6cB0nRoXOyZBk8B4s1bG6RZ4X0eD2kU0a9wHkQm3Gh laptop' }, errors: ['SSH_KEY.NAME_TAKEN', 'SSH_KEY.UNREADABLE', 'SSH_KEY.EXISTS'],
});

export const removeSshKey = keyCommand({
  verb: 'remove', on: 'id', summary: 'Remove a key and destroy its private half. Refused while a server uses it.',
  input: z.object({}), output: written, example: {}, errors: ['SSH_KEY.NOT_FOUND', 'SSH_KEY.IN_USE'],
});

export const sandboxInfo = defineQuery({
  service: 'vps', question: 'sandbox', on: 'all', summary: 'Is there a sandbox server to play with, and was it adopted already?',
  input: z.object({}), output: z.object({ available: z.boolean(), adopted: z.string().nullable(), reason: z.string().optional() }), example: {},
});
