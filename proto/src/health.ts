/** `qry.<tenant>.<service>.health.all`: is a service well, and how far behind? Every member of a tenant may ask: it names no tenant and no address. */
import { z } from 'zod';
import { defineQuery, type QueryContract } from './contract.js';

const output = z.object({
  service: z.string(), version: z.string(),
  started_at: z.iso.datetime().describe('of the copy that answers; there may be several'),
  ready: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string().optional() })),
  lag: z.int().min(0).nullable().describe('events that its views are behind; null: not known now'),
  last: z.object({ stream: z.string(), seq: z.int(), time: z.string() }).nullable().describe('the newest event of the tenant in the stream of the service; null: there is none, or it is not known now'),
});
export type ServiceHealth = z.infer<typeof output>;
const input = z.object({});

export const healthQuery = (service: string): QueryContract<typeof input, typeof output> => defineQuery({
  service, question: 'health', on: 'all', summary: `Is ${service} well, which version is it, and how far behind are its views?`, input, output, example: {},
});
