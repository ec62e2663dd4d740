/**
 * Secrets of a tenant: tokens and passwords that its services use for it. There is no way to read one back: people see a fingerprint, a service that
 * needs one asks for it and gets it sealed to its own key. And the keys that encrypt them.
 */
import { z } from 'zod';
import { defineCommand, defineQuery, defineView } from '../contract.js';
import { actor, ulid, written } from '../envelope.js';
import { displayName, eventOf, EXAMPLE } from './common.js';

/** What a secret is for, and which services may ask for it. Nobody else gets it, whatever their rights. */
export const SECRET_RECEIVERS = {
  'cloudflare-token': ['dns', 'vps'],
  'hetzner-token': ['vps'],
  'oci-token': ['vps'],
  'registry-password': ['applications'],
  'generic': ['applications', 'jobs', 'vps'],
} as const satisfies Record<string, readonly string[]>;

export const secretKind = z.enum(Object.keys(SECRET_RECEIVERS) as [keyof typeof SECRET_RECEIVERS, ...(keyof typeof SECRET_RECEIVERS)[]]);
export const secretName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, '1–63 small letters, digits and hyphens, not starting with a hyphen');
const secretValue = z.string().min(1, 'a value').max(16_384);
/** Keyed per tenant: the same value has the same one, and nothing can be tried against it. */
const fingerprint = z.string().regex(/^[0-9a-f]{16}$/);
const FINGERPRINT = '9f86d081884c7d65';

export const putSecret = defineCommand({
  service: 'auth', aggregate: 'secret', verb: 'put', on: 'new', summary: 'Keep a secret for the tenant\'s services. It can never be read back, only replaced.',
  input: z.object({ name: secretName, kind: secretKind, value: secretValue, description: displayName.optional() }), output: written.extend({ fingerprint }),
  example: { name: 'cloudflare', kind: 'cloudflare-token', value: 'v1.0-…', description: 'Zones of the shop' }, errors: ['SECRET.NAME_TAKEN', 'SECRET.LIMIT_REACHED', 'TENANT.NOT_FOUND'],
});

export const rotateSecret = defineCommand({
  service: 'auth', aggregate: 'secret', verb: 'rotate', on: 'id', summary: 'Replace the value; the old one is destroyed.',
  input: z.object({ value: secretValue }), output: written.extend({ fingerprint }), example: { value: 'v1.0-…' }, errors: ['SECRET.NOT_FOUND', 'SECRET.SAME_VALUE'],
});

export const removeSecret = defineCommand({
  service: 'auth', aggregate: 'secret', verb: 'remove', on: 'id', sudo: true, summary: 'Destroy a secret; its name becomes free.',
  input: z.object({}), output: written, example: {}, errors: ['SECRET.NOT_FOUND'],
});

/** For services only; the identity that asks is signed and names the X25519 key that the answer is sealed to. */
export const handOverSecret = defineCommand({
  service: 'auth', aggregate: 'secret', verb: 'hand-over', on: 'id', summary: 'Hand a secret to a service that may have its kind, sealed to the key in its signed identity. Every time is an event.',
  input: z.object({ reason: displayName }), output: z.object({ name: secretName, kind: secretKind, fingerprint, sealed: z.object({ epk: z.string(), box: z.string() }) }),
  example: { reason: 'list the zones' }, errors: ['SECRET.NOT_FOUND', 'SECRET.NOT_FOR_YOU'],
});

export const secretView = defineView({
  service: 'auth', view: 'secrets', schema: 1, summary: 'Secrets of the tenant: what they are for and when they were used, never their values.',
  data: z.object({
    id: ulid, name: secretName, kind: secretKind, description: z.string().optional(), fingerprint,
    created_at: z.iso.datetime(), created_by: actor, rotated_at: z.iso.datetime().optional(), rotated_by: actor.optional(),
    last_used: z.object({ at: z.iso.datetime(), service: z.string(), reason: z.string() }).optional(),
  }),
  example: {
    id: EXAMPLE.id, name: 'cloudflare', kind: 'cloudflare-token', description: 'Zones of the shop', fingerprint: FINGERPRINT, created_at: '2026-11-21T08:00:00.000Z', created_by: { kind: 'person', id: EXAMPLE.id },
    last_used: { at: '2026-11-21T09:00:00.000Z', service: 'dns', reason: 'list the zones' },
  },
});

const secret = eventOf('secret');
export const secretEvents = {
  SecretPut: secret('SecretPut', 'A secret is kept. Its value lies in the vault under `secret`.', z.object({ name: secretName, kind: secretKind, description: z.string().optional(), fingerprint, secret: z.string() }), {
    name: 'cloudflare', kind: 'cloudflare-token', fingerprint: FINGERPRINT, secret: `secret-${EXAMPLE.id}-9f86d081`,
  }),
  SecretRotated: secret('SecretRotated', 'The value was replaced; the old one was destroyed.', z.object({ fingerprint, secret: z.string() }), { fingerprint: FINGERPRINT, secret: `secret-${EXAMPLE.id}-884c7d65` }),
  SecretUsed: secret('SecretUsed', 'The secret was handed to a service. The actor is who made it ask.', z.object({ service: z.string(), reason: z.string() }), { service: 'dns', reason: 'list the zones' }),
  SecretRemoved: secret('SecretRemoved', 'The secret was destroyed.', z.object({}), {}),
} as const;

/** The id is a service, or `all`. */
export const rotateDataKeys = defineCommand({
  service: 'auth', aggregate: 'key-ring', verb: 'rotate', on: 'id', deadline: 20_000, sudo: true, summary: 'Make new data keys for what a service (or `all`) keeps secret for the tenant. Values move to the new key in the background, then the old one is destroyed.',
  input: z.object({}), output: z.object({ rotated: z.array(z.object({ service: z.string(), number: z.int() })) }), example: {}, errors: ['KEY.NOT_FOUND', 'KEY.DESTROYED'],
});

export const keyRings = defineQuery({
  service: 'auth', question: 'key-rings', on: 'all', summary: 'Data keys of the tenant by service: number and age of the current one, and those that still have to go.',
  input: z.object({}), output: z.object({ rings: z.array(z.object({ service: z.string(), current: z.int(), made_at: z.iso.datetime(), older: z.array(z.int()) })) }), example: {},
});

/** Only the launcher may, for the operator: `npm start -- rotate-master-key`. */
export const rotateMasterKey = defineCommand({
  service: 'auth', aggregate: 'master-key', verb: 'rotate', on: 'id', deadline: 30_000, summary: 'Wrap every data key by the master key that comes first now. Asked again until `left` is 0.',
  input: z.object({}), output: z.object({ primary: z.string(), rewrapped: z.int(), left: z.int() }), example: {},
});

const ring = eventOf('key-ring');
const master = eventOf('master-key');
export const keyEvents = {
  DataKeyMade: ring('DataKeyMade', 'A service has a new data key for the tenant; the aggregate is the service.', z.object({ number: z.int() }), { number: 2 }),
  DataKeysRetired: ring('DataKeysRetired', 'Nothing needs these older keys any more; they were destroyed.', z.object({ numbers: z.array(z.int()) }), { numbers: [1] }),
  MasterKeyReplaced: master('MasterKeyReplaced', 'Every data key is wrapped by another master key. `primary` names it and says nothing of it.', z.object({ primary: z.string(), rewrapped: z.int() }), { primary: '0a1b2c3d4e5f6071', rewrapped: 12 }),
} as const;
