import { z } from 'zod';

// The records of an existing Xanthus namespace, read tolerantly: fields that are missing there stay away here, unknown ones are ignored.

/** Times are Go's, or missing, or Go's zero time. */
const time = z.string().transform(text => (Number.isNaN(Date.parse(text)) || text.startsWith('0001-') ? undefined : new Date(text).toISOString())).optional();
const text = z.string().max(10_000);
const optional = text.nullish().transform(value => (value === '' || value === null ? undefined : value));
const number = z.number().nullish().transform(value => value ?? undefined);

export const certificateRequest = z.object({ csr: text.min(1), private_key: text.min(1), created_at: time });
export const domainCertificate = z.object({
  domain: text.min(1), zone_id: optional, certificate_id: optional, certificate: optional, private_key: optional, configured_at: time, ssl_mode: optional,
  always_use_https: z.boolean().nullish(), page_rule_created: z.boolean().nullish(),
});
export const server = z.object({
  server_id: z.union([z.number(), z.string()]).nullish(), name: text.min(1), server_type: optional, location: optional, public_ipv4: optional, created_at: time, ssh_key_name: optional, ssh_user: optional,
  ssh_port: z.number().int().min(1).max(65_535).nullish(), hourly_rate: number, monthly_rate: number, timezone: optional, provider: optional, provider_instance_id: optional, ocpu: number, memory: number,
  region: optional, architecture: optional,
});
export const serverSshKey = z.object({ private_key: text.min(1), public_key: optional, vps_name: optional, provider: optional, created_at: time });
export const app = z.object({
  name: text.min(1), description: optional, app_type: optional, app_version: optional, chart_name: optional, chart_version: optional, subdomain: optional, domain: optional,
  vps_id: z.union([z.number(), z.string()]).nullish(), vps_name: optional, namespace: optional, status: optional, url: optional, created_at: time, updated_at: time,
});
export const portForwards = z.array(z.object({ id: optional, port: z.number().int().min(1).max(65_535), subdomain: optional }));
export const ociToken = z.object({ tenancy: text.startsWith('ocid1.tenancy.'), user: text.startsWith('ocid1.user.'), region: text.min(1), fingerprint: text.min(1), private_key: text.min(1) });
