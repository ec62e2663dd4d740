import { z } from 'zod';
import { TENANT_SLUG, TOKEN, ULID } from './ids.js';

export const ulid = z.string().regex(ULID, 'a lower-case ULID');
export const tenantSlug = z.string().regex(TENANT_SLUG, 'a letter, then letters, digits and hyphens, 2–31 in all');
/** A word that servers and the like are marked with; roles may be narrowed to what has it. */
export const tag = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, '1–32 small letters, digits and hyphens');
export const subjectToken = z.string().regex(TOKEN);

/** Who did it. `via` is the service that acted for a person. */
export const actor = z.object({
  kind: z.enum(['person', 'credential', 'service', 'system']),
  id: z.string().max(64),
  session: ulid.optional(),
  via: z.string().max(64).optional(),
});
export type Actor = z.infer<typeof actor>;

/** The envelope of a stored event. No address and no other personal data: names and ids only. */
export const eventEnvelope = z.object({
  id: ulid,
  type: z.string().regex(/^[A-Z][A-Za-z0-9]+$/),
  schema: z.int().min(1),
  tenant: tenantSlug,
  aggregate: z.object({ service: subjectToken, name: subjectToken, id: subjectToken }),
  occurred_at: z.iso.datetime(),
  actor,
  command_id: z.string().max(128),
  correlation_id: z.string().max(128),
  traceparent: z.string().max(64).optional(),
  data: z.unknown(),
});
export type EventEnvelope = z.infer<typeof eventEnvelope>;

/** A value of a service's bucket. `seq` is the stream sequence of the last event folded into it. */
export interface ViewValue<T = unknown> { readonly schema: number; readonly seq: number; readonly time: string; readonly data: T }

/** What a command that wrote answers, beside its own fields. */
export const written = z.object({ id: z.string(), stream: z.string(), seq: z.int().min(0) });
export type Written = z.infer<typeof written>;
