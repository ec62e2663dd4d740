import { serviceConfig } from '@xanthus/nest';
import { z } from 'zod';

export const authConfig = serviceConfig.extend({
  XANTHUS_MASTER_KEY_FILE: z.string().min(1).optional().describe('file with the master key: 32 random bytes in base64; it wraps every tenant\'s data keys. Further lines: old keys'),
  XANTHUS_MASTER_KEY: z.string().min(1).optional().describe('the master key itself, instead of the file; old ones after a comma'),
  XANTHUS_MASTER_KEY_COMMAND: z.string().min(1).optional().describe('a program that wraps and unwraps instead, as a JSON list of its arguments'),
  XANTHUS_OPERATOR_DIR: z.string().min(1).optional().describe('folder with the NATS operator\'s keys; without it credentials for tenants are off'),
  XANTHUS_BREACHED_PASSWORDS_FILE: z.string().min(1).optional().describe('list of leaked passwords as SHA-1 hashes, ordered by hash (Have I Been Pwned); without it the list that comes with the program'),
  XANTHUS_OUTGOING_ALLOW: z.string().default('').describe('kinds of addresses beside public ones that providers may be at: private, loopback, or both with a comma'),
  XANTHUS_OIDC_VERIFY_SECONDS: z.coerce.number().int().min(1).max(600).default(300).describe('how often OpenID providers are asked whether the sessions that they vouch for go on'),
  XANTHUS_CLOUDFLARE_VERIFY_SECONDS: z.coerce.number().int().min(1).max(600).default(300).describe('how often Cloudflare is asked whether the tokens that sessions and accounts depend on are still good'),
  XANTHUS_CLOUDFLARE_URL: z.url().optional().describe('base address of Cloudflare\'s API; without it the real one'),
});
export type AuthConfig = z.infer<typeof authConfig>;
