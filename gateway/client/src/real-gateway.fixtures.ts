/** The real gateway on a real nats-server, behind a proxy that can break; the spec plays auth and vps by writing their buckets and streams. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { startGateway, type RunningGateway } from '@xanthus/gateway';
import { declarationsOf, provision, sharedDeclarations } from '@xanthus/jetstream';
import { eventSubject, HEADERS, INSTALLATION, type CapabilityDocument } from '@xanthus/proto';
import { eventually, startNats, startProxy, tempDir, type TcpProxy, type TestNats } from '@xanthus/testing';
import { WebSocket } from 'ws';
import { connect } from './client.js';
import type { Client, ConnectOptions } from './types.js';

export const TENANT = 'acme';
export const OWNER: CapabilityDocument = { subjects: ['sig.acme.>'], buckets: { vps: ['acme.>'] }, commands: ['cmd.acme.>', 'qry.acme.>'], streams: { VPS: ['evt.acme.>'] } };

export interface RealGateway {
  readonly nats: TestNats;
  readonly nc: NatsConnection;
  readonly proxy: TcpProxy;
  readonly person: string;
  /** Of the gateway itself, behind the proxy. */
  readonly port: number;
  /** What a gateway on it is started with. */
  readonly environment: Readonly<Record<string, string>>;
  /** One more gateway on the same NATS, without a proxy before it. */
  another(environment: Readonly<Record<string, string>>): Promise<RunningGateway>;
  /** An access token that lives so many seconds. */
  token(life?: number): string;
  client(options?: Partial<ConnectOptions>): Promise<Client>;
  /** @returns the revision of the document */
  grant(rights: CapabilityDocument): Promise<number>;
  endSession(): Promise<void>;
  put(key: string, value: unknown): Promise<void>;
  del(key: string): Promise<void>;
  event(id: string, n: number): Promise<number>;
  /** Deletes the stream VPS and makes it anew. */
  recreate(): Promise<void>;
  /** Idempotency keys of the commands that took effect. */
  readonly effects: readonly string[];
  stop(): Promise<void>;
}

const newId = (): string => `01j${Array.from({ length: 23 }, () => '0123456789abcdefghjkmnpqrstvwxyz'[Math.floor(Math.random() * 32)]).join('')}`;
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (key: KeyObject, kid: string, claims: object): string => {
  const text = `${base64url({ alg: 'EdDSA', kid })}.${base64url(claims)}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
};

/** A vps service as small as can be: it answers once per idempotency key with what it did first. */
const answerCommands = (nc: NatsConnection, effects: string[]): void => {
  const answers = new Map<string, string>();
  nc.subscribe('cmd.acme.vps.>', {
    callback: (_, message) => {
      const key = message.headers?.get(HEADERS.IDEMPOTENCY) ?? '';
      if (!answers.has(key)) {
        effects.push(key);
        answers.set(key, JSON.stringify({ id: 's1', stream: 'VPS', seq: effects.length }));
      }
      message.respond(answers.get(key));
    },
  });
};

export const startRealGateway = async (): Promise<RealGateway> => {
  const nats = await startNats();
  const folder = await tempDir('xanthus-client-');
  const nc = await nats.connect({ maxReconnectAttempts: -1, reconnectTimeWait: 50, waitOnFirstConnect: true });
  const provisionAll = (): Promise<void> => provision(nc, [declarationsOf('auth'), declarationsOf('terminals'), declarationsOf('vps'), sharedDeclarations()], { replicas: 1 });
  await provisionAll();
  const js = jetstream(nc);
  const write = async (bucket: 'auth' | 'vps', key: string, data: unknown): Promise<number> => {
    const at = new Date().toISOString();
    const hdrs = headers();
    if (data === undefined) hdrs.set('KV-Operation', 'DEL');
    return (await js.publish(`$KV.${bucket}-a.${key}`, data === undefined ? '' : JSON.stringify({ schema: 1, seq: 1, time: at, data }), { headers: hdrs })).seq;
  };

  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const [kid, person, session] = [newId(), newId(), newId()];
  const now = new Date().toISOString();
  await write('auth', `${INSTALLATION}.jwks.${kid}`, { ...publicKey.export({ format: 'jwk' }), kid, alg: 'EdDSA', created_at: now });
  await write('auth', `${INSTALLATION}.sessions.${person}.${session}`, { id: session, person, tenant: TENANT, device: 'spec', opened_at: now, refreshed_at: now, expires_at: now });
  const grant = (rights: CapabilityDocument): Promise<number> => write('auth', `${TENANT}.capabilities.${person}`, { ...rights, principal: { kind: 'person', id: person, role: 'owner' } });
  await grant(OWNER);
  const beat = (): void => { if (!nc.isClosed()) nc.publish('$KV.auth-a._pos', JSON.stringify({ seq: 1, time: new Date().toISOString() })); };
  beat();
  const heart = setInterval(beat, 1_000);
  const effects: string[] = [];
  answerCommands(nc, effects);

  const key = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'service:gateway' };
  await writeFile(join(folder.path, 'gateway.jwk'), JSON.stringify(key));
  await writeFile(join(folder.path, 'jwks.json'), JSON.stringify({ keys: [] }));
  const environment = {
    LOG_LEVEL: 'error', LOG_FORMAT: 'json', XANTHUS_PORT: '0', XANTHUS_NATS_URL: nats.url, XANTHUS_WS_DRAIN_SECONDS: '0',
    XANTHUS_SERVICE_KEY_FILE: join(folder.path, 'gateway.jwk'), XANTHUS_SERVICE_JWKS_FILE: join(folder.path, 'jwks.json'),
  };
  const start = (more: Readonly<Record<string, string>> = {}): Promise<RunningGateway> => startGateway({ ...environment, ...more });
  const gateway = await start();
  await eventually(async () => (await gateway.ready()).ready, { timeout: 60_000, every: 5 });
  const proxy = await startProxy(gateway.port);

  const token = (life = 600): string => {
    const iat = Math.floor(Date.now() / 1_000);
    return jwt(privateKey, kid, { iss: 'xanthus', aud: 'xanthus', sub: person, sid: session, tenant: TENANT, iat, exp: iat + life });
  };
  const clients: Client[] = [];
  return {
    nats, nc, proxy, person, port: gateway.port, token, grant, effects, environment, another: start,
    client: async (options = {}) => {
      const client = await connect({ url: `http://127.0.0.1:${proxy.port}`, token: () => Promise.resolve(token()), WebSocket, timeout: 10_000, ...options });
      clients.push(client);
      return client;
    },
    endSession: async () => { await write('auth', `${INSTALLATION}.sessions.${person}.${session}`, undefined); },
    put: async (name, value) => { await eventually(async () => { await write('vps', name, value); return true; }); },
    del: async (name) => { await write('vps', name, undefined); },
    event: async (id, n) => {
      const subject = eventSubject({ tenant: TENANT, service: 'vps', aggregate: 'server', id });
      const msgID = newId();
      // A publish that the killed server may have taken is repeated; the message id keeps it single.
      return eventually(async () => (await js.publish(subject, JSON.stringify({ n }), { msgID, timeout: 500 })).seq);
    },
    recreate: async () => {
      await (await jetstreamManager(nc)).streams.delete('VPS');
      await provisionAll();
    },
    stop: async () => {
      clearInterval(heart);
      for (const client of clients) client.close();
      await proxy.stop();
      await gateway.stop();
      await nats.stop();
      await folder.remove();
    },
  };
};
