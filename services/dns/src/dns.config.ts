import { serviceConfig } from '@xanthus/nest';
import { z } from 'zod';

export const dnsConfig = serviceConfig.extend({
  XANTHUS_CLOUDFLARE_URL: z.url().optional().describe('base address of Cloudflare\'s API; without it the real one'),
  XANTHUS_OUTGOING_ALLOW: z.string().default('').describe('kinds of addresses beside public ones that providers may be at: private, loopback, or both with a comma'),
  XANTHUS_DNS_DRIFT_SECONDS: z.coerce.number().int().min(1).max(86_400).default(900).describe('how often the zones are compared with Cloudflare'),
  XANTHUS_DNS_CERTIFICATE_SECONDS: z.coerce.number().int().min(1).max(86_400).default(3_600).describe('how often certificates are looked at: whether one ends soon, and whether a replaced one is still needed'),
  XANTHUS_DNS_RENEW_DAYS: z.coerce.number().int().min(0).max(365).default(30).describe('so many days before its end a certificate is issued anew by itself; 0: never. A domain can be left out by itself too'),
  XANTHUS_DNS_RESOLVERS: z.string().default('').transform(text => text.split(',').map(t => t.trim()).filter(t => t !== ''))
    .describe('name servers that are asked whether a change is visible, addresses with commas; without it those of the zone'),
});
export type DnsConfig = z.infer<typeof dnsConfig>;
