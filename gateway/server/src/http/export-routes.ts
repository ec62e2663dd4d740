import { commandSubject, isTenantSlug, SERVICES, streamName, type OutputOf } from '@xanthus/proto';
import { exportTenant } from '@xanthus/proto/auth';
import { refuse } from '../protocol/problem.js';
import type { HttpContext } from './context.js';
import { askService } from './row-routes.js';
import type { Route } from './router.js';

/**
 * A tenant as a file: JSON Lines, the last one a manifest with hashes. Whether it may be is decided by auth (`tenant.export`, an owner who proved who they
 * are a moment ago); the gateway also checks the rights on what it reads, at the beginning and while it goes on.
 */
export const exportRoutes = (context: HttpContext): Route[] => [
  {
    method: 'POST', path: '/api/tenants/:id/export', handler: async (request) => {
      const caller = await context.caller(request.raw);
      const { tenant, sub } = caller.claims;
      if (request.params['id'] !== tenant || !isTenantSlug(tenant)) return refuse('DENIED');
      const check = (): void => {
        const may = Object.keys(SERVICES).every(service => context.capabilities.allows(tenant, sub, { what: 'stream', stream: streamName(service), filter: `evt.${tenant}.>` }));
        if (!may) refuse('DENIED', 'You may not see everything that belongs to the tenant.');
      };
      check();
      const subject = commandSubject({ tenant, service: 'auth', aggregate: 'tenant', id: tenant, verb: 'export' });
      const begun = await askService(context, caller, { subject, request, input: async () => ({}) }) as OutputOf<typeof exportTenant>;
      const about = { tenant: begun.tenant, exported_at: new Date().toISOString(), exported_by: sub };
      return { status: 200, stream: { type: 'application/x-ndjson; charset=utf-8', name: `${tenant}.jsonl`, chunks: context.exports.lines({ tenant, about, members: begun.members, key: begun.receipt_key, check }) } };
    },
  },
];
