import { parseEnvironment, startService, type RunningService } from '@xanthus/nest';
import { terminalsConfig } from './terminals.config.js';
import type { Outside } from './terminals.context.js';
import { TerminalsModule } from './terminals.module.js';

/**
 * @param outside in place of what is reached over the network: for specs and measurements
 * @throws EnvironmentError with every mistake of the environment; a sentence if NATS or a key does not fit
 */
export const startTerminals = (env: Readonly<Record<string, string | undefined>>, outside: Partial<Outside> = {}): Promise<RunningService> =>
  startService({ name: 'terminals', config: parseEnvironment(terminalsConfig, env), module: deps => TerminalsModule.compose(deps, outside) });
