/** Our gateway on a real nats-server, for the suite's own specs. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGateway } from '@xanthus/gateway';
import { declarationsOf, provision, sharedDeclarations } from '@xanthus/jetstream';
import { eventually, startNats, tempDir } from '@xanthus/testing';
import type { Driver } from './driver.js';
import { natsDriver } from './nats-driver.js';

export interface OurGateway {
  readonly url: string;
  readonly driver: Driver;
  stop(): Promise<void>;
}

/** Shorter than in life, so that rows which wait for them do not take half a minute. */
const SHORTER = { XANTHUS_WS_PING_SECONDS: '3', XANTHUS_WS_AUTH_SECONDS: '3' };

export const startOurGateway = async (): Promise<OurGateway> => {
  const nats = await startNats();
  const folder = await tempDir('xanthus-conformance-');
  const nc = await nats.connect({ maxReconnectAttempts: -1, reconnectTimeWait: 100, waitOnFirstConnect: true });
  await provision(nc, [declarationsOf('auth'), declarationsOf('vps', { metrics: true }), sharedDeclarations()], { replicas: 1 });
  const driver = await natsDriver(nc, { heartbeat: true });
  const key = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'service:gateway' };
  await writeFile(join(folder.path, 'gateway.jwk'), JSON.stringify(key));
  await writeFile(join(folder.path, 'jwks.json'), JSON.stringify({ keys: [] }));
  const start = async () => {
    const gateway = await startGateway({
      LOG_LEVEL: 'error', LOG_FORMAT: 'json', XANTHUS_PORT: '0', XANTHUS_NATS_URL: nats.url, ...SHORTER,
      XANTHUS_SERVICE_KEY_FILE: join(folder.path, 'gateway.jwk'), XANTHUS_SERVICE_JWKS_FILE: join(folder.path, 'jwks.json'),
    });
    await eventually(async () => (await gateway.ready()).ready, { timeout: 5_000 });
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
            await eventually(() => nc.rtt(), { timeout: 15_000 });
          };
        },
      },
    },
    stop: async () => {
      await driver.stop();
      await gateway.stop();
      await nats.stop();
      await folder.remove();
    },
  };
};
