import type { NatsConnection } from '@nats-io/transport-node';
import type { DynamicModule, Type } from '@nestjs/common';
import { connectNats, Views } from '@xanthus/jetstream';
import { CapabilityMirror } from './capability-mirror.js';
import type { ServiceConfig } from './environment.js';
import { createHealth, type Health, type ReadyReport } from './health.js';
import { startHealthServer } from './health-server.js';
import { IdentitySigner } from './identity-signer.js';
import { IdentityVerifier } from './identity-verifier.js';
import { readCredentials, readServiceJwks, readServiceKey } from './key-files.js';
import { createLogger, type Logger } from './logger.js';
import { createMetrics, type Metrics } from './metrics.js';
import { openDoors } from './open-doors.js';
import { pastOf, type Past } from './past.js';
import { startTracing } from './tracing.js';

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
  /** The service's own views. */
  readonly views: Views;
  /** How they were; `foldViews` says what they are made of. */
  readonly past: Past;
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

/** Longest wait for the connection's last bytes at shutdown, ms. */
const DRAIN = 1_000;

/** @throws a sentence if NATS, the keys or the configuration do not fit. */
export const startService = async <C extends ServiceConfig>(options: ServiceOptions<C>): Promise<RunningService> => {
  const { name, config } = options;
  const started_at = new Date().toISOString();
  const log = options.log ?? createLogger({ name, level: config.LOG_LEVEL, ...(config.LOG_FORMAT === undefined ? {} : { format: config.LOG_FORMAT }) });
  const stops: (() => Promise<void> | void)[] = [];
  const stopAll = once(async () => {
    for (const stop of stops.splice(0).reverse()) await Promise.resolve(stop()).catch((error: unknown) => log.warn({ err: error }, 'something did not stop cleanly'));
  });
  try {
    const key = await readServiceKey(config.XANTHUS_SERVICE_KEY_FILE);
    const jwks = await readServiceJwks(config.XANTHUS_SERVICE_JWKS_FILE);
    const credentials = await readCredentials(config.XANTHUS_NATS_CREDENTIALS, name);
    const tracing = await startTracing({ service: name, endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT });
    stops.push(() => tracing.stop());
    const nc = await connectNats({ servers: config.XANTHUS_NATS_URL, credentials, name, inboxPrefix: `_INBOX_${name}` });
    stops.push(() => drain(nc));
    const alone = config.XANTHUS_HEALTH_PORT !== undefined;
    const metrics = createMetrics({ service: name, process: alone });
    const health = createHealth();
    health.add('nats', () => natsCheck(nc));
    const capabilities = await CapabilityMirror.start(nc, log);
    stops.push(() => capabilities.stop());
    health.add('capabilities', () => (capabilities.current() ? { ok: true } : { ok: false, detail: 'no sign of life from auth\'s projector for 10 s' }));
    const views = new Views(nc, name);
    stops.push(() => views.stop());
    const past = pastOf(nc, name, log);
    stops.push(() => past.stop());
    const deps: ServiceDeps<C> = {
      nc, log, config, metrics, health, capabilities, views, past, onStop: stop => void stops.push(stop),
      signer: new IdentitySigner({ service: name, key }),
      verifier: new IdentityVerifier({ service: name, jwks }),
    };
    const module = await options.module(deps);
    const doors = await openDoors({ nc, service: name, verifier: deps.verifier, rights: capabilities, log, metrics, tracing, module, views, past, state: { service: name, version: config.XANTHUS_VERSION, started_at, health } });
    stops.push(() => doors.close());
    const server = config.XANTHUS_HEALTH_PORT === undefined ? undefined : await startHealthServer({ host: config.XANTHUS_HEALTH_HOST, port: config.XANTHUS_HEALTH_PORT, health, metrics: () => metrics.text() });
    if (server !== undefined) stops.push(() => server.stop());
    log.info({ service: name, ...(server === undefined ? {} : { health_port: server.port }) }, 'the doors are open');
    past.begin();
    return { name, ...(server === undefined ? {} : { healthPort: server.port }), ready: () => health.report(), metrics: () => metrics.text(), stop: stopAll };
  } catch (error) {
    await stopAll();
    throw error;
  }
};

const once = (run: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined;
  return () => (running ??= run());
};

const natsCheck = async (nc: NatsConnection): Promise<{ ok: boolean; detail?: string }> => {
  if (nc.isClosed()) return { ok: false, detail: 'the connection is closed' };
  const rtt = await nc.rtt();
  return { ok: true, detail: `${rtt} ms` };
};

/** A connection that cannot drain (no server) is closed all the same. */
const drain = async (nc: NatsConnection): Promise<void> => {
  if (nc.isClosed()) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, DRAIN);
  });
  await Promise.race([nc.drain().catch(() => undefined), late]);
  clearTimeout(timer);
  if (!nc.isClosed()) await nc.close();
};
