/** The life of a server: power, size, snapshots, time zone, manifests, keys, and what is asked of it while it lives. */
import { z } from 'zod';
import { defineQuery, defineSignal } from '../contract.js';
import { ulid, written } from '../envelope.js';
import { serverCommand, serverName, SSH_ERRORS } from './commands.js';
import { serverEvent } from './events.js';
import { powerState } from './operations.js';
import { problemReason } from './views.js';

const ID = '01jd3x8e2v5y9w4z7q6r1s0tqp';
const SHA = 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c';

/** An id or name as providers give them; never an option. */
export const providerRef = z.string().max(255).regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]*$/, 'letters, digits, and _ . : - but not first');
const oneLine = (max: number) => z.string().trim().max(max).regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'one line without control characters');
/** A name of the IANA time zone database. */
export const timeZone = z.string().max(64).regex(/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,2}$/, 'a time zone such as Europe/Berlin');
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'SHA-256 in hex');

/** Followed by its id in the view `operations` and in the events `Operation…` of the server. */
export const operationStarted = written.extend({ operation: ulid });
const LONG = ['SERVER.NOT_FOUND', 'SERVER.NOT_SUPPORTED', 'SERVER.NOT_ALLOWED_NOW', 'SERVER.BUSY', 'SERVER.BLOCKED'] as const;
const ON_HOST = ['SERVER.NOT_FOUND', 'SERVER.NOT_ALLOWED_NOW', 'SERVER.BLOCKED', ...SSH_ERRORS] as const;

const powerCommand = (verb: string, summary: string) => serverCommand({ verb, on: 'id', summary, input: z.object({}), output: operationStarted, example: {}, errors: LONG });

export const powerOnServer = powerCommand('power-on', 'Switch a server on.');
export const powerOffServer = powerCommand('power-off', 'Cut a server\'s power, as if its plug was pulled.');
export const rebootServer = powerCommand('reboot', 'Let a server shut down and start again.');
export const resetServer = powerCommand('reset', 'Cut a server\'s power and switch it on again.');
export const shutdownServer = powerCommand('shutdown', 'Let a server shut down. One without a provider can\'t be switched on again from here.');

export const resizeServer = serverCommand({
  verb: 'resize', on: 'id', summary: 'Give a server another type; it must be off. A disk that grew can\'t shrink again.',
  input: z.object({ type: providerRef, grow_disk: z.boolean().default(false) }), output: operationStarted, example: { type: 'cx32' }, errors: [...LONG, 'SERVER.SAME_TYPE'],
});
export const rebuildServer = serverCommand({
  verb: 'rebuild', on: 'id', deadline: 20_000, summary: 'Make a server anew from an image or a snapshot of it; everything on its disk is lost. The name confirms it.',
  input: z.object({ image: providerRef, confirm_name: serverName }), output: operationStarted, example: { image: 'ubuntu-24.04', confirm_name: 'web-1' }, errors: [...LONG, 'SERVER.NAME_NOT_CONFIRMED', 'SERVER.IMAGE_UNKNOWN'],
});
export const createSnapshot = serverCommand({
  verb: 'create-snapshot', on: 'id', summary: 'Keep a copy of a server\'s disk at its provider, which costs by size. To go back, rebuild from it.',
  input: z.object({ description: oneLine(100).default('') }), output: operationStarted, example: { description: 'before the upgrade' }, errors: LONG,
});
export const deleteSnapshot = serverCommand({
  verb: 'delete-snapshot', on: 'id', deadline: 20_000, summary: 'Delete a snapshot of a server at its provider.',
  input: z.object({ snapshot: providerRef }), output: operationStarted, example: { snapshot: '4712' }, errors: [...LONG, 'SERVER.SNAPSHOT_UNKNOWN'],
});

export const setTimeZone = serverCommand({
  verb: 'set-time-zone', on: 'id', deadline: 20_000, summary: 'Set a server\'s time zone.',
  input: z.object({ time_zone: timeZone }), output: written, example: { time_zone: 'Europe/Berlin' }, errors: [...ON_HOST, 'SERVER.TIME_ZONE_UNKNOWN', 'SERVER.COMMAND_FAILED'],
});

/** Bytes of a manifest, at most: with what JSON adds it must go into one command (48 KiB). */
export const MANIFEST_LIMIT = 40 * 1024;
export const manifestObject = z.object({
  kind: z.string(), name: z.string(), namespace: z.string().nullable(),
  /** `refused`: the cluster would not take it; `message` says why. */
  outcome: z.enum(['created', 'configured', 'unchanged', 'refused']),
  message: z.string().optional(),
});
export const applyManifest = serverCommand({
  verb: 'apply-manifest', on: 'id', deadline: 30_000,
  summary: 'Apply Kubernetes objects. First with `dry_run`, which changes nothing and answers what would happen and its `plan`; then the same text with that `plan`: refused if it would do something else by now.',
  input: z.object({ yaml: z.string().min(1).max(MANIFEST_LIMIT), dry_run: z.boolean().default(true), plan: sha256.optional() }),
  output: z.object({
    plan: sha256, sha256, applied: z.boolean(), objects: z.array(manifestObject),
    /** Unified, of the dry run; secrets are masked. Absent where the server can't make one. */
    diff: z.string().optional(),
    id: z.string().optional(), stream: z.string().optional(), seq: z.int().optional(),
  }),
  example: { yaml: 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n', dry_run: true },
  errors: [...ON_HOST, 'MANIFEST.TOO_LARGE', 'MANIFEST.UNREADABLE', 'MANIFEST.EMPTY', 'MANIFEST.REFUSED', 'MANIFEST.NOT_PLANNED', 'MANIFEST.PLAN_CHANGED', 'SERVER.COMMAND_FAILED'],
});

/** A command, not a question: whoever may see servers does not get the keys to their clusters by that, and every reading is an event. */
export const readKubeconfig = serverCommand({
  verb: 'read-kubeconfig', on: 'id', deadline: 20_000, summary: 'Hand out the kubeconfig of a server\'s K3s, with the server\'s address in it: whoever has it is the cluster\'s administrator.',
  input: z.object({}), output: written.extend({ kubeconfig: z.string(), server: z.string() }), example: {}, errors: [...ON_HOST, 'SERVER.NO_KUBECONFIG'],
});

export const authorizedKey = z.object({
  fingerprint: z.string(), type: z.string(), comment: z.string(),
  /** The key that we log in with: it stays. */
  in_use: z.boolean(),
  /** Id of the tenant's SSH key, if it is one. */
  ssh_key: z.string().nullable(),
  /** It may do less than log in (`command=…` and the like). */
  restricted: z.boolean(),
});
export const addServerKey = serverCommand({
  verb: 'add-key', on: 'id', deadline: 20_000, summary: 'Let a key log in to a server as its user: one of the tenant\'s SSH keys, or a public key.',
  input: z.union([z.strictObject({ ssh_key: z.string().max(64) }), z.strictObject({ public_key: z.string().max(8_192) })], { error: 'give one of {ssh_key} or {public_key}' }),
  output: written.extend({ fingerprint: z.string() }), example: { ssh_key: '01jd3x8e2v5y9w4z7q6r1s0tkk' }, errors: [...ON_HOST, 'SSH_KEY.NOT_FOUND', 'SSH_KEY.UNREADABLE', 'SERVER.COMMAND_FAILED'],
});
export const removeServerKey = serverCommand({
  verb: 'remove-key', on: 'id', deadline: 20_000, summary: 'Take a key out of a server\'s authorized_keys. The one that Xanthus logs in with stays.',
  input: z.object({ fingerprint: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'SHA256:… as ssh-keygen -l prints it') }), output: written,
  example: { fingerprint: 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDLe9nGPP8CWGSPzIs' }, errors: [...ON_HOST, 'SERVER.KEY_NOT_THERE', 'SERVER.KEY_IN_USE', 'SERVER.COMMAND_FAILED'],
});

export const LOG_SOURCES = ['k3s', 'system'] as const;
/** Followed logs end when nobody asks again within this time, ms; ask at half of it. */
export const FOLLOW_FOR = 45_000;
export const followLogs = serverCommand({
  verb: 'follow-logs', on: 'id', summary: 'Follow a log live: lines come as signals `log`. Ask again with the answer\'s `follower` before `renew_within_ms` is over, or it ends.',
  input: z.object({ source: z.enum(LOG_SOURCES), follower: ulid.optional() }), output: z.object({ follower: ulid, renew_within_ms: z.int() }), example: { source: 'k3s' }, errors: ON_HOST,
});
export const stopLogs = serverCommand({
  verb: 'stop-logs', on: 'id', summary: 'Follow a log no more.', input: z.object({ source: z.enum(LOG_SOURCES), follower: ulid }), output: z.object({}), example: { source: 'k3s', follower: ID }, errors: ['SERVER.NOT_FOUND'],
});
export const logSignal = defineSignal({
  service: 'vps', aggregate: 'server', what: 'log', summary: 'Lines of a log that somebody follows now, at most ten of these a second. `dropped`: lines that came too fast. `ended`: nothing more comes, and why.',
  data: z.object({ source: z.enum(LOG_SOURCES), lines: z.array(z.string()), dropped: z.int().min(0), ended: problemReason.optional() }),
  example: { source: 'k3s', lines: ['2026-11-21T08:00:00+0000 web-1 k3s[812]: level=info msg="Starting k3s"'], dropped: 0 },
});

const question = <I extends z.ZodType, O extends z.ZodType>(q: Omit<Parameters<typeof defineQuery<I, O>>[0], 'service'>) => defineQuery<I, O>({ service: 'vps', ...q } as Parameters<typeof defineQuery<I, O>>[0]);
/** What can't be asked of the machine now is an answer with the reason, not an error. */
const unreached = { reachable: z.boolean(), reason: problemReason.nullable() };
const use = z.object({ used_bytes: z.number(), total_bytes: z.number() });

export const serverStatus = question({
  question: 'server-status', on: 'id', deadline: 20_000, summary: 'How is a server now, asked of the machine itself?',
  input: z.object({}),
  output: z.object({
    ...unreached, at: z.iso.datetime(), power: powerState,
    /** Of the set-up: its word (`READY`, `WAITING_K3S`, `FAILED k3s …`) and what that means. Null where there was none. */
    setup: z.object({ word: z.string(), sentence: z.string() }).nullable(),
    k3s: z.object({ installed: z.boolean(), active: z.boolean(), version: z.string().nullable() }).nullable(),
    uptime_seconds: z.number().nullable(), load: z.array(z.number()).nullable(), memory: use.nullable(), disk: use.nullable(),
    services: z.array(z.object({ name: z.string(), state: z.string() })),
  }),
  example: {}, errors: ['SERVER.NOT_FOUND'],
});

export const serverInfo = question({
  question: 'info', on: 'id', deadline: 20_000, summary: 'What does a server say of itself: time zone, clock, addresses, the notes of its set-up?',
  input: z.object({}),
  output: z.object({
    ...unreached, hostname: z.string().nullable(), time_zone: z.string().nullable(), booted_at: z.iso.datetime().nullable(),
    /** Its clock minus ours. More than a few seconds breaks certificates and log-ins. */
    clock_offset_ms: z.number().nullable(),
    addresses: z.array(z.string()), notes: z.string().nullable(),
  }),
  example: {}, errors: ['SERVER.NOT_FOUND'],
});

export const serverLogs = question({
  question: 'logs', on: 'id', deadline: 25_000, summary: 'The last lines of the journal of K3s or of the whole system, oldest first.',
  input: z.object({ source: z.enum(LOG_SOURCES).default('system'), lines: z.coerce.number().int().min(100).max(1_000).default(100) }),
  output: z.object({ ...unreached, source: z.enum(LOG_SOURCES), lines: z.array(z.string()), /** Some are missing, or were cut. */ truncated: z.boolean() }), example: { source: 'k3s', lines: 100 }, errors: ['SERVER.NOT_FOUND'],
});

export const serverSnapshots = question({
  question: 'snapshots', on: 'id', deadline: 15_000, summary: 'Which snapshots of a server are at its provider?',
  input: z.object({}), output: z.object({ supported: z.boolean(), items: z.array(z.object({ id: z.string(), description: z.string(), created_at: z.iso.datetime(), size_bytes: z.number().nullable() })) }), example: {}, errors: ['SERVER.NOT_FOUND'],
});

export const serverKeys = question({
  question: 'server-keys', on: 'id', deadline: 20_000, summary: 'Which keys may log in to a server as its user?',
  input: z.object({}), output: z.object({ ...unreached, items: z.array(authorizedKey) }), example: {}, errors: ['SERVER.NOT_FOUND'],
});

export const timeZones = question({
  question: 'time-zones', on: 'all', summary: 'Which time zones are there, and how far are they from UTC now?',
  input: z.object({}), output: z.object({ items: z.array(z.object({ name: z.string(), offset_minutes: z.int() })) }), example: {},
});

export const lifeEvents = {
  PowerChanged: serverEvent('PowerChanged', 'A server was switched on or off.', z.object({ from: powerState, to: powerState, operation: ulid.optional() }), { from: 'running', to: 'off', operation: ID }),
  ServerResized: serverEvent('ServerResized', 'A server has another type.', z.object({ from: z.string().nullable(), to: z.string(), operation: ulid.optional() }), { from: 'cx22', to: 'cx32', operation: ID }),
  ServerRebuilt: serverEvent('ServerRebuilt', 'A server was made anew from an image or a snapshot; what was on its disk is gone.', z.object({ from: z.string().nullable(), image: z.string(), operation: ulid.optional() }), { from: 'ubuntu-24.04', image: 'ubuntu-24.04', operation: ID }),
  SnapshotCreated: serverEvent('SnapshotCreated', 'A snapshot of a server was made at its provider.', z.object({ snapshot: z.string(), description: z.string(), size_bytes: z.number().optional(), operation: ulid }), { snapshot: '4712', description: 'before the upgrade', operation: ID }),
  SnapshotDeleted: serverEvent('SnapshotDeleted', 'A snapshot of a server was deleted at its provider.', z.object({ snapshot: z.string(), operation: ulid }), { snapshot: '4712', operation: ID }),
  TimeZoneSet: serverEvent('TimeZoneSet', 'A server\'s time zone was set.', z.object({ from: z.string().nullable(), to: z.string() }), { from: 'Etc/UTC', to: 'Europe/Berlin' }),
  ManifestApplied: serverEvent('ManifestApplied', 'Kubernetes objects were applied on a server; their text is not kept.', z.object({ kinds: z.array(z.string()), names: z.array(z.string()), sha256: z.string(), refused: z.int().min(0).default(0) }), {
    kinds: ['Namespace'], names: ['Namespace/shop'], sha256: SHA, refused: 0,
  }),
  KubeconfigRead: serverEvent('KubeconfigRead', 'Somebody got the kubeconfig of a server.', z.object({}), {}),
  AuthorizedKeyAdded: serverEvent('AuthorizedKeyAdded', 'A key may log in to a server from now on.', z.object({ fingerprint: z.string(), comment: z.string(), ssh_key: z.string().optional() }), { fingerprint: 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDLe9nGPP8CWGSPzIs', comment: 'laptop' }),
  AuthorizedKeyRemoved: serverEvent('AuthorizedKeyRemoved', 'A key may log in to a server no more.', z.object({ fingerprint: z.string(), comment: z.string() }), { fingerprint: 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDLe9nGPP8CWGSPzIs', comment: 'laptop' }),
} as const;
