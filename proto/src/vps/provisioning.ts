/** Making a server, setting it up, and taking it away again: processes whose every step is an event, so that none is lost and none is done twice. */
import { z } from 'zod';
import { defineEvent, defineQuery, defineView } from '../contract.js';
import { ulid, written } from '../envelope.js';
import { amount, providerKind } from './catalogue.js';
import { serverCommand, serverName } from './commands.js';
import { serverCredential, serverEvent } from './events.js';
import { providerRef, timeZone } from './life.js';
import { PROVIDER_ERRORS } from './providers.js';
import { SET_UP_STEPS, REMOVAL_STEPS } from './set-up-steps.js';
import { hostKey, problemReason } from './views.js';

const ID = '01jd3x8e2v5y9w4z7q6r1s0tab';
const PROVIDER = '01jd3x8e2v5y9w4z7q6r1s0tpr';
const SSH_KEY = '01jd3x8e2v5y9w4z7q6r1s0tkk';
const FINGERPRINT = 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDLe9nGPP8CWGSPzIs';

export const setUpStep = z.enum(SET_UP_STEPS);
export const removalStep = z.enum(REMOVAL_STEPS);

/** What a person saw and agreed to before the server was ordered. */
export const agreedPrice = z.object({
  currency: z.string().regex(/^[A-Z]{3}$/, 'ISO 4217, as EUR'),
  /** With VAT and IPv4. */
  hourly: amount,
  /** The most that a month can cost, with VAT and IPv4. */
  monthly: amount,
});
export type AgreedPrice = z.infer<typeof agreedPrice>;

const wanted = {
  name: serverName,
  location: providerRef,
  type: providerRef,
  image: providerRef.default('ubuntu-24.04'),
  time_zone: timeZone.default('Etc/UTC'),
  ssh_port: z.int().min(1).max(65_535).default(22),
  /** Ids of SSH keys of the tenant that may log in too; Xanthus has one of its own. */
  ssh_keys: z.array(ulid).max(20).default([]),
};
const EXAMPLE = { name: 'web-1', location: 'fsn1', type: 'cx22', image: 'ubuntu-24.04', time_zone: 'Europe/Berlin', ssh_port: 22, ssh_keys: [SSH_KEY] };

export const createServer = serverCommand({
  verb: 'create', on: 'new', deadline: 25_000,
  summary: 'Make a server at a provider and set it up with K3s. Answers as soon as it is written down; the view `setup` tells how far it is.',
  input: z.object({ provider: ulid, ...wanted, /** The price that was shown: refused if it is higher by now. */ price: agreedPrice.optional() }),
  output: written, example: { provider: PROVIDER, ...EXAMPLE, price: { currency: 'EUR', hourly: '0.0073', monthly: '4.51' } },
  errors: [
    'SERVER.NAME_TAKEN', 'SERVER.EXISTS', 'SERVER.SSH_KEY_UNKNOWN', 'SERVER.PRICE_CHANGED', 'SERVER.LIMIT_REACHED', 'SERVER.TIME_ZONE_UNKNOWN', 'SERVER.TOO_MANY_KEYS', 'PROVIDER.SOLD_OUT', 'PROVIDER.UNKNOWN_TYPE', 'PROVIDER.UNKNOWN_LOCATION', 'PROVIDER.UNKNOWN_IMAGE',
    'PROVIDER.UNSUPPORTED', ...PROVIDER_ERRORS,
  ],
});

const NOT_NOW = ['SERVER.NOT_FOUND', 'SERVER.NOT_ALLOWED_NOW'] as const;

export const installK3s = serverCommand({
  verb: 'install-k3s', on: 'id', summary: 'Set an adopted server up with K3s, Helm and Traefik, or do it again; what is right already stays.',
  input: z.object({}), output: written, example: {}, errors: [...NOT_NOW, 'SERVER.BUSY', 'SERVER.BLOCKED'],
});

export const cancelSetUp = serverCommand({
  verb: 'cancel', on: 'id', summary: 'Stop making a server. What was made for it is deleted again and seen to be gone. A set-up of an adopted server just stops.',
  input: z.object({}), output: written, example: {}, errors: NOT_NOW,
});

export const retrySetUp = serverCommand({
  verb: 'retry', on: 'id', summary: 'Go on with a server whose making has failed, at the step that failed or an earlier one.',
  input: z.object({ from_step: setUpStep.optional() }), output: written, example: { from_step: 'k3s' }, errors: NOT_NOW,
});

export const cloudInitPreview = defineQuery({
  service: 'vps', question: 'cloud-init', on: 'all', summary: 'What a new machine is told to do when it first starts. In the real one keys of its own take the place of the placeholders.',
  input: z.object(wanted), output: z.object({ user_data: z.string() }), example: EXAMPLE, errors: ['SERVER.SSH_KEY_UNKNOWN', 'SERVER.TIME_ZONE_UNKNOWN', 'SERVER.TOO_MANY_KEYS'],
});

export const removalPlan = defineQuery({
  service: 'vps', question: 'removal-plan', on: 'id', deadline: 15_000, summary: 'What goes, and what stays, when this server is deleted? Asked of its provider where it has one.',
  input: z.object({}),
  output: z.object({
    name: z.string(),
    /** It is typed to confirm. */
    confirm: z.boolean(),
    /** The machine itself goes too; an adopted one stays as it is. */
    machine: z.object({ provider: z.string(), ref: z.string().nullable(), /** Null: the provider could not be asked. */ there: z.boolean().nullable(), type: z.string(), location: z.string(), address: z.string() }).nullable(),
    /** Per month, with VAT and IPv4: what ends by it. */
    price: agreedPrice.nullable(),
    goes: z.array(z.object({ kind: z.enum(['server', 'provider-key', 'credential', 'metrics', 'set-up', 'application', 'record']), text: z.string() })),
    stays: z.array(z.object({ kind: z.enum(['server', 'snapshot', 'software', 'record']), text: z.string() })),
    /** Work that is stopped first. */
    stops: z.array(z.string()),
    /** What could not be asked. */
    unknown: z.array(z.string()),
  }),
  example: {}, errors: ['SERVER.NOT_FOUND'],
});

/** Of a server that was made here. */
export const creationEvents = {
  ServerRequested: serverEvent('ServerRequested', 'A server is to be made at a provider. Its host key is ours: it gets it when it first starts.', z.object({
    name: z.string(), provider: providerKind, provider_id: ulid, location: z.string(), type: z.string(), image: z.string(), user: z.string(), port: z.int(),
    credential: serverCredential, /** Public half of the key that we log in with. */ public_key: z.string(), host_key: hostKey, /** Secret with the private half, for its first start. */ host_key_secret: z.string(),
    /** Public halves that may log in too. */
    authorized_keys: z.array(z.string()), time_zone: z.string(), price: agreedPrice.nullable(),
  }), {
    name: 'web-1', provider: 'hetzner', provider_id: PROVIDER, location: 'fsn1', type: 'cx22', image: 'ubuntu-24.04', user: 'root', port: 22, credential: { kind: 'private_key', secret: `server-${ID}-9f86d081` },
    public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE6cB0nRoXOyZBk8B4s1bG6RZ4X0eD2kU0a9wHkQm3Gh xanthus', host_key: { type: 'ssh-ed25519', fingerprint: FINGERPRINT }, host_key_secret: `server-hostkey-${ID}-9f86d081`,
    authorized_keys: [], time_zone: 'Europe/Berlin', price: { currency: 'EUR', hourly: '0.0073', monthly: '4.51' },
  }),
  ServerPlaced: serverEvent('ServerPlaced', 'The provider has made the machine and given it an address: it is watched from now on.', z.object({ host: z.string(), port: z.int(), provider_ref: z.string() }), { host: '192.0.2.10', port: 22, provider_ref: '4711' }),
  ServerSetUpStarted: serverEvent('ServerSetUpStarted', 'The server is being made or set up, from this step on.', z.object({ step: setUpStep, /** Which time it is: 1 is the making of the server. */ round: z.int().min(1).default(1) }), { step: 'k3s', round: 2 }),
  ServerBecameReady: serverEvent('ServerBecameReady', 'The server is set up and can be used.', z.object({}), {}),
  ServerSetUpFailed: serverEvent('ServerSetUpFailed', 'Making or setting up the server has failed; it stays as far as it got, until somebody tries again or deletes it.', z.object({ step: setUpStep, code: z.string(), message: z.string() }), {
    step: 'server', code: 'PROVIDER.SOLD_OUT', message: 'Hetzner has no cx22 left just now. Choose another location or type, or try again later.',
  }),
  ServerSetUpStopped: serverEvent('ServerSetUpStopped', 'The set-up of a server that was there before was stopped by a person; the server stays.', z.object({}), {}),
  ServerRemovalRequested: serverEvent('ServerRemovalRequested', 'The server is to be deleted, here and at its provider. `cancelled`: it was not finished yet.', z.object({ reason: z.enum(['deleted', 'cancelled']) }), { reason: 'deleted' }),
  ServerRemovalFailed: serverEvent('ServerRemovalFailed', 'The server could not be deleted wholly; it stays listed until that has worked.', z.object({ step: removalStep, reason: problemReason }), {
    step: 'delete', reason: { code: 'PROVIDER.KEY_REFUSED', message: 'Hetzner does not take this key. Replace it under Settings → Providers, then delete the server again.' },
  }),
} as const;

const provisioning = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'vps', aggregate: 'provisioning', type, schema: 1, summary, data, example });
const failure = { code: z.string(), message: z.string() };
const NOT_THERE = { code: 'PROVIDER.UNAVAILABLE', message: 'Hetzner can\'t be used just now (503). Nothing is wrong on our side; try again in a moment.' };

/** The aggregate has the id of its server. */
export const provisioningEvents = {
  ProvisioningStarted: provisioning('ProvisioningStarted', 'The steps of making or setting up a server begin.', z.object({ kind: z.enum(['create', 'install']), steps: z.array(setUpStep), name: z.string() }), { kind: 'create', steps: [...SET_UP_STEPS], name: 'web-1' }),
  StepStarted: provisioning('StepStarted', 'A step is tried.', z.object({ step: setUpStep, attempt: z.int().min(1) }), { step: 'server', attempt: 1 }),
  StepProgressed: provisioning('StepProgressed', 'A step goes on; told rarely. `lines`: the newest of its log.', z.object({
    step: setUpStep, word: z.string().max(64), text: z.string().max(300), percent: z.int().min(0).max(100).optional(), lines: z.array(z.string().max(500)).max(50).default([]), /** Bytes of the log that were read by then. */ after: z.int().min(0).optional(),
  }), { step: 'k3s', word: 'WAITING_K3S', text: 'K3s is installed; its node is not ready yet.', lines: ['12:00:03 waiting for the node to be Ready'], after: 2_048 }),
  StepFinished: provisioning('StepFinished', 'A step is done.', z.object({
    step: setUpStep, duration_ms: z.int().min(0), detail: z.string().max(300), /** What it made at the provider. */ key_ref: z.string().optional(), provider_ref: z.string().optional(), host: z.string().optional(), port: z.int().optional(),
  }), { step: 'key', duration_ms: 240, detail: 'The key is there.', key_ref: '815' }),
  StepFailed: provisioning('StepFailed', 'A try of a step has failed. `retryable`: it is tried again at `retry_at` by itself.', z.object({
    step: setUpStep, attempt: z.int().min(1), ...failure, retryable: z.boolean(), retry_at: z.iso.datetime().nullable(),
  }), { step: 'server', attempt: 1, ...NOT_THERE, retryable: true, retry_at: '2026-11-21T08:00:04.000Z' }),
  ProvisioningFailed: provisioning('ProvisioningFailed', 'It goes on only if a person says so.', z.object({ step: setUpStep, ...failure }), { step: 'server', ...NOT_THERE }),
  ProvisioningRetried: provisioning('ProvisioningRetried', 'A person says to go on from this step.', z.object({ from_step: setUpStep }), { from_step: 'server' }),
  ProvisioningCancelRequested: provisioning('ProvisioningCancelRequested', 'A person wants it to end.', z.object({}), {}),
  ProvisioningCancelled: provisioning('ProvisioningCancelled', 'It has ended, and what was made for it is gone: that was looked at.', z.object({}), {}),
  ProvisioningFinished: provisioning('ProvisioningFinished', 'All steps are done.', z.object({ duration_ms: z.int().min(0) }), { duration_ms: 141_000 }),
} as const;

const removal = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'vps', aggregate: 'removal', type, schema: 1, summary, data, example });

/** The aggregate has the id of its server. */
export const removalEvents = {
  RemovalStarted: removal('RemovalStarted', 'A server is being taken away.', z.object({ reason: z.enum(['deleted', 'cancelled']), name: z.string() }), { reason: 'deleted', name: 'web-1' }),
  RemovalStepStarted: removal('RemovalStepStarted', 'A step of it is tried.', z.object({ step: removalStep, attempt: z.int().min(1) }), { step: 'delete', attempt: 1 }),
  RemovalStepFinished: removal('RemovalStepFinished', 'A step of it is done.', z.object({ step: removalStep, duration_ms: z.int().min(0), detail: z.string().max(300) }), { step: 'stop', duration_ms: 12, detail: 'Nothing runs on it any more.' }),
  RemovalStepFailed: removal('RemovalStepFailed', 'A try of a step has failed. `retryable`: it is tried again at `retry_at` by itself.', z.object({
    step: removalStep, attempt: z.int().min(1), ...failure, retryable: z.boolean(), retry_at: z.iso.datetime().nullable(),
  }), { step: 'delete', attempt: 1, ...NOT_THERE, retryable: true, retry_at: '2026-11-21T08:00:04.000Z' }),
  RemovalFailed: removal('RemovalFailed', 'It goes on only if a person deletes the server again.', z.object({ step: removalStep, ...failure }), { step: 'delete', ...NOT_THERE }),
  RemovalRetried: removal('RemovalRetried', 'A person says to go on from the step that failed.', z.object({ /** The how manieth wish this is. */ round: z.int().min(1) }), { round: 2 }),
  RemovalFinished: removal('RemovalFinished', 'Nothing of the server is left.', z.object({ duration_ms: z.int().min(0) }), { duration_ms: 9_000 }),
} as const;

const stepRow = <T extends z.ZodType>(name: T) => z.object({
  name,
  /** waiting: a try has failed and the next one comes at `retry_at`. */
  state: z.enum(['pending', 'running', 'waiting', 'done', 'failed']),
  attempt: z.int().min(0),
  started_at: z.iso.datetime().nullable(),
  duration_ms: z.int().nullable(),
  /** What is going on, or what came out, as a sentence. */
  text: z.string().nullable(),
});

/** Lines of log that the view keeps. */
export const SET_UP_LOG_LINES = 200;

export const setUpView = defineView({
  service: 'vps', view: 'setup', schema: 1, summary: 'How far the making, setting up or deleting of each server is (its id is the key). What is over stays as long as the server.',
  data: z.object({
    server: ulid,
    kind: z.enum(['create', 'install', 'remove']),
    name: z.string(),
    state: z.enum(['running', 'failed', 'finished', 'cancelling', 'cancelled', 'removing', 'removal-failed']),
    /** Where it is: null before the first and after the last. */
    step: setUpStep.nullable(),
    steps: z.array(stepRow(setUpStep)),
    /** Taking it away; empty as long as nobody asked. */
    removal: z.array(stepRow(removalStep)),
    /** The newest word of the set-up script, e.g. `WAITING_K3S`. */
    word: z.string().nullable(),
    percent: z.int().nullable(),
    problem: problemReason.nullable(),
    /** The next try by itself. */
    retry_at: z.iso.datetime().nullable(),
    /** What a person can do: each is a command on the server. */
    next: z.array(z.enum(['cancel', 'retry', 'delete'])),
    /** The last lines, oldest first. */
    log: z.array(z.string()),
    started_at: z.iso.datetime(),
    ended_at: z.iso.datetime().nullable(),
    changed_at: z.iso.datetime(),
  }),
  example: {
    server: ID, kind: 'create', name: 'web-1', state: 'running', step: 'boot',
    steps: SET_UP_STEPS.map((name, i) => ({
      name, state: i < 2 ? 'done' as const : i === 2 ? 'running' as const : 'pending' as const, attempt: i < 3 ? 1 : 0, started_at: i < 3 ? '2026-11-21T08:00:00.000Z' : null, duration_ms: i < 2 ? 1_200 : null,
      text: i === 2 ? 'The machine starts.' : null,
    })),
    removal: [], word: null, percent: 40, problem: null, retry_at: null, next: ['cancel'], log: [], started_at: '2026-11-21T08:00:00.000Z', ended_at: null, changed_at: '2026-11-21T08:00:05.000Z',
  },
});
