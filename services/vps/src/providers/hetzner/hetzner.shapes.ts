/** What is read of Hetzner's answers; https://docs.hetzner.cloud. Sizes there are GB, money decimal text. */
import { z } from 'zod';

const id = z.int().min(0);
const money = z.object({ net: z.string(), gross: z.string() });
const deprecation = z.object({ announced: z.string(), unavailable_after: z.string() }).nullish();
const labels = z.record(z.string(), z.string()).default({});

export const pageMeta = z.object({ meta: z.object({ pagination: z.object({ next_page: z.int().nullable() }) }).optional() });

export const location = z.object({ id, name: z.string(), description: z.string(), city: z.string(), country: z.string(), network_zone: z.string() });

export const serverType = z.object({
  id, name: z.string(), description: z.string(), cores: z.number(), memory: z.number(), disk: z.number(), cpu_type: z.enum(['shared', 'dedicated']), architecture: z.string(),
  prices: z.array(z.object({ location: z.string(), price_hourly: money, price_monthly: money, included_traffic: z.number().nullish() })),
  locations: z.array(z.object({ name: z.string(), deprecation })).default([]),
});
export type HetznerType = z.output<typeof serverType>;

export const datacenter = z.object({ location: z.object({ name: z.string() }), server_types: z.object({ available: z.array(id) }) });

export const image = z.object({
  id, type: z.string(), status: z.string(), name: z.string().nullable(), description: z.string(), image_size: z.number().nullable(), created: z.string(),
  created_from: z.object({ id }).nullish(), os_flavor: z.string(), os_version: z.string().nullable(), architecture: z.string(), deprecated: z.string().nullish(), labels,
});
export type HetznerImage = z.output<typeof image>;

export const sshKey = z.object({ id, name: z.string(), public_key: z.string(), labels });

export const server = z.object({
  id, name: z.string(), status: z.string(), created: z.string(), locked: z.boolean().default(false), primary_disk_size: z.number().nullish(), labels,
  public_net: z.object({ ipv4: z.object({ ip: z.string() }).nullish(), ipv6: z.object({ ip: z.string() }).nullish() }),
  server_type: z.object({ name: z.string() }),
  image: z.object({ id, name: z.string().nullable() }).nullish(),
  location: z.object({ name: z.string() }).nullish(),
  /** On its way out, in favour of `location`. */
  datacenter: z.object({ location: z.object({ name: z.string() }) }).nullish(),
});
export type HetznerServer = z.output<typeof server>;

export const action = z.object({ id, command: z.string(), status: z.enum(['running', 'success', 'error']), progress: z.number(), error: z.object({ code: z.string(), message: z.string() }).nullish() });

export const pricing = z.object({
  currency: z.string(), vat_rate: z.string(),
  image: z.object({ price_per_gb_month: money }),
  primary_ips: z.array(z.object({ type: z.string(), prices: z.array(z.object({ location: z.string(), price_hourly: money, price_monthly: money })) })).default([]),
});
export type HetznerPricing = z.output<typeof pricing>;

export const apiError = z.object({ error: z.object({ code: z.string(), message: z.string(), details: z.object({ fields: z.array(z.object({ name: z.string() })).nullish() }).nullish() }) });
export type HetznerError = z.output<typeof apiError>['error'];
