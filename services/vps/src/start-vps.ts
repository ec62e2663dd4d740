import { parseEnvironment, startService, type RunningService } from '@xanthus/nest';
import { vpsConfig } from './vps.config.js';
import { VpsModule } from './vps.module.js';

/** @throws EnvironmentError with every mistake of the environment; a sentence if NATS or a key does not fit */
export const startVps = (env: Readonly<Record<string, string | undefined>>): Promise<RunningService> =>
  startService({ name: 'vps', config: parseEnvironment(vpsConfig, env), module: deps => VpsModule.compose(deps) });
