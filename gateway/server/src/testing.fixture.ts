/** A gateway on a real nats-server, or a cluster, with auth played by whoever writes its buckets. For specs. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { jetstream } from '@nats-io/jetstream';
import { declarationsOf, provision, sharedDeclarations } from '@xanthus/jetstream';
import { newId } from '@xanthus/kernel';
import type { ServiceJwks } from '@xanthus/nest';
import { eventSubject, INSTALLATION, type CapabilityDocument } from '@xanthus/proto';
import { eventually, startNats, tempDir, type TestCluster, type TestNats } from '@xanthus/testing';
import { SignJWT, type KeyObject } from 'jose';
import { startGateway, type RunningGateway } from './index.js';

export interface Person { readonly id: string; readonly tenant: string; readonly session: string }

export interface TestGateway {
  readonly nats: TestNats;
  /** As whoever plays auth and vps. */
  readonly nc: NatsConnection;
  readonly gateway: RunningGateway;
  /** What it was started with. */
  readonly environment: Readonly<Record<string, string>>;
  /** With which a service would check who asks. */
  readonly serviceJwks: ServiceJwks;
  /** A person with a session and these rights. */
  person(tenant: string, rights?: Partial<CapabilityDocument>): Promise<Person>;
  grant(person: Person, rights: Partial<CapabilityDocument>): Promise<void>;
  /** Deletes the document. */
  strip(person: Person): Promise<number>;
  endSession(person: Person): Promise<number>;
  token(person: Person, claims?: Readonly<Record<string, unknown>>): Promise<string>;
  put(bucket: 'auth' | 'vps', key: string, data: unknown): Promise<number>;
  del(bucket: 'auth' | 'vps', key: string): Promise<number>;
  /** Appends an event of a server to VPS; @returns its sequence. */
  event(tenant: string, id: string, n: number): Promise<number>;
  stop(): Promise<void>;
}

export const OWNER = (tenant: string): CapabilityDocument => ({
  subjects: [`sig.${tenant}.>`], buckets: { vps: [`${tenant}.>`] }, commands: [`cmd.${tenant}.>`, `qry.${tenant}.>`], streams: { VPS: [`evt.${tenant}.>`] },
});

const HEARTBEAT_MS = 1_000;

export const startTestGateway = async (environment: Readonly<Record<string, string>> = {}, servers?: TestCluster): Promise<TestGateway> => {
  const nats = servers?.servers[0] ?? await startNats();
  const url = servers?.url ?? nats.url;
  const folder = await tempDir('xanthus-gateway-');
  const nc = await nats.connect({ servers: url.split(','), maxReconnectAttempts: -1, reconnectTimeWait: 100, waitOnFirstConnect: true });
  await provision(nc, [declarationsOf('auth'), declarationsOf('applications'), declarationsOf('dns'), declarationsOf('audit'), declarationsOf('notifications'), declarationsOf('terminals'), declarationsOf('vps', { metrics: true }), sharedDeclarations()], { replicas: servers === undefined ? 1 : 3 });
  const js = jetstream(nc);
  const slot = (bucket: string, key: string): string => `$KV.${bucket}-a.${key}`;
  const put = async (bucket: 'auth' | 'vps', key: string, data: unknown): Promise<number> =>
    (await js.publish(slot(bucket, key), JSON.stringify({ schema: 1, seq: 1, time: new Date().toISOString(), data }))).seq;
  const del = async (bucket: 'auth' | 'vps', key: string): Promise<number> => {
    const hdrs = headers();
    hdrs.set('KV-Operation', 'DEL');
    return (await js.publish(slot(bucket, key), '', { headers: hdrs })).seq;
  };

  const { privateKey, jwk, kid } = signingKey();
  await put('auth', `${INSTALLATION}.jwks.${kid}`, { ...jwk, kid, created_at: new Date().toISOString() });
  const beat = (): void => nc.isClosed() ? undefined : nc.publish(slot('auth', '_pos'), JSON.stringify({ seq: 1, time: new Date().toISOString() }));
  beat();
  const heart = setInterval(beat, HEARTBEAT_MS);

  const service = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'service:gateway' };
  const { d: _private, ...shown } = service;
  const serviceJwks = { keys: [shown] } as unknown as ServiceJwks;
  await writeFile(join(folder.path, 'gateway.jwk'), JSON.stringify(service));
  await writeFile(join(folder.path, 'jwks.json'), JSON.stringify(serviceJwks));
  const settings = {
    LOG_LEVEL: 'error', LOG_FORMAT: 'json', XANTHUS_PORT: '0', XANTHUS_NATS_URL: url, XANTHUS_WS_DRAIN_SECONDS: '0',
    XANTHUS_SERVICE_KEY_FILE: join(folder.path, 'gateway.jwk'), XANTHUS_SERVICE_JWKS_FILE: join(folder.path, 'jwks.json'), ...environment,
  };
  const gateway = await startGateway(settings);
  await eventually(async () => (await gateway.ready()).ready, { timeout: 60_000, every: 5 });

  const grant = async (person: Person, rights: Partial<CapabilityDocument>): Promise<void> => {
    await put('auth', `${person.tenant}.capabilities.${person.id}`, {
      subjects: [], buckets: {}, commands: [], streams: {}, ...rights, principal: { kind: 'person', id: person.id, role: 'viewer' },
    });
  };
  return {
    nats, nc, gateway, environment: settings, put, del, grant, serviceJwks,
    person: async (tenant, rights = OWNER(tenant)) => {
      const person = { id: newId(), tenant, session: newId() };
      const now = new Date().toISOString();
      await put('auth', `${INSTALLATION}.sessions.${person.id}.${person.session}`, { id: person.session, person: person.id, tenant, device: 'spec', opened_at: now, refreshed_at: now, expires_at: now });
      await grant(person, rights);
      return person;
    },
    strip: person => del('auth', `${person.tenant}.capabilities.${person.id}`),
    endSession: person => del('auth', `${INSTALLATION}.sessions.${person.id}.${person.session}`),
    token: ({ id, tenant, session }, claims = {}) =>
      new SignJWT({ sid: session, tenant, ...claims }).setProtectedHeader({ alg: 'EdDSA', kid }).setIssuer('xanthus').setAudience('xanthus').setSubject(id).setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1_000) + Number(claims['life'] ?? 600)).sign(privateKey),
    event: async (tenant, id, n) => (await js.publish(eventSubject({ tenant, service: 'vps', aggregate: 'server', id }), JSON.stringify({ n }), { msgID: randomUUID() })).seq,
    stop: async () => {
      clearInterval(heart);
      await gateway.stop();
      await (servers ?? nats).stop();
      await folder.remove();
    },
  };
};

const signingKey = (): { privateKey: KeyObject; jwk: { kty: string; crv: string; x: string }; kid: string } => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { privateKey: privateKey as unknown as KeyObject, jwk: { kty: 'OKP', crv: 'Ed25519', x }, kid: newId() };
};
