import { serviceConfig } from '@xanthus/nest';
import { z } from 'zod';

export const auditConfig = serviceConfig.extend({
  XANTHUS_AUDIT_SEAL_SECONDS: z.coerce.number().min(0.05).max(3_600).default(60).describe('how old the first event of a block may get before the block is sealed, full or not'),
});
export type AuditConfig = z.infer<typeof auditConfig>;
