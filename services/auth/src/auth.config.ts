import { serviceConfig } from '@xanthus/nest';
import { z } from 'zod';

export const authConfig = serviceConfig.extend({
  XANTHUS_MASTER_KEY_FILE: z.string().min(1).optional().describe('file with the master key: 32 random bytes in base64; it wraps every tenant\'s data keys. Further lines: old keys'),
  XANTHUS_MASTER_KEY: z.string().min(1).optional().describe('the master key itself, instead of the file; old ones after a comma'),
  XANTHUS_MASTER_KEY_COMMAND: z.string().min(1).optional().describe('a program that wraps and unwraps instead, as a JSON list of its arguments'),
  XANTHUS_OPERATOR_DIR: z.string().min(1).optional().describe('folder with the NATS operator\'s keys; without it credentials for tenants are off'),
});
export type AuthConfig = z.infer<typeof authConfig>;
