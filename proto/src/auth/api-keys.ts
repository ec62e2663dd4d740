/** Keys of programs for HTTP and WebSocket: `xan_<id>_<secret>`, one tenant, one role, an end. Keys have no session and no cookie. */
import { z } from 'zod';
import { defineCommand, defineView } from '../contract.js';
import { actor, tenantSlug, ulid, written } from '../envelope.js';
import { displayName, eventOf, EXAMPLE, roleName, sha256 } from './common.js';

/** 256 random bits in base64url behind the id. */
export const API_KEY = /^xan_([0-7][0-9a-hjkmnp-tv-z]{25})_([A-Za-z0-9_-]{43})$/;

export const createApiKey = defineCommand({
  service: 'auth', aggregate: 'api-key', verb: 'create', on: 'new', sudo: true, summary: 'Make an API key. The key is answered once and not kept. Its role is at most one\'s own; it ends within a year.',
  input: z.object({ name: displayName, role: roleName, /** Within a year from now. */ expires_at: z.iso.datetime() }), output: written.extend({ key: z.string(), expires_at: z.iso.datetime() }),
  example: { name: 'Grafana', role: 'viewer', expires_at: '2027-02-21T00:00:00.000Z' }, errors: ['KEY.EXISTS', 'KEY.LIMIT_REACHED', 'KEY.EXPIRY_INVALID', 'ROLE.NOT_FOUND', 'ROLE.TOO_HIGH'],
});

export const revokeApiKey = defineCommand({
  service: 'auth', aggregate: 'api-key', verb: 'revoke', on: 'id', summary: 'Refuse the key from now on; its sockets close.',
  input: z.object({}), output: written, example: {}, errors: ['KEY.NOT_FOUND', 'ROLE.TOO_HIGH'],
});

export const noteApiKeyUse = defineCommand({
  service: 'auth', aggregate: 'api-key', verb: 'note-use', on: 'id', summary: 'The key was used; noted once a minute at most. Only the gateway may say so.',
  input: z.object({}), output: written, example: {}, errors: ['KEY.NOT_FOUND'],
});

/** Key `<tenant>.api-keys.<id>`. */
export const apiKeyView = defineView({
  service: 'auth', view: 'api-keys', schema: 1, summary: 'API keys of the tenant that are not revoked.',
  data: z.object({ id: ulid, name: z.string(), role: roleName, /** How the key begins. */ prefix: z.string(), created_at: z.iso.datetime(), created_by: actor, expires_at: z.iso.datetime(), last_used_at: z.iso.datetime().nullable() }),
  example: { id: EXAMPLE.id, name: 'Grafana', role: 'viewer', prefix: `xan_${EXAMPLE.id}`, created_at: '2026-11-21T08:00:00.000Z', created_by: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tce' }, expires_at: '2027-02-21T00:00:00.000Z', last_used_at: null },
});

/** Key `xanthus.key-checks.<id>`: what a gateway checks a key with. Nobody's rights reach it; a hash of 256 random bits would help nobody anyway. */
export const keyCheckView = defineView({
  service: 'auth', view: 'key-checks', schema: 1, no_past: 'It is made of the keys of all organisations, and only gateways need it, now.', summary: 'What gateways check API keys with. For gateways only.',
  data: z.object({ id: ulid, tenant: tenantSlug, name: z.string(), secret_sha256: sha256, expires_at: z.iso.datetime() }),
  example: { id: EXAMPLE.id, tenant: 'acme', name: 'Grafana', secret_sha256: EXAMPLE.sha256, expires_at: '2027-02-21T00:00:00.000Z' },
});

const key = eventOf('api-key');
export const apiKeyEvents = {
  ApiKeyCreated: key('ApiKeyCreated', 'An API key was made; it was shown once. What is kept is the SHA-256 of its 256 random bits.', z.object({ name: z.string(), role: roleName, secret_sha256: sha256, expires_at: z.iso.datetime() }), {
    name: 'Grafana', role: 'viewer', secret_sha256: EXAMPLE.sha256, expires_at: '2027-02-21T00:00:00.000Z',
  }),
  ApiKeyUsed: key('ApiKeyUsed', 'The key was used; said once a minute at most.', z.object({}), {}),
  ApiKeyRevoked: key('ApiKeyRevoked', 'The key is refused: by somebody, because it expired, or because who made it may no longer do as much.', z.object({ reason: z.enum(['revoked', 'expired', 'creator_removed', 'creator_narrowed']) }), { reason: 'revoked' }),
} as const;
