import { BLOB_BYTES, BLOB_SECONDS } from '@xanthus/proto';
import { limit } from '../operations/context.js';
import { refuse } from '../protocol/problem.js';
import { ok } from './answer.js';
import type { HttpContext } from './context.js';
import { readJsonBytes } from './read-body.js';
import type { Route } from './router.js';

/** An input that is too large for a message, for one command or query (`?for=` its subject): whoever may ask that may upload for it, and it fits nothing else. */
export const blobRoutes = (context: HttpContext): Route[] => [
  {
    method: 'POST', path: '/api/blobs', handler: async ({ raw, query }) => {
      const { tenant, sub: id } = (await context.caller(raw)).claims;
      const subject = query.get('for') ?? '';
      if (!/^(?:cmd|qry)(?:\.[a-z0-9-]{1,64}){4,5}$/.test(subject)) return refuse('INVALID', 'Say with ?for= which command or query the input is for: cmd.<tenant>.… or qry.<tenant>.…');
      if (!context.capabilities.current()) return refuse('UNAVAILABLE', 'Rights cannot be checked now; try again.');
      if (!context.capabilities.allows(tenant, id, { what: 'command', subject })) return refuse('DENIED');
      const exceeded = context.quotas.command({ tenant, id });
      if (exceeded !== undefined) limit(context, 'RATE_LIMITED', exceeded);
      const { reference } = await context.blobs.store(tenant, subject, () => readJsonBytes(raw, BLOB_BYTES));
      return ok({ ...reference, expires_at: new Date(Date.now() + BLOB_SECONDS * 1_000).toISOString() });
    },
  },
];
