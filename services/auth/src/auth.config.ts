import { serviceConfig } from '@xanthus/nest';
import { z } from 'zod';

export const authConfig = serviceConfig.extend({
  XANTHUS_MASTER_KEY_FILE: z.string().min(1).describe('file with the master key: at least 32 bytes, base64url; it wraps every tenant\'s data key'),
  XANTHUS_OPERATOR_DIR: z.string().min(1).optional().describe('folder with the NATS operator\'s keys; without it credentials for tenants are off'),
});
export type AuthConfig = z.infer<typeof authConfig>;
