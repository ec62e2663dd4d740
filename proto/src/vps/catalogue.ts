/** What a provider sells: the shapes that its adapter, the questions and the wizard share. Sizes in bytes, money as decimal text. */
import { z } from 'zod';

/** Open on purpose: a further provider is a folder of its own and no change here. */
export const providerKind = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'the kind of a provider, as provider-kinds lists them');

/** Decimal text, e.g. `"0.0060"`: providers price in fractions that binary numbers can't hold. */
export const amount = z.string().regex(/^\d{1,12}(?:\.\d{1,20})?$/);
export const price = z.object({ /** Without VAT. */ net: amount, /** With it. */ gross: amount });
export type Price = z.infer<typeof price>;

export const ARCHITECTURES = ['x86', 'arm'] as const;
export const architecture = z.enum(ARCHITECTURES);

export const deprecation = z.object({ announced: z.iso.datetime(), unavailable_after: z.iso.datetime() });

/** A server type at one location. */
export const serverOffer = z.object({
  location: z.string(),
  /** Can it be ordered there now? */
  available: z.boolean(),
  /** Why not, as a sentence. */
  reason: z.string().optional(),
  hourly: price,
  /** What an hour after hour never exceeds within one month. */
  monthly: price,
  included_traffic_bytes: z.number().min(0).optional(),
  deprecated: deprecation.optional(),
});
export type ServerOffer = z.infer<typeof serverOffer>;

export const serverTypeOffer = z.object({
  /** What `create` takes. */
  name: z.string(),
  description: z.string(),
  architecture,
  cpus: z.number().min(0),
  cpu_kind: z.enum(['shared', 'dedicated']),
  memory_bytes: z.number().min(0),
  disk_bytes: z.number().min(0),
  offers: z.array(serverOffer),
});
export type ServerTypeOffer = z.infer<typeof serverTypeOffer>;

export const providerLocation = z.object({ name: z.string(), description: z.string(), city: z.string(), /** ISO 3166-1 alpha-2; empty where there is none. */ country: z.string(), zone: z.string().optional() });
export type ProviderLocation = z.infer<typeof providerLocation>;

export const providerImage = z.object({
  /** What `create` and `rebuild` take. */
  ref: z.string(),
  name: z.string(),
  description: z.string(),
  os: z.string(),
  version: z.string().nullable(),
  architecture,
  /** Whether our set-up is made for it. */
  supported: z.boolean(),
  deprecated: z.boolean(),
});
export type ProviderImage = z.infer<typeof providerImage>;

/** Prices beside those of the types. */
export const providerPricing = z.object({
  /** ISO 4217 */
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** Per cent, as decimal text. */
  vat_percent: amount,
  /** A public IPv4 address; null: it costs nothing beside the server. By location where it differs, else `location` is null. */
  ipv4: z.array(z.object({ location: z.string().nullable(), hourly: price, monthly: price })),
  /** A snapshot per GB and month; null where there are none. */
  snapshot_gb_month: price.nullable(),
});
export type ProviderPricing = z.infer<typeof providerPricing>;

export const POWER_ACTIONS = ['on', 'off', 'reboot', 'reset', 'shutdown'] as const;
export const powerAction = z.enum(POWER_ACTIONS);
export type PowerAction = z.infer<typeof powerAction>;

/** What an adapter declares; nothing asks for the kind of a provider to find out. */
export const providerCapabilities = z.object({
  /** Machines are made here, not adopted. */
  create: z.boolean(),
  power: z.array(powerAction),
  resize: z.boolean(),
  /** A resize may also grow the disk, which can't be undone. */
  grow_disk: z.boolean(),
  rebuild: z.boolean(),
  snapshots: z.boolean(),
  rename: z.boolean(),
  /** Asks money. */
  prices: z.boolean(),
  architectures: z.array(architecture),
});
export type ProviderCapabilities = z.infer<typeof providerCapabilities>;
