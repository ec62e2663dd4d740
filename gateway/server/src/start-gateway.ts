import { parseEnvironment } from '@xanthus/nest';
import { startGateway as start, type GatewayOptions, type RunningGateway } from './gateway.js';
import { gatewayConfig } from './gateway.config.js';

export type { GatewayOptions, RunningGateway };

type Environment = Readonly<Record<string, string | undefined>>;

/** Starts from a parsed configuration, or from an environment. @throws a sentence for each thing that does not fit */
export const startGateway = (given: GatewayOptions | Environment): Promise<RunningGateway> =>
  start(isOptions(given) ? given : { config: parseEnvironment(gatewayConfig, given) });

const isOptions = (given: GatewayOptions | Environment): given is GatewayOptions => typeof given['config' as keyof typeof given] === 'object';
