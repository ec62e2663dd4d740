/**
 * OpenID providers of a tenant. Whoever the provider vouches for gets into this tenant and no other: its administrators choose the issuer, so its
 * word must not count elsewhere. A provider is named `<tenant>.<name>` in addresses; `https://<host>/api/auth/oidc/<tenant>.<name>/callback` is what is registered there.
 */
import { z } from 'zod';
import { defineCommand, defineQuery, defineView } from '../contract.js';
import { actor, ulid, written } from '../envelope.js';
import { device, displayName, eventOf, EXAMPLE, roleName } from './common.js';

export const oidcProviderName = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, '1–31 small letters, digits and hyphens, beginning with a letter');
/** `<tenant>.<name>` */
export const oidcProviderRef = z.string().regex(/^[a-z][a-z0-9-]{1,30}\.[a-z][a-z0-9-]{0,30}$/, '<tenant>.<name of the provider>');

const issuer = z.url({ protocol: /^https?$/ }).max(512);
const clientId = z.string().trim().min(1).max(256);
const clientSecret = z.string().min(1).max(1_024);
const claimName = z.string().trim().min(1).max(256);
const mailDomain = z.string().trim().toLowerCase().max(253).regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a domain such as example.com');
export const groupRole = z.object({ group: z.string().trim().min(1).max(256), role: roleName });

/** Everything of a provider but its secret. */
const settings = {
  /** What the button on the log-in page says. */
  label: displayName,
  issuer, client_id: clientId,
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, 'one scope without spaces')).max(20).default(['openid', 'profile', 'email']),
  /** Name of the claim that lists groups; an object with the group names as keys (Zitadel) will do too. */
  group_claim: claimName.default('groups'),
  /** The first that fits counts; none: the default role. */
  group_roles: z.array(groupRole).max(100).default([]),
  /** Of who is in none of the groups; null: may not log in. */
  default_role: roleName.nullable().default(null),
  /** May somebody who is no member yet become one by logging in? Their address must be verified at the provider. Otherwise an invitation is needed. */
  auto_join: z.boolean().default(false),
  /** Only addresses of these domains; none: any. */
  email_domains: z.array(mailDomain).max(50).default([]),
};
const EXAMPLE_SETTINGS = {
  label: 'Acme account', issuer: 'https://login.acme.example', client_id: 'xanthus', scopes: ['openid', 'profile', 'email', 'offline_access'], group_claim: 'groups',
  group_roles: [{ group: 'ops', role: 'operator' }], default_role: 'viewer', auto_join: true, email_domains: ['acme.example'],
};

export const defineOidcProvider = defineCommand({
  service: 'auth', aggregate: 'oidc-provider', verb: 'define', on: 'id', sudo: true, deadline: 10_000, summary: 'Make or change an OpenID provider of the tenant; its id is its name. Without `client_secret` the present one stays; null takes it away (public client).',
  input: z.object({ ...settings, client_secret: clientSecret.nullable().optional() }), output: written, example: { ...EXAMPLE_SETTINGS, client_secret: 's3cret' },
  errors: ['OIDC.NAME_INVALID', 'OIDC.LIMIT_REACHED', 'OIDC.ISSUER_INVALID', 'OIDC.SECRET_NEEDED', 'ROLE.NOT_FOUND', 'ROLE.TOO_HIGH'],
});

export const removeOidcProvider = defineCommand({
  service: 'auth', aggregate: 'oidc-provider', verb: 'remove', on: 'id', deadline: 10_000, summary: 'Take a provider away; the sessions that it vouched for end.',
  input: z.object({}), output: written, example: {}, errors: ['OIDC.NOT_FOUND'],
});

/** In this order; a stage after one that failed is `skipped`. */
export const OIDC_TEST_STAGES = ['address', 'discovery', 'issuer', 'keys', 'features', 'client'] as const;

export const testOidcProvider = defineQuery({
  service: 'auth', question: 'oidc-test', on: 'all', deadline: 20_000, summary: 'Ask a provider what it can, and say stage by stage what is wrong. `provider` lends the secret of one that exists. Stores nothing.',
  input: z.object({ issuer, client_id: clientId, client_secret: clientSecret.optional(), provider: oidcProviderName.optional() }),
  output: z.object({
    ok: z.boolean(),
    stages: z.array(z.object({ stage: z.enum(OIDC_TEST_STAGES), status: z.enum(['ok', 'warning', 'failed', 'skipped']), message: z.string() })),
    /** What the provider says of itself. */
    features: z.object({ logout: z.boolean(), backchannel_logout: z.boolean(), offline_access: z.boolean() }).nullable(),
  }),
  example: { issuer: 'https://login.acme.example', client_id: 'xanthus', client_secret: 's3cret' },
});

/** The log-in page asks before anybody is known. The answer for a tenant that does not exist is that of one without providers. */
export const oidcOptions = defineQuery({
  service: 'auth', question: 'oidc-options', on: 'all', summary: 'Which providers does the log-in page of a tenant offer? Only the gateway may ask.',
  input: z.object({ tenant: z.string().max(64) }), output: z.object({ providers: z.array(z.object({ id: oidcProviderRef, label: z.string() })) }), example: { tenant: 'acme' },
});

const flowStart = z.object({
  /** Where the browser goes. */
  url: z.string(),
  /** Sealed by auth: goes into a cookie of this browser and comes back with the callback. */
  flow: z.string(),
  expires_at: z.iso.datetime(),
});

export const startOidc = defineQuery({
  service: 'auth', question: 'oidc-start', on: 'all', deadline: 15_000, summary: 'Begin a log-in at a provider (PKCE, state and nonce are made here). Only the gateway may ask.',
  input: z.object({ provider: oidcProviderRef, redirect_uri: z.url().max(1_024), /** Token of an invitation that the log-in accepts. */ invitation: z.string().max(256).optional() }),
  output: flowStart, example: { provider: 'acme.main', redirect_uri: 'https://xanthus.example/api/auth/oidc/acme.main/callback' },
  errors: ['OIDC.NOT_FOUND', 'OIDC.UNAVAILABLE'],
});

export const startOidcLink = defineQuery({
  service: 'auth', question: 'oidc-link', on: 'all', sudo: true, deadline: 15_000, summary: 'Begin to link an identity at a provider of the tenant to oneself.',
  input: z.object({ provider: oidcProviderRef, redirect_uri: z.url().max(1_024) }), output: flowStart, example: { provider: 'acme.main', redirect_uri: 'https://xanthus.example/api/auth/oidc/acme.main/callback' },
  errors: ['OIDC.NOT_FOUND', 'OIDC.UNAVAILABLE', 'MEMBER.NOT_FOUND', 'LOGIN.TENANT_BOUND'],
});

export const oidcLogoutUrl = defineQuery({
  service: 'auth', question: 'oidc-logout', on: 'id', summary: 'Where a browser goes to log out at the provider of its session too; null where there is no such place. Only the gateway may ask.',
  input: z.object({ return_to: z.url().max(1_024) }), output: z.object({ url: z.string().nullable() }), example: { return_to: 'https://xanthus.example/' },
});

/** What comes back from the provider, with the cookie of the browser that was sent there. */
const callback = { provider: oidcProviderRef, /** From the cookie. */ flow: z.string().max(4_096), /** The callback's query, without `?`. */ query: z.string().max(8_192) };
/** Member of the union of `session.open`. */
export const oidcLogin = z.object({ method: z.literal('oidc'), ...callback, device });
export const oidcLoginErrors = ['OIDC.NOT_FOUND', 'OIDC.FLOW_INVALID', 'OIDC.REFUSED', 'OIDC.UNAVAILABLE', 'OIDC.EMAIL_NOT_VERIFIED', 'OIDC.DOMAIN_NOT_ALLOWED', 'OIDC.NO_ROLE', 'OIDC.NOT_INVITED'] as const;

export const backchannelLogout = defineCommand({
  service: 'auth', aggregate: 'oidc-provider', verb: 'backchannel-logout', on: 'id', deadline: 10_000, summary: 'The provider says that somebody logged out there: the sessions that it vouched for end. Only the gateway may ask.',
  input: z.object({ logout_token: z.string().max(16_384) }), output: z.object({ ended: z.int() }), example: { logout_token: 'eyJ…' }, errors: ['OIDC.NOT_FOUND', 'OIDC.LOGOUT_INVALID', 'OIDC.UNAVAILABLE'],
});

/** Key `<tenant>.oidc-providers.<name>`. */
export const oidcProviderView = defineView({
  service: 'auth', view: 'oidc-providers', schema: 1, summary: 'OpenID providers of the tenant. Never a secret: its fingerprint only.',
  data: z.object({ ...settings, name: z.string(), secret_fingerprint: z.string().nullable(), changed_at: z.iso.datetime(), changed_by: actor }),
  example: { ...EXAMPLE_SETTINGS, name: 'main', secret_fingerprint: '9f86d081884c7d65', changed_at: '2026-11-21T08:00:00.000Z', changed_by: { kind: 'person', id: EXAMPLE.id } },
});

const provider = eventOf('oidc-provider');
export const oidcProviderEvents = {
  OidcProviderDefined: provider('OidcProviderDefined', 'A provider was made or changed. Its secret lies in the vault under `secret`; null: a public client.', z.object({ ...settings, secret: z.string().nullable(), secret_fingerprint: z.string().nullable() }), {
    ...EXAMPLE_SETTINGS, secret: 'oidc-main', secret_fingerprint: '9f86d081884c7d65',
  }),
  OidcProviderRemoved: provider('OidcProviderRemoved', 'The provider is no longer asked; its secret was destroyed.', z.object({}), {}),
  OidcLoginRefused: provider('OidcLoginRefused', 'The provider vouched for somebody who may not come in.', z.object({ reason: z.enum(['email_not_verified', 'domain_not_allowed', 'no_role', 'not_invited', 'foreign_identity']), identity: ulid.optional() }), { reason: 'no_role', identity: EXAMPLE.id }),
} as const;
