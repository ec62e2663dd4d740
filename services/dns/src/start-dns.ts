import { parseEnvironment, startService, type RunningService } from '@xanthus/nest';
import { dnsConfig } from './dns.config.js';
import { DnsModule } from './dns.module.js';

/** @throws EnvironmentError with every mistake of the environment; a sentence if NATS or a key does not fit */
export const startDns = (env: Readonly<Record<string, string | undefined>>): Promise<RunningService> =>
  startService({ name: 'dns', config: parseEnvironment(dnsConfig, env), module: deps => DnsModule.compose(deps) });
