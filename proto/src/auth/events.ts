import { z } from 'zod';
import { defineEvent } from '../contract.js';
import { tenantSlug, ulid } from '../envelope.js';
import { roleName } from './views.js';

const define = (aggregate: string) => <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) =>
  defineEvent({ service: 'auth', aggregate, type, schema: 1, summary, data, example });
const installation = define('installation');
const person = define('person');
const tenant = define('tenant');
const member = define('member');
const session = define('session');
const credential = define('credential');
const key = define('signing-key');

const ID = '01jd3x8e2v5y9w4z7q6r1s0tcd';
const SHA256 = 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9';
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const authEvents = {
  SetupLinkIssued: installation('SetupLinkIssued', 'A one-time set-up link was made; older ones end.', z.object({ token_sha256: sha256, expires_at: z.iso.datetime() }), { token_sha256: SHA256, expires_at: '2026-11-21T09:00:00.000Z' }),
  SetupCompleted: installation('SetupCompleted', 'The first tenant and its owner exist.', z.object({ tenant: tenantSlug, person: ulid }), { tenant: 'acme', person: ID }),
  PersonRegistered: person('PersonRegistered', 'A person exists. Address, name and password hash lie in the vault under `secret`.', z.object({ secret: z.string() }), { secret: `person-${ID}` }),
  PasswordChanged: person('PasswordChanged', 'The password hash in the vault was replaced.', z.object({}), {}),
  TenantCreated: tenant('TenantCreated', 'A tenant exists; its slug never changes.', z.object({ name: z.string() }), { name: 'Acme Ltd' }),
  TenantRenamed: tenant('TenantRenamed', 'The display name changed.', z.object({ name: z.string() }), { name: 'Acme Group' }),
  MemberAdded: member('MemberAdded', 'A person belongs to the tenant.', z.object({ role: roleName }), { role: 'owner' }),
  MemberRoleAssigned: member('MemberRoleAssigned', 'A member has another role.', z.object({ role: roleName }), { role: 'viewer' }),
  MemberRemoved: member('MemberRemoved', 'A person no longer belongs to the tenant.', z.object({}), {}),
  SessionOpened: session('SessionOpened', 'A person logged in. Address and user agent lie in the vault under `secret`.', z.object({ person: ulid, tenant: tenantSlug, method: z.enum(['password']), device: z.string(), refresh_sha256: sha256, secret: z.string(), expires_at: z.iso.datetime() }), {
    person: ID, tenant: 'acme', method: 'password', device: 'Chromium on Linux', refresh_sha256: SHA256, secret: `session-${ID}`, expires_at: '2026-12-21T08:00:00.000Z',
  }),
  SessionRefreshed: session('SessionRefreshed', 'The refresh token was used and replaced.', z.object({ refresh_sha256: sha256 }), { refresh_sha256: SHA256 }),
  SessionEnded: session('SessionEnded', 'Logged out, revoked, expired, or ended because a used refresh token came again.', z.object({ reason: z.enum(['logged_out', 'revoked', 'expired', 'refresh_reused', 'member_removed']) }), { reason: 'logged_out' }),
  LoginRefused: person('LoginRefused', 'A log-in with a wrong password was refused.', z.object({ reason: z.enum(['wrong_password', 'not_a_member']) }), { reason: 'wrong_password' }),
  CredentialCreated: credential('CredentialCreated', 'A NATS credential for another service was made; its secret was shown once and is not kept.', z.object({
    name: z.string(), role: roleName, follow: z.array(z.string()),
    /** Public keys: of the credential's user, and of the NATS account that it alone has. */
    nkey: z.string(), account: z.string(),
  }), {
    name: 'billing', role: 'viewer', account: 'ACPJZLRTLYZPRQFUJMY7E7QQG2ZWMPFRDYSDSRWK5LLLRWCXRJBNYJZB', nkey: 'UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4', follow: ['VPS'],
  }),
  CredentialRevoked: credential('CredentialRevoked', 'The credential is refused and its connections are closed.', z.object({}), {}),
  SigningKeyMade: key('SigningKeyMade', 'A key for access tokens was made; its private half lies in the vault.', z.object({ kid: z.string(), x: z.string(), secret: z.string() }), { kid: '01jd3x8e2v5y9w4z7q6r1s0tjk', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', secret: 'signing-key-01jd3x8e2v5y9w4z7q6r1s0tjk' }),
  SigningKeyRetired: key('SigningKeyRetired', 'Every token that the key signed has expired; its private half was destroyed.', z.object({}), {}),
} as const;
