import { serviceConfig } from '@xanthus/nest';
import { z } from 'zod';

const allowed = z.enum(['private', 'loopback']);

export const vpsConfig = serviceConfig.extend({
  XANTHUS_SANDBOX_FILE: z.string().min(1).optional().describe('JSON file that describes the sandbox server, written by the launcher'),
  XANTHUS_SSH_ALLOW: z.string().default('').transform(text => text.split(',').map(t => t.trim()).filter(t => t !== '')).pipe(z.array(allowed))
    .describe('addresses besides public ones that servers may have: private, loopback, or both with a comma'),
  XANTHUS_SSH_CONFIG: z.string().min(1).optional().describe('configuration of the ssh client beside this service (as ~/.ssh/config) whose machines one organisation may see; no key is read'),
  XANTHUS_SSH_CONFIG_TENANT: z.string().min(1).optional().describe('the one organisation that XANTHUS_SSH_CONFIG is shown to'),
  XANTHUS_METRICS_INTERVAL_MS: z.coerce.number().int().min(100).max(600_000).default(10_000).describe('time between two samples of a server'),
  XANTHUS_HETZNER_URL: z.url().optional().describe('base address of Hetzner\'s API with its version; without it the real one'),
  XANTHUS_OCI_URL: z.url().optional().describe('base address in place of all of Oracle Cloud\'s own'),
  XANTHUS_PROVIDER_VERIFY_SECONDS: z.coerce.number().int().min(1).max(3_600).default(300).describe('how often providers are asked whether the keys of connected accounts are still good'),
  XANTHUS_DRIFT_SECONDS: z.coerce.number().int().min(1).max(86_400).default(300).describe('how often servers are compared with what their providers have, and their prices noted'),
});
export type VpsConfig = z.infer<typeof vpsConfig>;
