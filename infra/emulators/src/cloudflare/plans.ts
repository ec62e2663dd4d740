import type { Zone, ZonePlan } from './state.js';

/**
 * What a plan allows. Sources: developers.cloudflare.com/dns/manage-dns-records/reference/record-attributes (comments, tags),
 * …/dns/manage-dns-records/how-to/batch-record-changes, …/rules/page-rules.
 */
export const PLANS: Readonly<Record<ZonePlan, { readonly title: string; readonly records: number; readonly batch: number; readonly comment: number; readonly tags: number; readonly ttl: number; readonly page_rules: number; readonly redirects: number }>> = {
  free: { title: 'Free Website', records: 200, batch: 200, comment: 100, tags: 0, ttl: 60, page_rules: 3, redirects: 10 },
  pro: { title: 'Pro Website', records: 3_500, batch: 3_500, comment: 500, tags: 20, ttl: 60, page_rules: 20, redirects: 25 },
  enterprise: { title: 'Enterprise Website', records: 3_500, batch: 3_500, comment: 500, tags: 20, ttl: 30, page_rules: 125, redirects: 300 },
};

export const recordQuota = (zone: Zone): number => zone.quota ?? PLANS[zone.plan].records;
