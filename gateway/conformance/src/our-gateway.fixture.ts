/** Our gateway on a real nats-server, for the suite's own specs. */
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { NatsConnection } from '@nats-io/transport-node';
import { startGateway } from '@xanthus/gateway';
import { declarationsOf, provision, sharedDeclarations } from '@xanthus/jetstream';
import { eventually, startNats, startServer, tempDir, type TestNats } from '@xanthus/testing';
import type { Driver } from './driver.js';
import { natsDriver, type NatsDriver } from './nats-driver.js';

export interface OurGateway {
  readonly url: string;
  readonly driver: Driver;
  stop(): Promise<void>;
}

/** What a gateway of ours stands on, with auth played by the driver. */
export interface OurNats {
  readonly nats: TestNats;
  readonly nc: NatsConnection;
  readonly driver: NatsDriver;
  /** What a gateway on it is started with. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export const startOurNats = async (): Promise<OurNats> => {
  const nats = await startNats();
  const folder = await tempDir('xanthus-conformance-');
  const nc = await nats.connect({ maxReconnectAttempts: -1, reconnectTimeWait: 100, waitOnFirstConnect: true });
  await provision(nc, [declarationsOf('auth'), declarationsOf('terminals'), declarationsOf('vps', { metrics: true }), sharedDeclarations()], { replicas: 1 });
  const driver = await natsDriver(nc, { heartbeat: true });
  const key = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'service:gateway' };
  await writeFile(join(folder.path, 'gateway.jwk'), JSON.stringify(key));
  await writeFile(join(folder.path, 'jwks.json'), JSON.stringify({ keys: [] }));
  return {
    nats, nc, driver,
    environment: {
      LOG_LEVEL: 'error', LOG_FORMAT: 'json', XANTHUS_PORT: '0', XANTHUS_NATS_URL: nats.url,
      XANTHUS_SERVICE_KEY_FILE: join(folder.path, 'gateway.jwk'), XANTHUS_SERVICE_JWKS_FILE: join(folder.path, 'jwks.json'),
    },
    stop: async () => {
      await driver.stop();
      await nats.stop();
      await folder.remove();
    },
  };
};

export interface GatewayProcess {
  readonly port: number;
  readonly url: string;
  /** SIGKILL: it says good-bye to nobody. */
  kill9(): Promise<void>;
  stop(): Promise<void>;
}

export interface GatewayBundle { start(environment: Readonly<Record<string, string>>): Promise<GatewayProcess>; remove(): Promise<void> }

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The gateway bundled as `npm start` has it, to be started as processes of their own. */
export const bundleGateway = async (): Promise<GatewayBundle> => {
  // Below the workspace, so that what is not bundled is found.
  const cache = join(ROOT, 'node_modules/.cache/xanthus');
  await mkdir(cache, { recursive: true });
  const out = await mkdtemp(join(cache, 'gateway-'));
  const cli = join(createRequire(import.meta.url).resolve('rolldown/package.json'), '../bin/cli.mjs');
  await promisify(execFile)(process.execPath, [cli, '-c', join(ROOT, 'rolldown.config.mjs'), '-d', out, '--log-level', 'warn'], { cwd: join(ROOT, 'gateway/server') });
  return { start: environment => startGatewayProcess(join(out, 'main.js'), environment), remove: () => rm(out, { recursive: true, force: true }) };
};

/** Ready to serve. */
const startGatewayProcess = async (file: string, environment: Readonly<Record<string, string>>): Promise<GatewayProcess> => {
  const server = await startServer(process.execPath, [file], /the gateway listens/, { ...process.env, ...environment, LOG_LEVEL: 'info' });
  const port = Number(/"port":(\d+)[^\n]*the gateway listens/.exec(server.output())?.[1]);
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => (await fetch(`${url}/ready`)).ok, { timeout: 60_000 });
  return { port, url, kill9: () => server.end('SIGKILL'), stop: () => server.end('SIGTERM') };
};

/** Shorter than in life, so that rows which wait for them do not take half a minute. */
const SHORTER = { XANTHUS_WS_PING_SECONDS: '3', XANTHUS_WS_AUTH_SECONDS: '5' };

export const startOurGateway = async (): Promise<OurGateway> => {
  const { nats, nc, driver, environment, stop } = await startOurNats();
  const start = async () => {
    const gateway = await startGateway({ ...environment, ...SHORTER });
    await eventually(async () => (await gateway.ready()).ready, { timeout: 60_000 });
    return gateway;
  };
  const gateway = await start();
  return {
    url: gateway.url,
    driver: {
      ...driver,
      gateways: { start },
      outage: {
        pause: async () => {
          await nats.kill9();
          return async () => {
            await nats.restart();
            await eventually(() => nc.rtt());
          };
        },
      },
    },
    stop: async () => {
      await gateway.stop();
      await stop();
    },
  };
};
