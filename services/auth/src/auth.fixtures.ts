/** A real operator-mode nats-server with everything declared, and auth running on it. For specs. */
import { readFile } from 'node:fs/promises';
import { connectNats, declarationsOf, provision, sharedDeclarations } from '@xanthus/jetstream';
import { ask, IdentitySigner, type AskOptions, type RunningService, type ServiceKey } from '@xanthus/nest';
import { initOperator, inboxPrefixOf, natsServerConfig, type NatsUser, type OperatorFiles } from '@xanthus/deploy';
import { HEADERS, type CommandContract, type OutputOf, type QueryContract } from '@xanthus/proto';
import { completeSetup, issueSetupLink, type SessionTokens } from '@xanthus/proto/auth';
import { patient, startNats, tempDir, type TestNats } from '@xanthus/testing';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { authDeclarations } from './declarations.js';
import { startAuth } from './start-auth.js';

export const DEVICE = { address: '192.0.2.7', user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' };
export const PASSWORD = 'vlinder-kaas-fiets';

export interface TestAuth {
  readonly nats: TestNats;
  readonly files: OperatorFiles;
  readonly service: RunningService;
  env(service: string): Record<string, string>;
  as(user: NatsUser): Promise<NatsConnection>;
  /** Asks as a service, with its own identity. */
  asService<C extends CommandContract | QueryContract>(service: 'gateway' | 'launch' | 'vps', contract: C, options: AskOptions<C>): Promise<OutputOf<C>>;
  /** Asks as the gateway does for a person; `proved`: who has shown a moment ago that they are it. */
  asPerson<C extends CommandContract | QueryContract>(who: { person: string; tenant: string; session?: string; proved?: boolean }, contract: C, options: AskOptions<C>): Promise<OutputOf<C>>;
  /** The code that a subject answers a person with, whatever the body; `ok` for none. */
  codeOf(who: { person: string; tenant: string }, subject: string, body: string): Promise<string>;
  /** The first tenant and its owner. */
  setUp(tenant?: string): Promise<SessionTokens>;
  restartAuth(): Promise<void>;
  stop(): Promise<void>;
}

/** @param more further settings of the service */
export const startTestAuth = async (more: Readonly<Record<string, string>> = {}): Promise<TestAuth> => {
  const folder = await tempDir('xanthus-auth-');
  const files = await initOperator(folder.path);
  const nats = await startNats({ configFor: o => natsServerConfig({ dir: folder.path, port: o.port, host: '127.0.0.1', storeDir: o.storeDir, sync: 'interval' }) });
  const connections = new Map<string, NatsConnection>();
  const as = async (user: NatsUser): Promise<NatsConnection> => {
    const found = connections.get(user);
    if (found !== undefined) return found;
    const nc = patient(await connectNats({ servers: nats.url, credentials: await readFile(files.creds(user), 'utf8'), name: `spec-${user}`, inboxPrefix: inboxPrefixOf(user) }));
    connections.set(user, nc);
    return nc;
  };
  await provision(await as('provisioner'), [authDeclarations(), declarationsOf('vps', { metrics: true }), sharedDeclarations()], { replicas: 1 });
  const env = (service: string): Record<string, string> => ({
    XANTHUS_NATS_URL: nats.url, XANTHUS_NATS_CREDENTIALS: files.credsDir, XANTHUS_SERVICE_KEY_FILE: files.serviceKey(service), XANTHUS_SERVICE_JWKS_FILE: files.serviceJwksFile,
    XANTHUS_MASTER_KEY_FILE: files.masterKeyFile, XANTHUS_OPERATOR_DIR: files.operatorDir, LOG_LEVEL: process.env['SPEC_LOG_LEVEL'] ?? 'error', LOG_FORMAT: 'json', ...more,
  });
  let service = await startAuth(env('auth'));
  const signers = new Map<string, IdentitySigner>();
  const signerOf = async (name: string): Promise<IdentitySigner> => {
    const signer = signers.get(name) ?? new IdentitySigner({ service: name, key: JSON.parse(await readFile(files.serviceKey(name), 'utf8')) as ServiceKey });
    signers.set(name, signer);
    return signer;
  };
  const asService: TestAuth['asService'] = async (name, contract, options) => ask(await as(name), await signerOf(name), contract, options);

  return {
    nats, files, env, as, asService,
    get service() { return service; },
    async asPerson(who, contract, options) {
      const signer = await signerOf('gateway');
      const person: Pick<IdentitySigner, 'sign' | 'service'> = {
        service: 'gateway',
        sign: request => signer.sign({ ...request, sub: who.person, kind: 'person', tenant: who.tenant, ...(who.session === undefined ? {} : { sid: who.session }), ...(who.proved === true ? { proved_until: Math.ceil(Date.now() / 60_000) * 60 + 60 } : {}) }),
      };
      return ask(await as('gateway'), person as IdentitySigner, contract, options);
    },
    async codeOf(who, subject, body) {
      const sent = headers();
      sent.set(HEADERS.IDENTITY, await (await signerOf('gateway')).sign({ sub: who.person, kind: 'person', tenant: who.tenant, aud: 'auth' }));
      const answer = await (await as('gateway')).request(subject, body, { timeout: 30_000, headers: sent });
      return answer.headers?.get(HEADERS.ERROR) || 'ok';
    },
    async setUp(tenant = 'acme') {
      const { token } = await asService('launch', issueSetupLink, { tenant: 'xanthus', id: 'xanthus', input: {} });
      return asService('gateway', completeSetup, { tenant: 'xanthus', id: 'xanthus', input: { token, email: 'ada@example.com', password: PASSWORD, name: 'Ada Lovelace', tenant: { slug: tenant, name: 'Acme Ltd' }, device: DEVICE } });
    },
    async restartAuth() {
      await service.stop();
      service = await startAuth(env('auth'));
    },
    async stop() {
      await service.stop();
      await Promise.all([...connections.values()].map(nc => nc.close()));
      await nats.stop();
      await folder.remove();
    },
  };
};
