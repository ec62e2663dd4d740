/** Child of a benchmark: gateway and one service in one process, as `npm start` runs them, on the nats-server of the parent. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { startGateway } from '@xanthus/gateway';
import { connectNats, declarationsOf, JetStreamEventStore, provision, sharedDeclarations, startProjector, type Logger } from '@xanthus/jetstream';
import { keyedProjection } from '@xanthus/kernel';
import { createLogger, parseEnvironment, serviceConfig, startService } from '@xanthus/nest';
import { viewKey } from '@xanthus/proto';
import { profileOnDemand } from '../profile.js';
import { CounterDoors, STORE } from './counter.doors.js';
import type { XanthusStack } from './contracts.js';
import { seedAuth } from './seed.js';

@Module({})
class CounterModule {}

const counters = keyedProjection<number>({
  name: 'counters', version: 1, schema: 1,
  keys: event => (event.aggregate.name === 'counter' ? [viewKey(event.tenant, 'counters', event.aggregate.id)] : []),
  evolve: (total = 0, event) => (event.type === 'CounterDeleted' ? undefined : total + (event.data as { by: number }).by),
});

/** Each program's own key, and the public keys of all. */
const writeKeys = (dir: string, services: readonly string[]): void => {
  const keys = services.map(service => ({ ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: `service:${service}` }));
  for (const [i, key] of keys.entries()) writeFileSync(join(dir, `service-${services[i]}.jwk`), JSON.stringify(key), { mode: 0o600 });
  writeFileSync(join(dir, 'service-jwks.json'), JSON.stringify({ keys: keys.map(key => Object.fromEntries(Object.entries(key).filter(([name]) => name !== 'd'))) }));
};

const servers = process.argv[2] ?? '';
const dir = mkdtempSync(join(tmpdir(), 'xanthus-bench-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
process.once('disconnect', () => process.exit(0));

writeKeys(dir, ['vps', 'gateway']);
const log: Logger = createLogger({ name: 'bench', level: 'warn' });
const nc = await connectNats({ servers, name: 'bench' });
await provision(nc, [sharedDeclarations(), declarationsOf('auth'), declarationsOf('terminals'), declarationsOf('vps', { metrics: true, timers: true })], { replicas: 1 });
const { token } = await seedAuth(nc, log);

const environmentOf = (service: string): Record<string, string> => ({
  XANTHUS_NATS_URL: servers, XANTHUS_SERVICE_KEY_FILE: join(dir, `service-${service}.jwk`), XANTHUS_SERVICE_JWKS_FILE: join(dir, 'service-jwks.json'), LOG_LEVEL: 'warn',
});
const service = await startService({
  name: 'vps',
  config: parseEnvironment(serviceConfig, environmentOf('vps')),
  module: async deps => {
    const projector = await startProjector(deps.nc, { service: 'vps', projections: [counters], log: deps.log });
    await projector.ready;
    return { module: CounterModule, controllers: [CounterDoors], providers: [{ provide: STORE, useValue: new JetStreamEventStore(deps.nc, 'vps') }] };
  },
});
await service.ready();
// Limits of one person's connection are not what is measured.
const gateway = await startGateway({ XANTHUS_PORT: '0', XANTHUS_WS_FRAMES_PER_SECOND: '1000000', XANTHUS_WS_BURST: '1000000', XANTHUS_WS_COMMANDS_PER_SECOND: '1000000', XANTHUS_WS_COMMANDS_PER_SECOND_PER_TENANT: '1000000', XANTHUS_WS_BYTES_IN_PER_SECOND: '1000000000', ...environmentOf('gateway') });
await gateway.ready();
profileOnDemand();
process.send?.({ url: gateway.url, token } satisfies XanthusStack);
