import type { NatsConnection } from '@nats-io/transport-node';
import type { DynamicModule, Type } from '@nestjs/common';
import type { CapabilityMirror } from './capability-mirror.js';
import type { ServiceConfig } from './environment.js';
import type { Health, ReadyReport } from './health.js';
import type { IdentitySigner } from './identity-signer.js';
import type { IdentityVerifier } from './identity-verifier.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';

/** What `startService` gives to the composition root. */
export interface ServiceDeps<C extends ServiceConfig = ServiceConfig> {
  readonly nc: NatsConnection;
  readonly log: Logger;
  readonly signer: IdentitySigner;
  readonly verifier: IdentityVerifier;
  readonly config: C;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly capabilities: CapabilityMirror;
  /** Called at shutdown, last added first, after the doors have closed and before the connection is drained. */
  onStop(stop: () => Promise<void> | void): void;
}

export interface ServiceOptions<C extends ServiceConfig> {
  readonly name: string;
  /** The composition root. May be asynchronous: projectors and reactors started here run before the first door opens. */
  readonly module: (deps: ServiceDeps<C>) => Type | DynamicModule | Promise<Type | DynamicModule>;
  readonly config: C;
  readonly log?: Logger;
}

export interface RunningService {
  readonly name: string;
  /** Port of its own health endpoint, if it has one. */
  readonly healthPort?: number;
  ready(): Promise<ReadyReport>;
  /** Prometheus text. */
  metrics(): Promise<string>;
  /** Stops taking work, finishes what runs (8 s at most), drains. */
  stop(): Promise<void>;
}

/** @throws a sentence if NATS, the keys or the configuration do not fit. */
export const startService = async <C extends ServiceConfig>(_options: ServiceOptions<C>): Promise<RunningService> => {
  throw new Error('being written');
};
