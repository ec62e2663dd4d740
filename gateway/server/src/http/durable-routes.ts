import { refuse } from '../protocol/problem.js';
import { ok } from './answer.js';
import type { HttpContext } from './context.js';
import type { Route } from './router.js';

/** Everyone's own durable subscriptions, none of anybody else. */
export const durableRoutes = (context: HttpContext): Route[] => [
  {
    method: 'GET', path: '/api/durables', handler: async ({ raw }) => {
      const { claims } = await context.caller(raw);
      return ok(await context.durables.list(claims.tenant, claims.sub));
    },
  },
  {
    method: 'DELETE', path: '/api/durables/:stream/:name', handler: async ({ raw, params: { stream = '', name = '' } }) => {
      const { claims } = await context.caller(raw);
      const deleted = /^[a-z0-9-]{1,32}$/.test(name) && await context.durables.remove({ stream, tenant: claims.tenant, user: claims.sub, name });
      return deleted ? ok({ stream, name }) : refuse('NOT_FOUND', 'There is no such durable subscription.');
    },
  },
];
