/** Tenants: the organisations that use an installation. */
import { z } from 'zod';
import { defineView } from '../contract.js';
import { tenantSlug } from '../envelope.js';
import { eventOf } from './common.js';

export const tenantView = defineView({
  service: 'auth', view: 'tenants', schema: 1, summary: 'The tenant itself: key `<tenant>.tenants.<tenant>`.',
  data: z.object({ slug: tenantSlug, name: z.string(), created_at: z.iso.datetime() }),
  example: { slug: 'acme', name: 'Acme Ltd', created_at: '2026-11-21T08:00:00.000Z' },
});

const tenant = eventOf('tenant');
export const tenantEvents = {
  TenantCreated: tenant('TenantCreated', 'A tenant exists; its slug never changes.', z.object({ name: z.string() }), { name: 'Acme Ltd' }),
  TenantRenamed: tenant('TenantRenamed', 'The display name changed.', z.object({ name: z.string() }), { name: 'Acme Group' }),
} as const;
