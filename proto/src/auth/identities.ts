/** How a person is known elsewhere: an identity at an OpenID provider or at Cloudflare, in the tenant `xanthus`. */
import { z } from 'zod';
import { defineCommand, defineView } from '../contract.js';
import { tenantSlug, ulid, written } from '../envelope.js';
import { eventOf, EXAMPLE } from './common.js';
import { oidcProviderRef } from './oidc.js';

export const identityKind = z.enum(['oidc', 'cloudflare']);

/** The id follows from kind, provider, issuer and subject (a keyed hash), so that an identity belongs to one person at most and says nothing by itself. */
export const linkIdentity = defineCommand({
  service: 'auth', aggregate: 'identity', verb: 'link', on: 'new', deadline: 15_000, summary: 'Finish what `oidc-link` began: the identity belongs to the person who began it. Only the gateway may ask.',
  input: z.object({ provider: oidcProviderRef, flow: z.string().max(4_096), query: z.string().max(8_192) }), output: written,
  example: { provider: 'acme.main', flow: 'xof…', query: 'code=…&state=…' }, errors: ['OIDC.NOT_FOUND', 'OIDC.FLOW_INVALID', 'OIDC.REFUSED', 'OIDC.UNAVAILABLE', 'IDENTITY.TAKEN', 'SESSION.ENDED'],
});

export const unlinkIdentity = defineCommand({
  service: 'auth', aggregate: 'identity', verb: 'unlink', on: 'id', sudo: true, summary: 'Take an identity of one\'s own away; the sessions that came by it end. The last way to log in stays.',
  input: z.object({}), output: written, example: {}, errors: ['IDENTITY.NOT_FOUND', 'IDENTITY.LAST'],
});

/** Key `xanthus.identities.<person>.<identity>`. */
export const identityView = defineView({
  service: 'auth', view: 'identities', schema: 1, summary: 'Identities of a person elsewhere, in the tenant `xanthus`.',
  data: z.object({
    id: ulid, person: ulid, kind: identityKind,
    /** The tenant whose provider it is, and its name there. */
    tenant: tenantSlug, provider: z.string(),
    linked_at: z.iso.datetime(), last_used_at: z.iso.datetime().nullable(),
  }),
  example: { id: EXAMPLE.id, person: '01jd3x8e2v5y9w4z7q6r1s0tce', kind: 'oidc', tenant: 'acme', provider: 'main', linked_at: '2026-11-21T08:00:00.000Z', last_used_at: null },
});

const identity = eventOf('identity');
export const identityEvents = {
  IdentityLinked: identity('IdentityLinked', 'A person is known elsewhere. Issuer, subject and address lie in the vault under `secret`.', z.object({
    person: ulid, kind: identityKind, tenant: tenantSlug, provider: z.string(), secret: z.string(),
    /** The person became a member through it: their role follows the provider's groups at each log-in. Who linked it later keeps the role that was given here. */
    joined: z.boolean(),
  }), { person: EXAMPLE.id, kind: 'oidc', tenant: 'acme', provider: 'main', secret: `identity-${EXAMPLE.id}`, joined: true }),
  IdentityUnlinked: identity('IdentityUnlinked', 'The identity opens nothing any more; what the vault had of it was destroyed.', z.object({ reason: z.enum(['unlinked', 'forgotten']) }), { reason: 'unlinked' }),
} as const;
