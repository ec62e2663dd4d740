import { parseEnvironment, startService, type RunningService } from '@xanthus/nest';
import { auditConfig } from './audit.config.js';
import { AuditModule } from './audit.module.js';

/** @throws EnvironmentError with every mistake of the environment; a sentence if NATS or a key does not fit */
export const startAudit = (env: Readonly<Record<string, string | undefined>>): Promise<RunningService> =>
  startService({ name: 'audit', config: parseEnvironment(auditConfig, env), module: deps => AuditModule.compose(deps) });
