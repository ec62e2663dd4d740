/** vps on a real operator-mode nats-server, beside a real auth that holds keys and rights. For specs. */
import { readFile } from 'node:fs/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { authDeclarations, startAuth } from '@xanthus/auth';
import { inboxPrefixOf, initOperator, natsServerConfig, type NatsUser } from '@xanthus/deploy';
import { connectNats, provision, sharedDeclarations, Views, type Declarations } from '@xanthus/jetstream';
import { ask, IdentitySigner, type AskOptions, type RunningService, type ServiceKey } from '@xanthus/nest';
import type { CommandContract, OutputOf, QueryContract } from '@xanthus/proto';
import { completeSetup, issueSetupLink } from '@xanthus/proto/auth';
import { eventually, patient, startNats, tempDir, type TestNats } from '@xanthus/testing';
import { vpsDeclarations } from './declarations.js';
import type { ServerRow } from './views/servers.js';

export const TENANT = 'acme';

export interface TestGround {
  readonly nats: TestNats;
  /** Environment of a service on this ground. */
  env(service: string): Record<string, string>;
  as(user: NatsUser): Promise<NatsConnection>;
  /** Asks as the owner of the tenant does through the gateway. */
  asOwner<C extends CommandContract | QueryContract>(contract: C, options: Omit<AskOptions<C>, 'tenant'>): Promise<OutputOf<C>>;
  readonly views: Views;
  /** A row of the view `servers`, when it fits. */
  server(id: string, fits: (row: ServerRow) => boolean, timeout?: number): Promise<ServerRow>;
  stop(): Promise<void>;
}

/** NATS, auth and a tenant with its owner. @param also streams and buckets of another service whose specs stand on it */
export const startTestGround = async (also: readonly Declarations[] = []): Promise<TestGround> => {
  const folder = await tempDir('xanthus-vps-');
  const files = await initOperator(folder.path);
  const nats = await startNats({ configFor: o => natsServerConfig({ dir: folder.path, port: o.port, host: '127.0.0.1', storeDir: o.storeDir, sync: 'interval' }) });
  const connections = new Map<string, Promise<NatsConnection>>();
  const as = (user: NatsUser): Promise<NatsConnection> => {
    const found = connections.get(user) ?? readFile(files.creds(user), 'utf8').then(credentials => connectNats({ servers: nats.url, credentials, name: `spec-${user}`, inboxPrefix: inboxPrefixOf(user) })).then(patient);
    connections.set(user, found);
    return found;
  };
  await provision(await as('provisioner'), [sharedDeclarations(), authDeclarations(), vpsDeclarations(), ...also], { replicas: 1 });
  const env = (service: string): Record<string, string> => ({
    XANTHUS_NATS_URL: nats.url, XANTHUS_NATS_CREDENTIALS: files.credsDir, XANTHUS_SERVICE_KEY_FILE: files.serviceKey(service), XANTHUS_SERVICE_JWKS_FILE: files.serviceJwksFile,
    LOG_LEVEL: process.env['SPEC_LOG_LEVEL'] ?? 'error', LOG_FORMAT: 'json',
    // nothing of a spec goes to a real provider: this is no address of anybody, and refused before a packet leaves
    XANTHUS_HETZNER_URL: 'http://192.0.0.1/v1', XANTHUS_OCI_URL: 'http://192.0.0.1',
  });
  const auth: RunningService = await startAuth({ ...env('auth'), XANTHUS_MASTER_KEY_FILE: files.masterKeyFile });
  const signer = async (name: string): Promise<IdentitySigner> => new IdentitySigner({ service: name, key: JSON.parse(await readFile(files.serviceKey(name), 'utf8')) as ServiceKey });
  const [gateway, launch] = await Promise.all([signer('gateway'), signer('launch')]);
  const { token } = await ask(await as('launch'), launch, issueSetupLink, { tenant: 'xanthus', id: 'xanthus', input: {} });
  const owner = await ask(await as('gateway'), gateway, completeSetup, {
    tenant: 'xanthus', id: 'xanthus',
    input: { token, email: 'ada@example.com', password: 'vlinder-kaas-fiets', name: 'Ada', tenant: { slug: TENANT, name: 'Acme' }, device: { address: '192.0.2.7', user_agent: 'spec' } },
  });
  const claims = JSON.parse(Buffer.from(owner.access_token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string; sid: string };
  const person = { service: 'gateway', sign: (request: Parameters<IdentitySigner['sign']>[0]) => gateway.sign({ ...request, sub: claims.sub, kind: 'person', tenant: TENANT, sid: claims.sid, proved_until: Math.ceil(Date.now() / 60_000) * 60 + 60 }) } as IdentitySigner;
  const views = new Views(await as('vps'), 'vps');
  return {
    nats, env, as, views,
    asOwner: async (contract, options) => ask(await as('gateway'), person, contract, { tenant: TENANT, ...options } as AskOptions<typeof contract>),
    server: (id, fits, timeout = 60_000) => eventually(async () => {
      const row = (await views.get<ServerRow>(`${TENANT}.servers.${id}`))?.data;
      return row && fits(row) ? row : undefined;
    }, { timeout, every: 50 }),
    async stop() {
      await views.stop();
      await auth.stop();
      await Promise.all([...connections.values()].map(async nc => (await nc).close()));
      await nats.stop();
      await folder.remove();
    },
  };
};
