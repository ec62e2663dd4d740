/** Log-in, refresh, log-out, fresh proof, change of tenant. */
import { z } from 'zod';
import { defineCommand, defineQuery, defineView } from '../contract.js';
import { tenantSlug, ulid, written } from '../envelope.js';
import { cloudflareLogIn, cloudflareLogInErrors } from './cloudflare.js';
import { oidcLogin, oidcLoginErrors } from './oidc.js';
import { device, email, eventOf, EXAMPLE, sha256 } from './common.js';

/** What a log-in and a refresh answer. The gateway puts the refresh token and the device token into cookies and never shows them to a script. */
export const sessionTokens = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_at: z.iso.datetime(),
  refresh_token: z.string(),
  session: ulid,
  user: z.object({ id: ulid, name: z.string(), email: z.string() }),
  tenant: z.object({ id: tenantSlug, name: z.string() }),
  /** Until when the session may do what asks for a fresh proof (`sudo` in a contract). */
  proved_until: z.iso.datetime().optional(),
  /** Says at the next log-in that this device has logged in before. */
  device_token: z.string().optional(),
});
export type SessionTokens = z.infer<typeof sessionTokens>;

/** How a session came to be. */
export const logInMethod = z.enum(['password', 'oidc', 'cloudflare', 'setup', 'switch']);
/** What a session depends on beside its person: when it ends, the session ends. */
export const sessionSource = z.object({ kind: z.enum(['identity']), id: ulid, /** Keyed hash of the session's name at the provider. */ sid: z.string().max(64).optional() });

/** Six digits of an authenticator app, or a recovery code. Spaces and hyphens do not count. */
export const secondFactorCode = z.string().trim().min(6).max(32);

/** One entry per method; the gateway adds `device`. */
export const passwordLogIn = z.object({ method: z.literal('password'), email, password: z.string().max(1_024), code: secondFactorCode.optional(), tenant: tenantSlug.optional(), device });

export const openSession = defineCommand({
  service: 'auth', aggregate: 'session', verb: 'open', on: 'new', deadline: 30_000, summary: 'Log in (only the gateway may ask, before there is a person). Refused with LOGIN.SECOND_FACTOR_NEEDED the same is sent again with `code`.',
  input: z.discriminatedUnion('method', [passwordLogIn, oidcLogin, cloudflareLogIn]), output: sessionTokens,
  example: { method: 'password', email: 'ada@example.com', password: 'correct horse battery', device: EXAMPLE.device },
  errors: ['LOGIN.REFUSED', 'LOGIN.TOO_MANY', 'LOGIN.NOT_A_MEMBER', 'LOGIN.SECOND_FACTOR_NEEDED', 'LOGIN.WRONG_CODE', ...oidcLoginErrors, ...cloudflareLogInErrors],
});

export const refreshSession = defineCommand({
  service: 'auth', aggregate: 'session', verb: 'refresh', on: 'id', summary: 'Swap a refresh token for a fresh pair; a token that comes a second time ends the session.',
  input: z.object({ refresh_token: z.string().max(256), device }), output: sessionTokens, example: { refresh_token: '…', device: EXAMPLE.device }, errors: ['SESSION.ENDED', 'SESSION.REFRESH_REUSED'],
});

export const revokeSession = defineCommand({
  service: 'auth', aggregate: 'session', verb: 'revoke', on: 'id', summary: 'End a session of one\'s own; its sockets close.',
  input: z.object({}), output: written, example: {}, errors: ['SESSION.NOT_FOUND'],
});

export const revokeAllSessions = defineCommand({
  service: 'auth', aggregate: 'session', verb: 'revoke-all', on: 'new', summary: 'End one\'s own sessions in every tenant: all others, or this one too.',
  input: z.object({ this_too: z.boolean().default(false) }), output: z.object({ ended: z.int().min(0) }), example: {},
});

/** Another way to prove who one is may be added; with a second factor set up, a password alone proves nothing. */
export const proveSession = defineCommand({
  service: 'auth', aggregate: 'session', verb: 'prove', on: 'id', deadline: 10_000, summary: 'Prove again who one is, by password or second factor; the session may then do what asks for a fresh proof, for ten minutes.',
  input: z.discriminatedUnion('method', [
    z.object({ method: z.literal('password'), password: z.string().max(1_024) }),
    z.object({ method: z.literal('code'), code: secondFactorCode }),
  ]),
  output: written.extend({ proved_until: z.iso.datetime() }), example: { method: 'password', password: 'correct horse battery' },
  errors: ['PROOF.REFUSED', 'PROOF.TOO_MANY', 'PROOF.CODE_NEEDED', 'PROOF.NOT_POSSIBLE', 'SESSION.NOT_FOUND', 'SESSION.ENDED'],
});

export const switchSession = defineCommand({
  service: 'auth', aggregate: 'session', verb: 'switch', on: 'id', summary: 'Go on in another tenant that one belongs to: a new session there, and the old one ends (only the gateway may ask, for the session whose token it was shown).',
  input: z.object({ tenant: tenantSlug, device }), output: sessionTokens, example: { tenant: 'other', device: EXAMPLE.device }, errors: ['LOGIN.NOT_A_MEMBER', 'LOGIN.TENANT_BOUND', 'SESSION.ENDED'],
});

/** Addresses are personal: they lie in the vault and are shown to the person only. */
export const sessionAddresses = defineQuery({
  service: 'auth', question: 'session-addresses', on: 'all', summary: 'From where were one\'s own open sessions opened, and with what?',
  input: z.object({}), output: z.object({ sessions: z.array(z.object({ id: ulid, address: z.string(), user_agent: z.string() })) }), example: {},
});

/** Key `xanthus.sessions.<person>.<session>`. No address here: it is personal and lies encrypted in the vault. */
export const sessionView = defineView({
  service: 'auth', view: 'sessions', schema: 1, summary: 'Open sessions of a person, in the tenant `xanthus`.',
  data: z.object({
    id: ulid, person: ulid, tenant: tenantSlug, device: z.string(), opened_at: z.iso.datetime(), refreshed_at: z.iso.datetime(), expires_at: z.iso.datetime(),
    method: logInMethod.optional(), source: sessionSource.optional(), proved_until: z.iso.datetime().optional(),
  }),
  example: {
    id: '01jd3x8e2v5y9w4z7q6r1s0tss', person: '01jd3x8e2v5y9w4z7q6r1s0tcd', tenant: 'acme', device: 'Chromium on Linux', opened_at: '2026-11-21T08:00:00.000Z', refreshed_at: '2026-11-21T08:09:00.000Z', expires_at: '2026-12-21T08:00:00.000Z',
    method: 'password', proved_until: '2026-11-21T08:10:00.000Z',
  },
});

const session = eventOf('session');
export const sessionEvents = {
  SessionOpened: session('SessionOpened', 'A person logged in. Address and user agent lie in the vault under `secret`.', z.object({
    person: ulid, tenant: tenantSlug, method: logInMethod, device: z.string(), refresh_sha256: sha256, secret: z.string(), expires_at: z.iso.datetime(),
    source: sessionSource.optional(), proved_until: z.iso.datetime().optional(), second_factor: z.enum(['totp', 'recovery']).optional(),
  }), {
    person: EXAMPLE.id, tenant: 'acme', method: 'password', device: 'Chromium on Linux', refresh_sha256: EXAMPLE.sha256, secret: `session-${EXAMPLE.id}`, expires_at: '2026-12-21T08:00:00.000Z',
  }),
  SessionRefreshed: session('SessionRefreshed', 'The refresh token was used and replaced.', z.object({ refresh_sha256: sha256 }), { refresh_sha256: EXAMPLE.sha256 }),
  SessionProved: session('SessionProved', 'The person proved again who they are.', z.object({ by: z.enum(['password', 'totp', 'recovery', 'oidc', 'cloudflare']), until: z.iso.datetime() }), { by: 'password', until: '2026-11-21T08:10:00.000Z' }),
  SessionEnded: session('SessionEnded', 'Logged out, revoked, expired, replaced, ended with what it depends on, or because a used refresh token came again.', z.object({
    reason: z.enum(['logged_out', 'revoked', 'expired', 'refresh_reused', 'member_removed', 'source_ended', 'switched', 'password_changed', 'password_reset']),
  }), { reason: 'logged_out' }),
} as const;
