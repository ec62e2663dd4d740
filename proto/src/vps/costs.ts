/** What servers cost: the price at each time, as events; a question makes amounts of them. */
import { z } from 'zod';
import { defineQuery, defineView } from '../contract.js';
import { ulid } from '../envelope.js';
import { amount, price, providerKind } from './catalogue.js';
import { serverEvent } from './events.js';

/** ISO 4217 */
const currency = z.string().regex(/^[A-Z]{3}$/);
/** Hour by hour, and what the hours of one month never exceed. */
const rate = z.object({ hourly: price, monthly: price });

export const serverPrice = z.object({
  type: z.string(),
  location: z.string(),
  currency,
  /** Per cent, as decimal text. */
  vat_percent: amount,
  ...rate.shape,
  /** A public IPv4 address; null: it costs nothing beside the server. */
  ipv4: rate.nullable(),
  /** A snapshot of it, per GB (10⁹ bytes) and month; null: there are none, or they cost nothing. */
  snapshot_gb_month: price.nullable(),
});
export type ServerPrice = z.infer<typeof serverPrice>;

const EXAMPLE_PRICE = {
  type: 'cx23', location: 'fsn1', currency: 'EUR', vat_percent: '19', hourly: { net: '0.0048', gross: '0.005712' }, monthly: { net: '2.99', gross: '3.5581' },
  ipv4: { hourly: { net: '0.0008', gross: '0.000952' }, monthly: { net: '0.50', gross: '0.595' } }, snapshot_gb_month: { net: '0.0110', gross: '0.01309' },
};
const ID = '01jd3x8e2v5y9w4z7q6r1s0tab';
const PROVIDER = '01jd3x8e2v5y9w4z7q6r1s0tpr';

export const costEvents = {
  ServerPriced: serverEvent('ServerPriced', 'From then on a server costs that: at its start, after a resize, and when its provider changes the price.', serverPrice.extend({ at: z.iso.datetime() }), { ...EXAMPLE_PRICE, at: '2026-11-21T08:00:00.000Z' }),
} as const;

/** One stretch of time with one price. `to` is null as long as it holds. */
export const costPeriod = serverPrice.extend({ from: z.iso.datetime(), to: z.iso.datetime().nullable() });
/** A snapshot takes room from `from` on. */
export const costSnapshot = z.object({ snapshot: z.string(), bytes: z.number().min(0), from: z.iso.datetime(), to: z.iso.datetime().nullable() });

export const costsView = defineView({
  service: 'vps', view: 'costs', schema: 1,
  summary: 'The prices of each server over time; those of deleted servers stay, for they are in the bill of their month. The question `cost-report` makes amounts of them.',
  data: z.object({
    /** The server. */
    id: ulid,
    name: z.string(),
    provider: providerKind,
    provider_id: ulid.nullable(),
    since: z.iso.datetime(),
    /** When it was gone; null as long as it is there. */
    until: z.iso.datetime().nullable(),
    /** Oldest first; what ended more than 13 months before the last change is dropped. */
    periods: z.array(costPeriod),
    snapshots: z.array(costSnapshot),
    changed_at: z.iso.datetime(),
  }),
  example: {
    id: ID, name: 'web-1', provider: 'hetzner', provider_id: PROVIDER, since: '2026-11-21T08:00:00.000Z', until: null, periods: [{ ...EXAMPLE_PRICE, from: '2026-11-21T08:00:00.000Z', to: null }], snapshots: [],
    changed_at: '2026-11-21T08:00:00.000Z',
  },
});

/** Amounts are decimal text with four digits after the point (per hour: six), in `currency`. Parts, servers and days add up to the totals. */
const sum = z.object({ so_far: price, forecast: price });
export const costLine = z.object({
  id: ulid, name: z.string(), provider: providerKind, provider_id: ulid.nullable(), type: z.string(), location: z.string(), currency, vat_percent: amount,
  since: z.iso.datetime(), until: z.iso.datetime().nullable(),
  /** Of the price that holds now, with its IPv4 address: per hour, and per month at most. */
  hourly: price, monthly: price,
  /** In the month: all, and what it is made of. */
  ...sum.shape, server: sum, ipv4: sum, snapshots: sum,
  /** Started hours in the month so far. */
  hours: z.int().min(0),
  /** The month's limit is reached: further hours of it cost nothing. */
  capped: z.boolean(),
});
export type CostLine = z.infer<typeof costLine>;

export const costTotal = sum.extend({
  currency,
  /** Of what runs now. */
  hourly: price, monthly: price,
  /** All of the month before. */
  previous: price,
  servers: z.int().min(0),
});

/** One day of the month (UTC); `forecast`: it is not over, or has not begun. Days add up to the forecast of the month. */
export const costDay = z.object({ day: z.iso.date(), currency, net: amount, gross: amount, forecast: z.boolean() });

export const costReportOutput = z.object({
  /** `YYYY-MM`, in UTC as providers bill. */
  month: z.string(),
  as_of: z.iso.datetime(),
  /** One per currency. */
  totals: z.array(costTotal),
  /** Dearest first, at most 500; the totals are of all. */
  servers: z.array(costLine),
  /** So many more that are not listed. */
  more: z.int().min(0),
  days: z.array(costDay),
});
export type CostReport = z.infer<typeof costReportOutput>;

export const costReport = defineQuery({
  service: 'vps', question: 'cost-report', on: 'all', summary: 'What do servers cost in a month: so far, by day, and until its end if everything stays as it is? Estimated from started hours and prices, without traffic; the provider\'s bill counts.',
  input: z.object({ month: z.string().regex(/^20\d\d-(?:0[1-9]|1[0-2])$/, 'a month such as 2026-11').optional() }), output: costReportOutput, example: { month: '2026-11' },
});
