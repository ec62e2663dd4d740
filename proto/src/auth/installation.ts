/** The first start: a one-time set-up link makes the first tenant and its owner. */
import { z } from 'zod';
import { defineCommand, defineQuery } from '../contract.js';
import { tenantSlug, ulid } from '../envelope.js';
import { device, displayName, email, eventOf, EXAMPLE, password, sha256 } from './common.js';
import { sessionTokens } from './sessions.js';

export const issueSetupLink = defineCommand({
  service: 'auth', aggregate: 'installation', verb: 'issue-setup-link', on: 'id', summary: 'Make a one-time set-up link (only the launcher may). Refused once the installation has an owner.',
  input: z.object({}), output: z.object({ token: z.string(), expires_at: z.iso.datetime() }), example: {}, errors: ['SETUP.ALREADY_DONE'],
});

export const completeSetup = defineCommand({
  service: 'auth', aggregate: 'installation', verb: 'complete-setup', on: 'id', deadline: 10_000, summary: 'Make the first tenant and its owner with the token of the set-up link; logs the owner in.',
  input: z.object({ token: z.string().max(128), email, password, name: displayName, tenant: z.object({ slug: tenantSlug, name: displayName }), device }), output: sessionTokens,
  example: { token: 'wZ3…', email: 'ada@example.com', password: 'correct horse battery', name: 'Ada', tenant: { slug: 'acme', name: 'Acme Ltd' }, device: EXAMPLE.device },
  errors: ['SETUP.ALREADY_DONE', 'SETUP.LINK_INVALID', 'SETUP.LINK_EXPIRED', 'PASSWORD.TOO_WEAK', 'TENANT.SLUG_TAKEN'],
});

export const setupStatus = defineQuery({
  service: 'auth', question: 'setup-status', on: 'all', summary: 'Does the installation have an owner yet?',
  input: z.object({}), output: z.object({ done: z.boolean() }), example: {},
});

const installation = eventOf('installation');
export const installationEvents = {
  SetupLinkIssued: installation('SetupLinkIssued', 'A one-time set-up link was made; older ones end.', z.object({ token_sha256: sha256, expires_at: z.iso.datetime() }), { token_sha256: EXAMPLE.sha256, expires_at: '2026-11-21T09:00:00.000Z' }),
  SetupCompleted: installation('SetupCompleted', 'The first tenant and its owner exist.', z.object({ tenant: tenantSlug, person: ulid }), { tenant: 'acme', person: EXAMPLE.id }),
} as const;
