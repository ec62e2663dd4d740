/** NATS credentials of tenants for other services. */
import { z } from 'zod';
import { defineCommand, defineView } from '../contract.js';
import { actor, ulid, written } from '../envelope.js';
import { eventOf, roleName } from './common.js';

export const createCredential = defineCommand({
  service: 'auth', aggregate: 'credential', verb: 'create', on: 'new', sudo: true, deadline: 15_000, summary: 'Make a NATS credential for another service. The .creds text is answered once and not kept.',
  input: z.object({ name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, '1–63 small letters, digits and hyphens, not starting with a hyphen'), role: roleName, follow: z.array(z.enum(['AUTH', 'VPS'])).default([]) }),
  output: written.extend({ creds: z.string(), nkey: z.string(), consumers: z.record(z.string(), z.string()) }), example: { name: 'billing', role: 'viewer', follow: ['VPS'] },
  errors: ['CREDENTIAL.NAME_TAKEN', 'CREDENTIAL.LIMIT_REACHED', 'CREDENTIAL.CANNOT_FOLLOW', 'ROLE.NOT_FOUND', 'ROLE.TOO_HIGH', 'TENANT.NOT_FOUND', 'CREDENTIAL.UNAVAILABLE'],
});

export const revokeCredential = defineCommand({
  service: 'auth', aggregate: 'credential', verb: 'revoke', on: 'id', deadline: 15_000, summary: 'Refuse the credential from now on and close its connections.',
  input: z.object({}), output: written, example: {}, errors: ['CREDENTIAL.NOT_FOUND'],
});

export const credentialView = defineView({
  service: 'auth', view: 'credentials', schema: 1, summary: 'NATS credentials of the tenant for other services.',
  data: z.object({ id: ulid, name: z.string(), role: roleName, nkey: z.string(), follow: z.array(z.string()), created_at: z.iso.datetime(), created_by: actor }),
  example: { id: '01jd3x8e2v5y9w4z7q6r1s0tcr', name: 'billing', role: 'viewer', nkey: 'UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4', follow: ['VPS'], created_at: '2026-11-21T08:00:00.000Z', created_by: { kind: 'system', id: 'operator' } },
});

const credential = eventOf('credential');
export const credentialEvents = {
  CredentialCreated: credential('CredentialCreated', 'A NATS credential for another service was made; its secret was shown once and is not kept.', z.object({
    name: z.string(), role: roleName, follow: z.array(z.string()),
    /** Public keys: of the credential's user, and of the NATS account that it alone has. */
    nkey: z.string(), account: z.string(),
  }), {
    name: 'billing', role: 'viewer', account: 'ACPJZLRTLYZPRQFUJMY7E7QQG2ZWMPFRDYSDSRWK5LLLRWCXRJBNYJZB', nkey: 'UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4', follow: ['VPS'],
  }),
  CredentialRevoked: credential('CredentialRevoked', 'The credential is refused and its connections are closed.', z.object({}), {}),
} as const;
