import { serviceConfig } from '@xanthus/nest';
import { z } from 'zod';

export const dnsConfig = serviceConfig.extend({
  XANTHUS_CLOUDFLARE_URL: z.url().optional().describe('base address of Cloudflare\'s API; without it the real one'),
  XANTHUS_OUTGOING_ALLOW: z.string().default('').describe('kinds of addresses beside public ones that providers may be at: private, loopback, or both with a comma'),
  XANTHUS_DNS_DRIFT_SECONDS: z.coerce.number().int().min(1).max(86_400).default(900).describe('how often the zones are compared with Cloudflare'),
  XANTHUS_DNS_RESOLVERS: z.string().default('').transform(text => text.split(',').map(t => t.trim()).filter(t => t !== ''))
    .describe('name servers that are asked whether a change is visible, addresses with commas; without it those of the zone'),
});
export type DnsConfig = z.infer<typeof dnsConfig>;
