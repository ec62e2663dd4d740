import { parseEnvironment, startService, type RunningService } from '@xanthus/nest';
import { applicationsConfig } from './applications.config.js';
import type { Outside } from './applications.context.js';
import { ApplicationsModule } from './applications.module.js';

/**
 * @param outside in place of what is reached over the network: for specs and measurements
 * @throws EnvironmentError with every mistake of the environment; a sentence if NATS or a key does not fit
 */
export const startApplications = (env: Readonly<Record<string, string | undefined>>, outside: Partial<Outside> = {}): Promise<RunningService> =>
  startService({ name: 'applications', config: parseEnvironment(applicationsConfig, env), module: deps => ApplicationsModule.compose(deps, outside) });
