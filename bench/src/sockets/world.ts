/** nats-server, gateways, floors and the generator, each its own process; this one plays auth and publishes. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jetstream, type JetStreamClient } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { declarationsOf, provision, sharedDeclarations } from '@xanthus/jetstream';
import { newId } from '@xanthus/kernel';
import { INSTALLATION } from '@xanthus/proto';
import { freePort, startNats, tempDir, type TestNats } from '@xanthus/testing';
import { WebSocket } from 'ws';
import { profileChild } from '../profile.js';
import { startChild, type Child } from '../stack/child.js';
import { startGenerator, type Generator } from './generator.js';
import { publishRounds, type Burst } from './wire.js';

export const TENANT = 'acme';

/** Something that fans out to WebSockets. */
export interface Server {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  publish(burst: Burst): Promise<void>;
  /** After a full collection, bytes; undefined: it is no Node process. */
  memory(): Promise<NodeJS.MemoryUsage | undefined>;
  profile<T>(run: () => Promise<T>): Promise<{ result: T; text: string }>;
  /** What the process allocates meanwhile and keeps. */
  heap<T>(run: () => Promise<T>): Promise<{ result: T; text: string }>;
}
export interface Person { readonly id: string; readonly token: string }

export interface World {
  readonly nats: TestNats;
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly generator: Generator;
  /** People with sessions and these rights; `{i}` is the number of each. */
  people(count: number, subjects?: readonly string[]): Promise<Person[]>;
  /** @returns microseconds-free: resolves when the bucket has it */
  strip(person: Person): Promise<void>;
  gateway(environment?: Readonly<Record<string, string>>): Promise<Server>;
  floor(behindNats: boolean): Promise<Server>;
  /** nats-server's own listener. */
  readonly listener: Server;
}

const b64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const HOUR = 3_600;

const memoryOf = async (child: Child<unknown>): Promise<NodeJS.MemoryUsage> => {
  const answer = once(child.process, 'message');
  child.process.send('memory');
  return ((await answer)[0] as { memory: NodeJS.MemoryUsage }).memory;
};

const heapOf = async <T>(child: Child<unknown>, run: () => Promise<T>): Promise<{ result: T; text: string }> => {
  child.process.send('heap');
  const result = await run();
  const answer = once(child.process, 'message');
  child.process.send('heap');
  return { result, text: ((await answer)[0] as { heap: string }).heap };
};
const nothing = async <T>(run: () => Promise<T>): Promise<{ result: T; text: string }> => ({ result: await run(), text: '' });

export const withWorld = async <T>(run: (world: World) => Promise<T>): Promise<T> => {
  const ends: (() => unknown)[] = [];
  try {
    const wsPort = await freePort();
    const nats = await startNats({ config: `websocket { host: "127.0.0.1", port: ${wsPort}, no_tls: true }` });
    ends.push(() => nats.stop());
    const folder = await tempDir('xanthus-bench-');
    ends.push(() => folder.remove());
    const nc = await nats.connect();
    await provision(nc, [declarationsOf('auth'), declarationsOf('terminals'), declarationsOf('vps'), sharedDeclarations()], { replicas: 1 });
    const js = jetstream(nc);
    const at = new Date().toISOString();
    const put = (key: string, data: unknown): Promise<unknown> => js.publish(`$KV.auth-a.${key}`, JSON.stringify({ schema: 1, seq: 1, time: at, data }), { timeout: 20_000 });

    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const kid = newId();
    await put(`${INSTALLATION}.jwks.${kid}`, { ...publicKey.export({ format: 'jwk' }), kid, created_at: at });
    const beat = (): void => { if (!nc.isClosed()) nc.publish('$KV.auth-a._pos', JSON.stringify({ seq: 1, time: new Date().toISOString() })); };
    beat();
    const heart = setInterval(beat, 1_000);
    ends.push(() => clearInterval(heart));
    const key = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'service:gateway' };
    await writeFile(join(folder.path, 'gateway.jwk'), JSON.stringify(key));
    await writeFile(join(folder.path, 'jwks.json'), JSON.stringify({ keys: [] }));
    const generator = await startGenerator();
    ends.push(() => generator.stop());

    const throughNats = (burst: Burst): Promise<void> => publishRounds(burst, (subject, text) => nc.publish(subject, text), () => nc.flush());
    const served = (name: string, child: Child<{ port: number }>, publish: Server['publish']): Server => {
      ends.push(() => child.stop());
      return { name, port: child.told.port, pid: child.process.pid as number, publish, memory: () => memoryOf(child), profile: task => profileChild(child.process, task), heap: task => heapOf(child, task) };
    };
    const rightsOf = (subjects: readonly string[]): object => ({ subjects, buckets: { vps: [`${TENANT}.>`] }, commands: [`cmd.${TENANT}.>`], streams: { VPS: [`evt.${TENANT}.>`] } });
    const document = (id: string, rights: object): object => ({ ...rights, principal: { kind: 'person', id, role: 'owner' } });
    return await run({
      nats, nc, js, generator,
      people: async (count, subjects = [`sig.${TENANT}.>`]) => {
        const iat = Math.floor(Date.now() / 1_000);
        const head = b64({ alg: 'EdDSA', kid });
        const made = Array.from({ length: count }, () => {
          const [id, session] = [newId(), newId()];
          const text = `${head}.${b64({ iss: 'xanthus', aud: 'xanthus', sub: id, sid: session, tenant: TENANT, iat, exp: iat + HOUR })}`;
          return { id, session, token: `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}` };
        });
        for (let i = 0; i < made.length; i += 500) {
          await Promise.all(made.slice(i, i + 500).flatMap(({ id, session }) => [
            put(`${INSTALLATION}.sessions.${id}.${session}`, { id: session, person: id, tenant: TENANT, device: 'bench', opened_at: at, refreshed_at: at, expires_at: at }),
            put(`${TENANT}.capabilities.${id}`, document(id, rightsOf(subjects))),
          ]));
        }
        return made;
      },
      strip: async ({ id }) => { await put(`${TENANT}.capabilities.${id}`, document(id, rightsOf([]))); },
      gateway: async (environment = {}) => served('gateway', await startChild('../sockets/serve-gateway', JSON.stringify({
        XANTHUS_NATS_URL: nats.url, XANTHUS_SERVICE_KEY_FILE: join(folder.path, 'gateway.jwk'), XANTHUS_SERVICE_JWKS_FILE: join(folder.path, 'jwks.json'), ...environment,
      })), throughNats),
      floor: async (behindNats) => {
        const child = await startChild<{ port: number }>('../sockets/serve-floor', ...(behindNats ? [nats.url] : []));
        const itself = async (burst: Burst): Promise<void> => {
          const published = once(child.process, 'message');
          child.process.send(burst);
          await published;
        };
        return served(behindNats ? '`ws` behind NATS' : 'bare `ws`', child, behindNats ? throughNats : itself);
      },
      listener: { name: 'nats-server', port: wsPort, pid: nats.pid, publish: throughNats, memory: async () => undefined, profile: nothing, heap: nothing },
    });
  } finally {
    for (const end of ends.toReversed()) await end();
  }
};

/** How a client asks each kind of server for subjects. `{i}` is the number of the connection. */
export const helloFor = (server: Server, subjects: readonly string[]): { path: string; hello: string; binary?: boolean; ready: string; readyCount: number } => {
  if (server.name === 'gateway') return { path: '/ws', hello: subjects.map(target => JSON.stringify({ op: 'sub', target })).join('\n'), ready: '"op":"reply"', readyCount: subjects.length };
  if (server.name !== 'nats-server') return { path: '/', hello: subjects.join(' '), ready: '"op":"reply"', readyCount: 1 };
  return { path: '/', hello: `CONNECT {"verbose":false}\r\n${subjects.map((s, i) => `SUB ${s} ${i + 1}\r\n`).join('')}PING\r\n`, binary: true, ready: 'PONG', readyCount: 1 };
};

/** Epoch and head of VPS as a client learns them: from the answer to a subscription. */
export const positionOf = async (gateway: Server, token: string): Promise<{ epoch: string; head: number }> => {
  const ws = new WebSocket(`ws://127.0.0.1:${gateway.port}/ws`, ['xanthus.v1.json'], { headers: { authorization: `Bearer ${token}` } });
  try {
    return await new Promise((resolve, reject) => {
      ws.on('error', reject);
      ws.on('open', () => ws.send(JSON.stringify({ op: 'js_sub', target: 'VPS', data: { filter: `evt.${TENANT}.vps.server.nobody` } })));
      ws.on('message', (data) => {
        const { op, data: answer } = JSON.parse(String(data)) as { op: string; data: { epoch: string; head_seq: number } };
        if (op === 'reply') resolve({ epoch: answer.epoch, head: answer.head_seq });
      });
    });
  } finally {
    ws.terminate();
  }
};
