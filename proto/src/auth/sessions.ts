/** Log-in, refresh, log-out. */
import { z } from 'zod';
import { defineCommand, defineView } from '../contract.js';
import { tenantSlug, ulid, written } from '../envelope.js';
import { device, email, eventOf, EXAMPLE, sha256 } from './common.js';

/** What a log-in and a refresh answer. The gateway puts the refresh token into a cookie and never shows it to a script. */
export const sessionTokens = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_at: z.iso.datetime(),
  refresh_token: z.string(),
  session: ulid,
  user: z.object({ id: ulid, name: z.string(), email: z.string() }),
  tenant: z.object({ id: tenantSlug, name: z.string() }),
});
export type SessionTokens = z.infer<typeof sessionTokens>;

export const openSession = defineCommand({
  service: 'auth', aggregate: 'session', verb: 'open', on: 'new', deadline: 10_000, summary: 'Log in with e-mail and password (only the gateway may ask, before there is a person).',
  input: z.object({ method: z.literal('password'), email, password: z.string().max(1_024), tenant: tenantSlug.optional(), device }), output: sessionTokens,
  example: { method: 'password', email: 'ada@example.com', password: 'correct horse battery', device: EXAMPLE.device }, errors: ['LOGIN.REFUSED', 'LOGIN.TOO_MANY', 'LOGIN.NOT_A_MEMBER'],
});

export const refreshSession = defineCommand({
  service: 'auth', aggregate: 'session', verb: 'refresh', on: 'id', summary: 'Swap a refresh token for a fresh pair; a token that comes a second time ends the session.',
  input: z.object({ refresh_token: z.string().max(256), device }), output: sessionTokens, example: { refresh_token: '…', device: EXAMPLE.device }, errors: ['SESSION.ENDED', 'SESSION.REFRESH_REUSED'],
});

export const revokeSession = defineCommand({
  service: 'auth', aggregate: 'session', verb: 'revoke', on: 'id', summary: 'End a session of one\'s own; its sockets close.',
  input: z.object({}), output: written, example: {}, errors: ['SESSION.NOT_FOUND'],
});

/** Key `xanthus.sessions.<person>.<session>`. No address here: it is personal and lies encrypted in the vault. */
export const sessionView = defineView({
  service: 'auth', view: 'sessions', schema: 1, summary: 'Open sessions of a person, in the tenant `xanthus`.',
  data: z.object({ id: ulid, person: ulid, tenant: tenantSlug, device: z.string(), opened_at: z.iso.datetime(), refreshed_at: z.iso.datetime(), expires_at: z.iso.datetime() }),
  example: { id: '01jd3x8e2v5y9w4z7q6r1s0tss', person: '01jd3x8e2v5y9w4z7q6r1s0tcd', tenant: 'acme', device: 'Chromium on Linux', opened_at: '2026-11-21T08:00:00.000Z', refreshed_at: '2026-11-21T08:09:00.000Z', expires_at: '2026-12-21T08:00:00.000Z' },
});

const session = eventOf('session');
export const sessionEvents = {
  SessionOpened: session('SessionOpened', 'A person logged in. Address and user agent lie in the vault under `secret`.', z.object({ person: ulid, tenant: tenantSlug, method: z.enum(['password']), device: z.string(), refresh_sha256: sha256, secret: z.string(), expires_at: z.iso.datetime() }), {
    person: EXAMPLE.id, tenant: 'acme', method: 'password', device: 'Chromium on Linux', refresh_sha256: EXAMPLE.sha256, secret: `session-${EXAMPLE.id}`, expires_at: '2026-12-21T08:00:00.000Z',
  }),
  SessionRefreshed: session('SessionRefreshed', 'The refresh token was used and replaced.', z.object({ refresh_sha256: sha256 }), { refresh_sha256: EXAMPLE.sha256 }),
  SessionEnded: session('SessionEnded', 'Logged out, revoked, expired, or ended because a used refresh token came again.', z.object({ reason: z.enum(['logged_out', 'revoked', 'expired', 'refresh_reused', 'member_removed']) }), { reason: 'logged_out' }),
} as const;
