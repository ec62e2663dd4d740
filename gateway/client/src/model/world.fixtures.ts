/** What all scenarios share: one nats-server, two gateways that are processes of their own, and somebody at each who sees when rights change. */
import { fileURLToPath } from 'node:url';
import { eventually, startServer, type ServerProcess } from '@xanthus/testing';
import { WebSocket } from 'ws';
import { OWNER, startRealGateway, type RealGateway } from '../real-gateway.fixtures.js';
import type { Client } from '../types.js';
import type { Step } from './scenario.fixtures.js';

/** A scenario that is being played, as others see it: what happens to all is a step of each. */
export interface Player { happens(step: Step): void; /** Where it is, for whoever waits for it. */ state(): string }

export interface World {
  readonly g: RealGateway;
  /** Ports of the gateways. */
  readonly ports: readonly number[];
  readonly players: Set<Player>;
  /** The planted fault: a message is lost and the next one's `prev` hides it. */
  readonly hide?: boolean;
  /** SIGKILL, and a start on the same port or store. */
  killNats(by: Player): Promise<void>;
  killGateway(port: number, by: Player): Promise<void>;
  /** Gives the reader of every scenario its rights; `of`: those of this stream, none without filters. Resolves when every gateway has said so. */
  rights(stream: string, filters: readonly string[]): Promise<void>;
  /** Lines that a gateway wrote as errors. */
  complaints(): string[];
  stop(): Promise<void>;
}

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const START = [fileOf('../../../../infra/launch/bin/run.mjs'), fileOf('../../../server/src/main.ts')];
const PATIENCE = { timeout: 30_000 };

const startGateway = async (environment: Readonly<Record<string, string>>, port: number): Promise<ServerProcess> => {
  const server = await startServer(process.execPath, START, /the gateway listens/, { ...process.env, ...environment, LOG_LEVEL: 'info', XANTHUS_PORT: String(port) });
  const at = portOf(server);
  await eventually(async () => (await fetch(`http://127.0.0.1:${at}/ready`)).ok, PATIENCE);
  return server;
};
const portOf = (server: ServerProcess): number => Number(/"port":(\d+)[^\n]*the gateway listens/.exec(server.output())?.[1]);
const errorsOf = (server: ServerProcess): string[] => server.output().split('\n').filter(line => line.includes('"level":"error"') || line.includes('"level":"fatal"'));

export const startWorld = async (): Promise<World> => {
  const g = await startRealGateway();
  const started = await Promise.all([startGateway(g.environment, 0), startGateway(g.environment, 0)]);
  const gateways = new Map(started.map(server => [portOf(server), server]));
  const ports = [...gateways.keys()];
  const granted = new Map<string, readonly string[]>();
  const players = new Set<Player>();
  const complaints: string[] = [];
  const watchers: { revision: number; client: Client }[] = [];
  for (const port of ports) {
    const watcher = { revision: 0 };
    watchers.push(Object.assign(watcher, { client: await g.client({ url: `http://127.0.0.1:${port}`, WebSocket: listening(revision => { watcher.revision = revision; }) }) }));
  }
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: two deaths at once are no third kind of death. */
  const inTurn = (run: () => Promise<unknown>): Promise<void> => {
    const mine = last.then(run);
    last = mine.catch(() => undefined);
    return mine.then(() => undefined);
  };
  const tell = (step: Step, by: Player): void => { for (const player of players) if (player !== by) player.happens(step); };

  return {
    g, ports, players,
    killNats: by => inTurn(async () => {
      tell({ do: 'killNats' }, by);
      await g.nats.kill9();
      await g.nats.restart();
    }),
    killGateway: (port, by) => inTurn(async () => {
      tell({ do: 'killGateway' }, by);
      const server = gateways.get(port);
      if (server === undefined) throw new Error(`no gateway has port ${port}`);
      await server.end('SIGKILL');
      complaints.push(...errorsOf(server));
      gateways.set(port, await startGateway(g.environment, port));
    }),
    rights: async (stream, filters) => {
      granted.set(stream, filters);
      const revision = await eventually(() => g.grant({ ...OWNER, streams: { ...OWNER.streams, ...Object.fromEntries([...granted].filter(([, f]) => f.length > 0)) } }), PATIENCE);
      await eventually(() => watchers.every((w) => {
        w.client.reconnectNow();
        return w.revision >= revision;
      }), PATIENCE);
    },
    complaints: () => [...complaints, ...[...gateways.values()].flatMap(errorsOf)],
    stop: async () => {
      for (const { client } of watchers) client.close();
      await Promise.all([...gateways.values()].map(server => server.end('SIGKILL')));
      await g.stop();
    },
  };
};

/** Tells the revision of each document of rights that comes. */
const listening = (told: (revision: number) => void) => class extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols);
    this.on('message', (data) => {
      for (const { op, data: document } of [JSON.parse(String(data)) as { op: string; data?: { revision?: number } }].flat()) if (op === 'cap_update') told(document?.revision ?? 0);
    });
  }
};
