/**
 * A driver for whoever may write to the NATS behind the gateway: it plays auth (keys, sessions, rights and, if asked, the sign of
 * life in auth's view bucket), makes streams of its own, writes keys of its own tenants, and answers commands. Meant for an
 * installation made for the test: what it writes looks like the installation's own.
 */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { headers, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { INSTALLATION, type CapabilityDocument } from '@xanthus/proto';
import { byteSource } from './byte-source.js';
import type { Buckets, Driver, Identities, Person, Services, Signals, Streams, Terminals, TestStream } from './driver.js';

export interface NatsDriverOptions {
  /** Service whose bucket rows write to, and whose stream they follow; default `vps`. */
  readonly bucket?: string;
  /** Nobody else gives auth's sign of life: the driver does. */
  readonly heartbeat?: boolean;
}

export interface NatsDriver extends Driver {
  readonly identities: Identities;
  readonly streams: Streams;
  readonly buckets: Buckets;
  readonly signals: Signals;
  readonly services: Services;
  readonly terminals: Terminals;
  stop(): Promise<void>;
}

const HEARTBEAT_MS = 1_000;
const AT_ONCE = 500;
const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';
const newId = (): string => `0${[...randomBytes(25)].map(b => CROCKFORD[b & 31]).join('')}`;
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Takes over the connection's clean-up, not the connection. */
export const natsDriver = async (nc: NatsConnection, o: NatsDriverOptions = {}): Promise<NatsDriver> => {
  const js = jetstream(nc);
  const jsm = await jetstreamManager(nc);
  const service = o.bucket ?? 'vps';
  const auth = await slotOf(jsm, 'auth');
  const written = (data: unknown): string => JSON.stringify({ schema: 1, seq: 1, time: new Date().toISOString(), data });
  const writeAuth = async (key: string, data: unknown): Promise<void> => void await write(js, auth, key, data === undefined ? undefined : written(data));

  const beat = (): void => { if (!nc.isClosed()) nc.publish(`$KV.${auth}._pos`, JSON.stringify({ seq: 1, time: new Date().toISOString() })); };
  let heart: NodeJS.Timeout | undefined;
  const start = (): void => {
    clearInterval(heart); // it may have been told twice to go on
    beat();
    heart = setInterval(beat, HEARTBEAT_MS);
  };
  if (o.heartbeat === true) start();

  const identities = await identitiesOf(writeAuth);
  return {
    identities,
    streams: { create: tenant => createStream(jsm, js, tenant), installed: tenant => ({ name: service.toUpperCase().replaceAll('-', '_'), filter: `evt.${tenant}.${service}.>` }) },
    buckets: await bucketsOf(jsm, js, service),
    signals: {
      publish: (subject, payload) => nc.publish(subject, JSON.stringify(payload)),
      publishRaw: (subject, payload) => nc.publish(subject, payload),
      flush: () => nc.flush(),
    },
    services: { answer: async (subject, answer) => answering(nc, subject, answer) },
    terminals: {
      open: async (tenant, session) => {
        const source = byteSource(nc, tenant, session);
        await nc.flush();
        return source;
      },
    },
    ...(o.heartbeat === true ? {
      heartbeat: {
        pause: async () => {
          clearInterval(heart);
          return async () => start();
        },
      },
    } : {}),
    stop: async () => clearInterval(heart),
  };
};

/** The bucket in which a view is live now: the pointer says so, before there is one it is the first. */
const slotOf = async (jsm: JetStreamManager, service: string): Promise<string> => {
  const pointer = await jsm.streams.getMessage('KV_views', { last_by_subj: `$KV.views.${service}` }).catch(() => null);
  const slot = pointer === null ? undefined : (JSON.parse(Buffer.from(pointer.data).toString('utf8') || '{}') as { slot?: string }).slot;
  return `${service}-${slot ?? 'a'}`;
};

const write = async (js: JetStreamClient, bucket: string, key: string, value: string | Uint8Array | undefined): Promise<number> => {
  const hdrs = headers();
  if (value === undefined) hdrs.set('KV-Operation', 'DEL');
  return (await js.publish(`$KV.${bucket}.${key}`, value ?? '', { headers: hdrs })).seq;
};

const identitiesOf = async (writeAuth: (key: string, data: unknown) => Promise<void>): Promise<Identities> => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const stranger = generateKeyPairSync('ed25519').privateKey;
  const kid = newId();
  await writeAuth(`${INSTALLATION}.jwks.${kid}`, { ...publicKey.export({ format: 'jwk' }), kid, alg: 'EdDSA', created_at: new Date().toISOString() });
  return {
    person: async (tenant, rights) => {
      const [id, session] = [newId(), newId()];
      const now = new Date().toISOString();
      const place = `${tenant}.capabilities.${id}`;
      const at = `${INSTALLATION}.sessions.${id}.${session}`;
      const person: Person = {
        id, tenant, session,
        token: async ({ life = 600, forged = false } = {}) => {
          const exp = Math.floor(Date.now() / 1_000) + life;
          return jwt(forged ? stranger : privateKey, kid, { iss: 'xanthus', aud: 'xanthus', sub: id, sid: session, tenant, iat: Math.min(exp - 1, Math.floor(Date.now() / 1_000)), exp });
        },
        grant: given => writeAuth(place, { ...EMPTY, ...given, principal: { kind: 'person', id, role: 'viewer' } }),
        strip: () => writeAuth(place, undefined),
        endSession: () => writeAuth(at, undefined),
      };
      await writeAuth(at, { id: session, person: id, tenant, device: 'conformance', opened_at: now, refreshed_at: now, expires_at: now });
      await person.grant(rights);
      return person;
    },
  };
};

const EMPTY: CapabilityDocument = { subjects: [], buckets: {}, commands: [], streams: {} };

const jwt = (key: KeyObject, kid: string, claims: object): string => {
  const text = `${base64url({ alg: 'EdDSA', kid })}.${base64url(claims)}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
};

const createStream = async (jsm: JetStreamManager, js: JetStreamClient, tenant: string): Promise<TestStream> => {
  const tag = randomBytes(5).toString('hex');
  const name = `CONFORMANCE_${tag.toUpperCase()}`;
  const prefix = `evt.${tenant}.conformance.${tag}`;
  const add = async (): Promise<void> => void await jsm.streams.add({ name, subjects: [`${prefix}.>`], allow_direct: true });
  await add();
  const publish = async (id: string, payload: unknown): Promise<number> => (await js.publish(`${prefix}.${id}`, JSON.stringify(payload))).seq;
  return {
    name, filter: `${prefix}.>`, subject: id => `${prefix}.${id}`, publish,
    publishAll: async (n, of) => {
      const seqs: number[] = [];
      for (let from = 0; from < n; from += AT_ONCE) {
        seqs.push(...await Promise.all(Array.from({ length: Math.min(AT_ONCE, n - from) }, (_, i) => publish(...of(from + i)))));
      }
      return seqs;
    },
    trim: async before => void await jsm.streams.purge(name, { seq: before }),
    recreate: async () => {
      await jsm.streams.delete(name);
      await add();
    },
    remove: async () => void await jsm.streams.delete(name),
  };
};

const bucketsOf = async (jsm: JetStreamManager, js: JetStreamClient, bucket: string): Promise<Buckets> => {
  const slot = await slotOf(jsm, bucket);
  const wrap = (value: unknown): string => JSON.stringify(value);
  return {
    bucket,
    put: (key, value) => write(js, slot, key, wrap(value)),
    putRaw: (key, value) => write(js, slot, key, value),
    del: key => write(js, slot, key, undefined),
    recreate: async () => {
      const { config: { metadata: _epoch, ...config } } = await jsm.streams.info(`KV_${slot}`);
      await jsm.streams.delete(`KV_${slot}`);
      await jsm.streams.add(config);
    },
  };
};

const answering = (nc: NatsConnection, subject: string, answer: Parameters<Services['answer']>[1]): { stop(): void } => {
  const subscription = nc.subscribe(subject, {
    callback: (error, message) => {
      if (error === null) void respond(message, answer);
    },
  });
  return { stop: () => { if (!nc.isClosed()) subscription.unsubscribe(); } };
};

const respond = async (message: Msg, answer: Parameters<Services['answer']>[1]): Promise<void> => {
  const answered = await answer({ subject: message.subject, data: message.json(), header: name => message.headers?.get(name) || undefined });
  if (answered === undefined) return;
  const hdrs = headers();
  for (const [name, value] of Object.entries(answered.headers ?? {})) hdrs.set(name, value);
  message.respond(typeof answered.body === 'string' ? answered.body : JSON.stringify(answered.body), { headers: hdrs });
};
