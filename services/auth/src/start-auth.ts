import { parseEnvironment, startService, type RunningService } from '@xanthus/nest';
import { authConfig } from './auth.config.js';
import { AuthModule } from './auth.module.js';

/** @throws EnvironmentError with every mistake of the environment; a sentence if NATS or a key does not fit */
export const startAuth = (env: Readonly<Record<string, string | undefined>>): Promise<RunningService> =>
  startService({ name: 'auth', config: parseEnvironment(authConfig, env), module: deps => AuthModule.compose(deps) });
