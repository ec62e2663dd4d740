/** Ways onto a server for other services of the house. SSH keys stay in vps: it says where, and signs. */
import { z } from 'zod';
import { written } from '../envelope.js';
import { serverCommand, userName } from './commands.js';
import { serverEvent } from './events.js';
import { hostKey } from './views.js';

const FINGERPRINT = 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDLe9nGPP8CWGSPzIs';
/** A machine on the way: its host key is pinned, its public key is one line of authorized_keys. */
const machine = z.object({ host: z.string(), port: z.int().min(1).max(65_535), user: userName, host_key: hostKey, public_key: z.string() });
/** One line, for the audit. */
const purpose = z.string().trim().min(1).max(200).regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'one line without control characters');
const REFUSED = ['SERVER.NOT_FOUND', 'SERVER.NOT_ALLOWED_NOW', 'SERVER.BLOCKED', 'SERVER.NO_KEY', 'SERVER.SSH_KEY_UNKNOWN', 'SERVER.KEY_UNREADABLE'] as const;

export const connectServer = serverCommand({
  verb: 'connect', on: 'id', services: true, deadline: 10_000,
  summary: 'For services only; as a permission: work on a server through applications, terminals and jobs. How to reach it over SSH: address, pinned host key, and the public key that `sign` signs for. Every time is an event.',
  input: z.object({ purpose }),
  output: written.extend({
    target: machine, jump: machine.nullable(),
    /** The address is one that the installation itself made, on its own machine: it counts as allowed. */
    local: z.boolean(),
    /** How a program becomes root. `none`: not at all. Null: not seen yet. */
    become: z.enum(['root', 'sudo', 'none']).nullable(),
    facts: z.object({ provider: z.string(), simulated: z.boolean(), k3s: z.string().nullable(), helm: z.string().nullable() }),
  }),
  example: { purpose: 'deploy Team notes' }, errors: [...REFUSED, 'SERVER.NO_SANDBOX'],
});

export const signForServer = serverCommand({
  verb: 'sign', on: 'id', services: true, deadline: 10_000,
  summary: 'For services only. Sign the request of a log-in to a server, or to the machine in front of it (`on: jump`), with the key that stays here. Anything but such a request, for the very user and key that `connect` named, is refused.',
  input: z.object({ on: z.enum(['target', 'jump']).default('target'), /** The request of RFC 4252 §7, base64. */ data: z.base64().max(4_096) }), output: z.object({ signature: z.base64() }),
  example: { data: 'AAAAIA==' }, errors: [...REFUSED, 'SERVER.NOT_A_LOGIN'],
});

export const accessEvents = {
  ServerAccessGranted: serverEvent('ServerAccessGranted', 'A service was let onto the server over SSH, for this purpose; the actor is who made it ask.', z.object({ service: z.string(), purpose: z.string(), user: z.string(), fingerprint: z.string() }), { service: 'applications', purpose: 'deploy Team notes', user: 'root', fingerprint: FINGERPRINT }),
} as const;
