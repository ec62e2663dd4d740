/**
 * Cloudflare accounts of a tenant: linked once with an API token, which then also opens the door for those who hold a token of the same account.
 * The aggregate's id is the account's id at Cloudflare (32 hexadecimal digits); an account is linked to one tenant at most.
 */
import { z } from 'zod';
import { defineCommand, defineQuery, defineSignal, defineView } from '../contract.js';
import { actor, tenantSlug, ulid, written } from '../envelope.js';
import { device, eventOf, EXAMPLE, roleName } from './common.js';

export const cloudflareId = z.string().regex(/^[0-9a-f]{32}$/);
const token = z.string().trim().min(1, 'give the token').max(512);

/** What runs when a token is shown, in this order; a step after one that failed is not run. */
export const CLOUDFLARE_STEPS = ['token', 'permissions', 'account', 'storage', 'certificate-request'] as const;
export const cloudflareStep = z.object({
  name: z.enum(CLOUDFLARE_STEPS), status: z.enum(['running', 'passed', 'failed']), ms: z.number().min(0).optional(),
  /** What was found or made, or what is wrong; never the token. */
  detail: z.string().max(500).optional(), code: z.string().optional(),
});
export type CloudflareStep = z.infer<typeof cloudflareStep>;

/** What Xanthus does with a token, and the permissions that it lacks, named as the dashboard names them. `ok: null`: could not be found out. */
export const CLOUDFLARE_FEATURES = ['account', 'storage', 'zones', 'dns', 'tls', 'redirects'] as const;
export const cloudflareFeature = z.object({ feature: z.enum(CLOUDFLARE_FEATURES), ok: z.boolean().nullable(), missing: z.array(z.string()) });
export type CloudflareFeature = z.infer<typeof cloudflareFeature>;

const account = z.object({ id: cloudflareId, name: z.string() });
const EXAMPLE_ACCOUNT = { id: '023e105f4ecef8ad9ca31a8372d0c353', name: 'Ada\'s Account' };
const FEATURES = [{ feature: 'dns' as const, ok: false, missing: ['Zone · DNS · Edit'] }];
const shown = { token, /** One of several. */ account: cloudflareId.optional() };

const stepErrors = ['CLOUDFLARE.TOKEN_INVALID', 'CLOUDFLARE.TOKEN_INACTIVE', 'CLOUDFLARE.PERMISSION_MISSING', 'CLOUDFLARE.NO_ACCOUNT', 'CLOUDFLARE.ACCOUNT_CHOICE', 'CLOUDFLARE.UNAVAILABLE', 'CLOUDFLARE.RATE_LIMITED'] as const;

/** Member of the union of `session.open`. */
export const cloudflareLogIn = z.object({ method: z.literal('cloudflare'), ...shown, tenant: tenantSlug.optional(), device });
export const cloudflareLogInErrors = [...stepErrors, 'CLOUDFLARE.NOT_LINKED', 'CLOUDFLARE.USER_UNKNOWN', 'CLOUDFLARE.LINK_NEEDED'] as const;

export const validateCloudflareToken = defineCommand({
  service: 'auth', aggregate: 'cloudflare-account', verb: 'validate', on: 'id', deadline: 30_000,
  summary: 'Show a token before a log-in: the five steps run, each told by the signal `step` as it runs; the answer is kept for ten minutes, so that the log-in that follows is quick. Only the gateway may ask, with an id of its choice that the signal bears.',
  input: z.object({ ...shown, device }), output: z.object({ account, user: z.object({ email: z.string() }).nullable(), tenant: z.object({ id: tenantSlug, name: z.string() }), features: z.array(cloudflareFeature), steps: z.array(cloudflareStep) }),
  example: { token: 'Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY', device: EXAMPLE.device }, errors: [...cloudflareLogInErrors, 'LOGIN.TOO_MANY'],
});

export const linkCloudflare = defineCommand({
  service: 'auth', aggregate: 'cloudflare-account', verb: 'link', on: 'new', sudo: true, deadline: 30_000,
  summary: 'Link a Cloudflare account to the tenant, or replace its token. The five steps are told by the signal `step`.',
  input: z.object({ ...shown, /** Role of who comes with a token of this account and is no member yet; null: nobody does. Not given: as it is. */ join_role: roleName.nullable().optional() }),
  output: written.extend({ account, features: z.array(cloudflareFeature), steps: z.array(cloudflareStep) }), example: { token: 'Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY', join_role: null },
  errors: [...stepErrors, 'CLOUDFLARE.LINKED_ELSEWHERE', 'ROLE.NOT_FOUND', 'ROLE.TOO_HIGH'],
});

export const linkCloudflareIdentity = defineCommand({
  service: 'auth', aggregate: 'identity', verb: 'link-cloudflare', on: 'new', sudo: true, deadline: 30_000,
  summary: 'Show a Cloudflare token of one\'s own, of an account that is linked to the tenant: from now on any such token of the same person at Cloudflare logs in here.',
  input: z.object(shown), output: written, example: { token: 'Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY' }, errors: [...stepErrors, 'CLOUDFLARE.NOT_LINKED', 'CLOUDFLARE.USER_UNKNOWN', 'IDENTITY.TAKEN', 'LOGIN.TENANT_BOUND'],
});

export const configureCloudflare = defineCommand({
  service: 'auth', aggregate: 'cloudflare-account', verb: 'configure', on: 'id', sudo: true, summary: 'Which role gets somebody who comes with a token of this account and is no member yet? null: nobody comes in so.',
  input: z.object({ join_role: roleName.nullable() }), output: written, example: { join_role: 'viewer' }, errors: ['CLOUDFLARE.NOT_LINKED', 'ROLE.NOT_FOUND', 'ROLE.TOO_HIGH'],
});

export const checkCloudflare = defineCommand({
  service: 'auth', aggregate: 'cloudflare-account', verb: 'check', on: 'id', deadline: 20_000, summary: 'Ask Cloudflare now whether the linked token is still good, and what it may.',
  input: z.object({}), output: written.extend({ status: z.enum(['active', 'refused']), features: z.array(cloudflareFeature) }), example: {}, errors: ['CLOUDFLARE.NOT_LINKED', 'CLOUDFLARE.UNAVAILABLE', 'CLOUDFLARE.RATE_LIMITED'],
});

export const unlinkCloudflare = defineCommand({
  service: 'auth', aggregate: 'cloudflare-account', verb: 'unlink', on: 'id', sudo: true, summary: 'Forget the token. Sessions that came by this account end; the certificate request and its key stay in the vault for ever.',
  input: z.object({}), output: written, example: {}, errors: ['CLOUDFLARE.NOT_LINKED'],
});

/** For services only; see `secret.hand-over`. The box holds the JSON of `cloudflareGrant`. */
export const handOverCloudflare = defineCommand({
  service: 'auth', aggregate: 'cloudflare-account', verb: 'hand-over', on: 'id', summary: 'Hand a service the token of a linked account, and the certificate request that its origin certificates belong to, sealed to the key in its signed identity. Every time is an event.',
  input: z.object({ reason: z.string().trim().min(1).max(64) }), output: z.object({ name: z.string(), sealed: z.object({ epk: z.string(), box: z.string() }) }), example: { reason: 'follow the zones' }, errors: ['CLOUDFLARE.NOT_LINKED', 'CLOUDFLARE.NOT_FOR_YOU', 'CLOUDFLARE.TOKEN_REFUSED'],
});
/** For services only: the key of the account's origin certificates, sealed to the `seal` in the asking identity, which may name the key of a third service: then only that one can open it. */
export const handOverCertificateKey = defineCommand({
  service: 'auth', aggregate: 'cloudflare-account', verb: 'hand-over-key', on: 'id', services: true, summary: 'Hand over the key that the origin certificates of a linked account belong to, sealed to the key in the signed identity. Every time is an event.',
  input: z.object({ reason: z.string().trim().min(1).max(128) }), output: z.object({ key_fingerprint: z.string(), sealed: z.object({ epk: z.string(), box: z.string() }) }), example: { reason: 'TLS of Team notes' }, errors: ['CLOUDFLARE.NOT_LINKED', 'CLOUDFLARE.NOT_FOR_YOU'],
});
export const cloudflareGrant = z.object({ token: z.string(), csr: z.string(), key_fingerprint: z.string() });
export type CloudflareGrant = z.infer<typeof cloudflareGrant>;

/** For services only. */
export const linkedCloudflare = defineQuery({
  service: 'auth', question: 'linked-cloudflare', on: 'all', summary: 'Which Cloudflare accounts are linked to the tenant?',
  input: z.object({}), output: z.object({ accounts: z.array(account.extend({ status: z.enum(['active', 'refused']) })) }), example: {},
});

/** Key `<tenant>.cloudflare-accounts.<account>`. */
export const cloudflareAccountView = defineView({
  service: 'auth', view: 'cloudflare-accounts', schema: 1, summary: 'Cloudflare accounts of the tenant. Never a token.',
  data: z.object({
    id: z.string(), name: z.string(), namespace: z.object({ id: z.string(), title: z.string() }), join_role: roleName.nullable(),
    status: z.enum(['active', 'refused']), features: z.array(cloudflareFeature), csr_fingerprint: z.string(), linked_at: z.iso.datetime(), linked_by: actor, checked_at: z.iso.datetime(),
  }),
  example: {
    ...EXAMPLE_ACCOUNT, namespace: { id: '0f2ac74b498b48028cb68387c421e279', title: 'Xanthus' }, join_role: null, status: 'active', features: FEATURES, csr_fingerprint: '9f86d081884c7d65',
    linked_at: '2026-11-21T08:00:00.000Z', linked_by: { kind: 'person', id: EXAMPLE.id }, checked_at: '2026-11-21T08:00:00.000Z',
  },
});

/** Ask for exactly what Xanthus needs, named as at Cloudflare, and the page where such a token is made with everything ticked. */
export const cloudflareTokenHelp = defineQuery({
  service: 'auth', question: 'cloudflare-token-help', on: 'all', summary: 'Which permissions does a token need, and where is one made?',
  input: z.object({}), output: z.object({ url: z.string(), features: z.array(z.object({ feature: z.enum(CLOUDFLARE_FEATURES), permissions: z.array(z.string()), needed_for: z.string() })) }), example: {},
});

/** `sig.<tenant or xanthus>.auth.cloudflare-account.<id that the command got>.step` */
export const cloudflareStepSignal = defineSignal({
  service: 'auth', aggregate: 'cloudflare-account', what: 'step', summary: 'A step of a token check that runs now; the id is that of the command.',
  data: z.object({ step: cloudflareStep }), example: { step: { name: 'account', status: 'passed', ms: 120, detail: 'Ada\'s Account' } },
});

const event = eventOf('cloudflare-account');
export const cloudflareEvents = {
  CloudflareLinked: event('CloudflareLinked', 'An account was linked, or its token replaced. The token lies in the vault under `secret`.', z.object({
    name: z.string(), namespace: z.object({ id: z.string(), title: z.string() }), secret: z.string(), join_role: roleName.nullable(), features: z.array(cloudflareFeature), csr_fingerprint: z.string(),
  }), { name: EXAMPLE_ACCOUNT.name, namespace: { id: '0f2ac74b498b48028cb68387c421e279', title: 'Xanthus' }, secret: `cloudflare-${EXAMPLE_ACCOUNT.id}`, join_role: null, features: FEATURES, csr_fingerprint: '9f86d081884c7d65' }),
  CloudflareConfigured: event('CloudflareConfigured', 'Who may come in with a token of this account was changed.', z.object({ join_role: roleName.nullable() }), { join_role: 'viewer' }),
  CloudflareChecked: event('CloudflareChecked', 'What the linked token may do is not what it was.', z.object({ status: z.enum(['active', 'refused']), features: z.array(cloudflareFeature) }), { status: 'refused', features: [] }),
  CloudflareHandedOver: event('CloudflareHandedOver', 'A service was handed the token.', z.object({ service: z.string(), reason: z.string() }), { service: 'dns', reason: 'follow the zones' }),
  CloudflareUnlinked: event('CloudflareUnlinked', 'The account is no longer linked; its token was destroyed.', z.object({}), {}),
  CertificateRequestKept: event('CertificateRequestKept', 'The certificate request and its key are kept in the vault under `secret`, for ever: every origin certificate belongs to this key.', z.object({ secret: z.string(), fingerprint: z.string(), origin: z.enum(['found', 'made']) }), {
    secret: `certificate-request-${EXAMPLE_ACCOUNT.id}`, fingerprint: '9f86d081884c7d65', origin: 'found',
  }),
  CloudflareLogInRefused: event('CloudflareLogInRefused', 'Somebody with a good token of this account may not come in.', z.object({ reason: z.enum(['not_a_member', 'user_unknown', 'address_taken']), identity: ulid.optional() }), { reason: 'not_a_member' }),
} as const;
