/** Ground for specs of another service: a real operator-mode nats-server, beside a real auth that holds keys and rights, and a tenant with its owner. */
import { readFile } from 'node:fs/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { inboxPrefixOf, initOperator, natsServerConfig, type NatsUser } from '@xanthus/deploy';
import { connectNats, provision, sharedDeclarations, Views, type Declarations } from '@xanthus/jetstream';
import { ask, IdentitySigner, type AskOptions, type RunningService, type ServiceKey } from '@xanthus/nest';
import type { CommandContract, OutputOf, QueryContract } from '@xanthus/proto';
import { completeSetup, issueSetupLink } from '@xanthus/proto/auth';
import { eventually, patient, startNats, tempDir, type TestNats } from '@xanthus/testing';
import { authDeclarations } from './declarations.js';
import { startAuth } from './start-auth.js';

export const TENANT = 'acme';

export interface TestGround {
  readonly nats: TestNats;
  /** Environment of a service on this ground. */
  env(service: string): Record<string, string>;
  as(user: NatsUser): Promise<NatsConnection>;
  /** Asks as the owner of the tenant does through the gateway. */
  asOwner<C extends CommandContract | QueryContract>(contract: C, options: Omit<AskOptions<C>, 'tenant'>): Promise<OutputOf<C>>;
  /** Connection and signer of another service, as which something is asked. */
  service(name: NatsUser): Promise<{ readonly nc: NatsConnection; readonly signer: IdentitySigner }>;
  readonly views: Views;
  /** A row of a view of the service, when it fits. */
  row<T>(view: string, id: string, fits: (row: T) => boolean, timeout?: number): Promise<T>;
  stop(): Promise<void>;
}

/** @param o.env more for auth */
export const startTestGround = async (o: { readonly service: NatsUser; readonly declarations: Declarations; readonly env?: Readonly<Record<string, string>> }): Promise<TestGround> => {
  const folder = await tempDir(`xanthus-${o.service}-`);
  const files = await initOperator(folder.path);
  const nats = await startNats({ configFor: at => natsServerConfig({ dir: folder.path, port: at.port, host: '127.0.0.1', storeDir: at.storeDir, sync: 'interval' }) });
  const connections = new Map<string, Promise<NatsConnection>>();
  const as = (user: NatsUser): Promise<NatsConnection> => {
    const found = connections.get(user) ?? readFile(files.creds(user), 'utf8').then(credentials => connectNats({ servers: nats.url, credentials, name: `spec-${user}`, inboxPrefix: inboxPrefixOf(user) })).then(patient);
    connections.set(user, found);
    return found;
  };
  await provision(await as('provisioner'), [sharedDeclarations(), authDeclarations(), o.declarations], { replicas: 1 });
  const env = (service: string): Record<string, string> => ({
    XANTHUS_NATS_URL: nats.url, XANTHUS_NATS_CREDENTIALS: files.credsDir, XANTHUS_SERVICE_KEY_FILE: files.serviceKey(service), XANTHUS_SERVICE_JWKS_FILE: files.serviceJwksFile,
    LOG_LEVEL: process.env['SPEC_LOG_LEVEL'] ?? 'error', LOG_FORMAT: 'json',
  });
  const auth: RunningService = await startAuth({ ...env('auth'), XANTHUS_MASTER_KEY_FILE: files.masterKeyFile, ...o.env });
  const signer = async (name: string): Promise<IdentitySigner> => new IdentitySigner({ service: name, key: JSON.parse(await readFile(files.serviceKey(name), 'utf8')) as ServiceKey });
  const [gateway, launch] = await Promise.all([signer('gateway'), signer('launch')]);
  const { token } = await ask(await as('launch'), launch, issueSetupLink, { tenant: 'xanthus', id: 'xanthus', input: {} });
  const owner = await ask(await as('gateway'), gateway, completeSetup, {
    tenant: 'xanthus', id: 'xanthus',
    input: { token, email: 'ada@example.com', password: 'vlinder-kaas-fiets', name: 'Ada', tenant: { slug: TENANT, name: 'Acme' }, device: { address: '192.0.2.7', user_agent: 'spec' } },
  });
  const claims = JSON.parse(Buffer.from(owner.access_token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string; sid: string };
  const person = { service: 'gateway', sign: (request: Parameters<IdentitySigner['sign']>[0]) => gateway.sign({ ...request, sub: claims.sub, kind: 'person', tenant: TENANT, sid: claims.sid, proved_until: Math.ceil(Date.now() / 60_000) * 60 + 60 }) } as IdentitySigner;
  const views = new Views(await as(o.service), o.service);
  return {
    nats, env, as, views,
    service: async name => ({ nc: await as(name), signer: await signer(name) }),
    asOwner: async (contract, options) => ask(await as('gateway'), person, contract, { tenant: TENANT, ...options } as AskOptions<typeof contract>),
    row: <T>(view: string, id: string, fits: (row: T) => boolean, timeout = 60_000) => eventually(async () => {
      const row = (await views.get<T>(`${TENANT}.${view}.${id}`))?.data;
      return row !== undefined && fits(row) ? row : undefined;
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
