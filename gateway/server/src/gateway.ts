import 'reflect-metadata';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { connectNats } from '@xanthus/jetstream';
import { CapabilityMirror, createHealth, createLogger, IdentitySigner, readCredentials, readServiceKey, startTracing, type Logger, type ReadyReport } from '@xanthus/nest';
import { SUB_PROTOCOL, TTY_SUB_PROTOCOL } from '@xanthus/proto';
import { Access } from './access/access.js';
import { keyUses } from './access/key-uses.js';
import { addressOf } from './access/address.js';
import { isLoopback, originsOf } from './access/origins.js';
import { Drain } from './connection/drain.js';
import { Hub } from './connection/hub.js';
import { staleRights } from './connection/stale-rights.js';
import { limitsOf, quotaOf, type GatewayConfig } from './gateway.config.js';
import { acceptor, statusAcceptor } from './host/accept.js';
import { admission } from './host/admission.js';
import { SocketAdapter } from './host/socket-adapter.js';
import { GatewayModule } from './host/socket.gateway.js';
import { upgradeRoutes } from './host/upgrade-routes.js';
import { callerOf, deviceOf } from './http/caller.js';
import { httpHandler } from './http/handler.js';
import { viewWaiter } from './http/row-routes.js';
import { startForwards } from './forwards/start-forwards.js';
import { gatewayMetrics } from './metrics.js';
import type { GatewayContext } from './operations/context.js';
import { encodeError } from './protocol/encode.js';
import { problem } from './protocol/problem.js';
import { TERMINAL_PATH, terminalAcceptor } from './tty/accept-terminal.js';
import { Terminals } from './tty/terminals.js';
import { Blobs } from './upstream/blobs.js';
import { Buckets } from './upstream/buckets.js';
import { Commands } from './upstream/commands.js';
import { natsDurables } from './upstream/durable-consumers.js';
import { Durables } from './upstream/durables.js';
import { natsStreams } from './upstream/nats-stream-source.js';
import { watchStatus, type NatsStatus } from './upstream/nats-status.js';
import { Signals } from './upstream/signals.js';
import { Streams } from './upstream/streams.js';
import { auditLog } from './upstream/audit-log.js';
import { tenantExports } from './upstream/tenant-exports.js';

export interface GatewayOptions { readonly config: GatewayConfig; readonly log?: Logger }

export interface RunningGateway {
  /** Where it listens, `http://127.0.0.1:7700`. */
  readonly url: string;
  readonly port: number;
  ready(): Promise<ReadyReport>;
  /** Sends every client to another gateway at a slot of its own (XANTHUS_WS_DRAIN_SECONDS), then ends. */
  stop(): Promise<void>;
  /** Resolves when it has stopped, be it by itself because NATS announced that it is going. */
  readonly ended: Promise<void>;
}

const USER = 'gateway';
const INBOX = '_INBOX_gateway';
/** A request that has not arrived within this time is given up, ms. */
const REQUEST_TIMEOUT = 30_000;
const HEADERS_TIMEOUT = 10_000;
/** Connections that wait to be accepted; the system may allow fewer (`somaxconn`). Beyond it TCP tries again after 1, 3, 7 … s. */
const BACKLOG = 4_096;

/** How long clients have to renew their tokens after an outage, ms. */
const RENEWAL_MS = 60_000;

/** The rights of an API key that was made a moment ago may come after the key itself: so long they are waited for, ms. */
const NEW_KEY_MS = 500;

type Stop = () => Promise<unknown> | void;

/** Starts the gateway. @throws a sentence if the configuration, NATS, a key or the port does not fit */
export const startGateway = async ({ config, log = createLogger({ name: USER, level: config.LOG_LEVEL, ...(config.LOG_FORMAT === undefined ? {} : { format: config.LOG_FORMAT }) }) }: GatewayOptions): Promise<RunningGateway> => {
  if (config.XANTHUS_PUBLIC_URL === undefined && !isLoopback(config.XANTHUS_HOST)) throw new Error(`XANTHUS_PUBLIC_URL is needed when XANTHUS_HOST is ${config.XANTHUS_HOST}: browsers are only served pages of that address.`);
  const stops: Stop[] = [];
  let over = (): void => {};
  const ended = new Promise<void>((resolve) => { over = resolve; });
  const stop = once(async () => {
    for (const end of stops.splice(0).toReversed()) await Promise.resolve(end()).catch((error: unknown) => log.warn({ err: error }, 'something did not stop cleanly'));
    over();
  });
  try {
    return { ...await assemble(config, log, stops, stop), stop, ended };
  } catch (error) {
    await stop();
    throw error;
  }
};

const assemble = async (config: GatewayConfig, log: Logger, stops: Stop[], stop: Stop): Promise<Omit<RunningGateway, 'stop' | 'ended'>> => {
  const key = await readServiceKey(config.XANTHUS_SERVICE_KEY_FILE);
  const signer = new IdentitySigner({ service: USER, key });
  const credentials = await readCredentials(config.XANTHUS_NATS_CREDENTIALS, USER);
  const connect = (name: string) => connectNats({ servers: config.XANTHUS_NATS_URL, credentials, name, inboxPrefix: INBOX });
  const nc = await connect(USER);
  stops.push(() => nc.close());
  const status = watchStatus(nc);
  const [capabilities, access] = await Promise.all([CapabilityMirror.start(nc, log), Access.start(nc, log)]);
  stops.push(() => capabilities.stop(), () => access.stop());
  const streams = new Streams(await natsStreams(nc, INBOX), status, log);
  const durables = new Durables(nc, await natsDurables(nc, INBOX), capabilities, status, log);
  const buckets = new Buckets(nc, log);
  const signals = new Signals(nc);
  const tracing = await startTracing({ service: USER, endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT });
  const views = viewWaiter(nc);
  stops.push(() => tracing.stop(), () => streams.stop(), () => durables.stop(), () => buckets.stop(), () => views.stop());

  const pingMs = config.XANTHUS_WS_PING_SECONDS * 1_000;
  const outage = outageOf(status);
  const hub = new Hub({
    outage,
    limits: limitsOf(config), quota: quotaOf(config), onLimit: limit => metrics.refused(limit), onBegan: (status, reason) => metrics.began(status, reason), authMs: config.XANTHUS_WS_AUTH_SECONDS * 1_000, pingMs,
    channels: () => [...streams.all().map(t => t.channel), ...buckets.all().map(m => m.channel)],
  });
  const drain = new Drain(hub, config.XANTHUS_WS_DRAIN_SECONDS * 1_000);
  const metrics = gatewayMetrics({
    connections: () => hub.states(),
    subscriptions: () => hub.subscriptions,
    slow: () => hub.slow,
    load: () => hub.load(),
    rightsAge: () => capabilities.age(),
    draining: () => drain.remaining,
    upstream: () => signals.size + streams.all().length + buckets.all().length,
  });
  const blobs = new Blobs(nc, hub.quotas, limit => metrics.refused(limit));
  const commands = new Commands(nc, signer, status, blobs, tracing);
  const context: GatewayContext = { log, access, capabilities, hub, drain, commands, streams, durables, terminals: new Terminals(nc, signer, status), buckets, signals, metrics, pingMs };
  capabilities.onChange(({ tenant, principal, document }) => {
    hub.rightsChanged(tenant, principal, document);
    durables.rightsChanged(tenant, principal);
  });
  access.onSessionEnd(session => hub.sessionEnded(session));
  access.onKeyUse(keyUses(commands, log));
  access.onKey((tenant, key) => capabilities.document(tenant, key) === undefined ? capabilities.arrival(tenant, key, NEW_KEY_MS) : undefined);
  // An outage drains nobody: everyone is told, nothing is delivered meanwhile, and everything goes on where it stopped.
  const away = encodeError(problem('UNAVAILABLE', 'NATS went away. Subscriptions go on by themselves when it is back.'));
  status.onDown(() => hub.broadcast(c => c.outbox.push(away)));
  status.onUp(() => hub.broadcast(c => c.principal && c.sendCapabilities(capabilities.document(c.principal.tenant, c.principal.id))));

  status.onLameDuck(() => {
    log.warn({}, 'NATS is going to end (lame duck): clients are sent away');
    void stop();
  });
  const stale = setInterval(staleRights({ current: () => capabilities.current(), outage, now: () => hub.now() }, drain), 1_000);
  stops.push(() => clearInterval(stale));

  const health = createHealth();
  health.add('nats', async () => (status.up() ? { ok: true, detail: `${await nc.rtt()} ms` } : { ok: false, detail: 'not connected' }));
  health.add('capabilities', () => (capabilities.current() ? { ok: true } : { ok: false, detail: 'no sign of life from auth\'s projector for 10 s' }));
  health.add('keys', () => (access.ready() ? { ok: true } : { ok: false, detail: 'keys and sessions are being read' }));

  health.add('room', () => (hub.connections.size < hub.quotas.quota.connections ? { ok: true } : { ok: false, detail: `${hub.connections.size} connections, no more are taken` }));
  health.add('draining', () => (drain.active ? { ok: false, detail: `${drain.why}; ${drain.remaining} clients left` } : { ok: true }));

  const proxies = new Set(config.XANTHUS_TRUSTED_PROXIES);
  const whereFrom = (request: IncomingMessage): string | undefined => addressOf(request, proxies);
  let port = config.XANTHUS_PORT;
  const origins = originsOf(config, () => port);
  const { forwards, door } = await startForwards({ config, key, nc, connect: () => connect(`${USER}-forwards`), signer, access, capabilities, commands, metrics, quotas: hub.quotas, proxies, port: () => port });
  stops.push(() => forwards.stop());
  const accept = acceptor(context, whereFrom);
  const routes = upgradeRoutes([
    { path: /^\/ws\/?$/, protocols: [SUB_PROTOCOL], accept: (ws, request) => void accept(ws, request) },
    { path: /^\/ws\/status\/?$/, protocols: [SUB_PROTOCOL], accept: statusAcceptor(context, accept) },
    { path: TERMINAL_PATH, protocols: [TTY_SUB_PROTOCOL], accept: terminalAcceptor(context, whereFrom) },
  ]);
  const app = await NestFactory.create<NestExpressApplication>(GatewayModule.with((ws, request) => routes.find(request)?.accept(ws, request)), { bodyParser: false, logger: false, abortOnError: false });
  // What was upgraded for a port is no longer the server's to close.
  stops.push(() => close(app, hub), () => forwards.stop(), () => drain.begin('this gateway is going away'));
  app.disable('x-powered-by');
  app.useWebSocketAdapter(new SocketAdapter(app, { origins, routes, maxPayload: hub.limits.frame_bytes * 4, admit: admission(context, whereFrom), elsewhere: forwards.upgrade }));
  app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    if (forwards.http(request, response)) return;
    endLate(request);
    next();
  });
  app.use(httpHandler({
    forwards: door,
    config, access, capabilities, commands, blobs, durables, origins, health, metrics, views, log, quotas: hub.quotas, exports: await tenantExports(nc, INBOX), audit: auditLog(nc),
    secure: config.XANTHUS_PUBLIC_URL?.startsWith('https:') === true,
    device: request => deviceOf(request, proxies),
    caller: request => callerOf(access, origins, request),
    listen: (subject, fn) => {
      const heard = nc.subscribe(subject, { callback: (error, message) => { if (error === null) fn(message.string()); } });
      return () => { heard.unsubscribe(); };
    },
  }));
  const server = app.getHttpServer() as Server;
  // What goes through to a server's port may take longer than what is for us.
  server.requestTimeout = 0;
  forwards.listen(server);
  server.headersTimeout = HEADERS_TIMEOUT;
  await app.init();
  await listening(server, { port: config.XANTHUS_PORT, host: config.XANTHUS_HOST, backlog: BACKLOG }).catch((error: unknown) => { throw notListening(error, config); });
  port = (server.address() as AddressInfo).port;
  const host = config.XANTHUS_HOST.includes(':') ? `[${config.XANTHUS_HOST}]` : config.XANTHUS_HOST;
  log.info({ port, host: config.XANTHUS_HOST }, 'the gateway listens');
  return { url: `http://${host}:${port}`, port, ready: () => health.report() };
};

/** A body that has not arrived within its time is given up. */
const endLate = (request: IncomingMessage): void => {
  if (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined) return;
  const late = setTimeout(() => { if (!request.complete) request.socket.destroy(); }, REQUEST_TIMEOUT).unref();
  request.once('close', () => clearTimeout(late));
};

const listening = (server: Server, options: { readonly port: number; readonly host: string; readonly backlog: number }): Promise<void> => new Promise((resolve, reject) => {
  server.once('error', reject);
  server.listen(options, () => {
    server.off('error', reject);
    resolve();
  });
});

const notListening = (error: unknown, { XANTHUS_PORT: port, XANTHUS_HOST: host }: GatewayConfig): unknown => {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new Error(`Port ${port} of ${host} is taken. End what listens there, or choose another with XANTHUS_PORT.`, { cause: error });
  if (code === 'EACCES') return new Error(`Port ${port} needs rights that this process does not have. Choose one above 1023 with XANTHUS_PORT.`, { cause: error });
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return new Error(`${host} is no address of this machine. Set XANTHUS_HOST to one that is.`, { cause: error });
  return error;
};

/** NATS is away, or came back so lately that clients are still getting fresh tokens. */
const outageOf = (status: NatsStatus): (() => boolean) => {
  let back = Number.NEGATIVE_INFINITY;
  status.onUp(() => { back = performance.now(); });
  return () => !status.up() || performance.now() - back < RENEWAL_MS;
};

const close = async (app: NestExpressApplication, hub: Hub): Promise<void> => {
  hub.stop();
  const server = app.getHttpServer() as Server;
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), 1_000);
  await app.close();
  clearTimeout(late);
};

const once = (run: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined;
  return () => (running ??= run());
};
