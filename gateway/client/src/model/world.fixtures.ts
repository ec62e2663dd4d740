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
  /** Where each gateway listens now. */
  readonly gateways: readonly (() => number)[];
  readonly players: Set<Player>;
  /** The planted fault: a message is lost and the next one's `prev` hides it. */
  readonly hide?: boolean;
  /** SIGKILL, and a start: NATS on the same store, a gateway on another port, to which its proxies go on. */
  killNats(by: Player): Promise<void>;
  killGateway(which: number, by: Player): Promise<void>;
  /** Gives the reader of every scenario its rights; `of`: those of this stream, none without filters. Resolves when every gateway has said so. */
  rights(stream: string, filters: readonly string[]): Promise<void>;
  /** Lines that a gateway wrote as errors. */
  complaints(): string[];
  stop(): Promise<void>;
}

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const START = [fileOf('../../../../infra/launch/bin/run.mjs'), fileOf('../../../server/src/main.ts')];
const PATIENCE = { timeout: 60_000, every: 50 };

interface Gateway { readonly server: ServerProcess; readonly port: number }
const startGateway = async (environment: Readonly<Record<string, string>>): Promise<Gateway> => {
  // A machine with other things to do is not ready within the time of one attempt.
  const server = await eventually(() => startServer(process.execPath, START, /the gateway listens/, { ...process.env, ...environment, LOG_LEVEL: 'info', XANTHUS_PORT: '0' }), { timeout: 120_000 });
  const port = portOf(server);
  await eventually(async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok, PATIENCE);
  return { server, port };
};
const portOf = (server: ServerProcess): number => Number(/"port":(\d+)[^\n]*the gateway listens/.exec(server.output())?.[1]);
const errorsOf = (server: ServerProcess): string[] => server.output().split('\n').filter(line => line.includes('"level":"error"') || line.includes('"level":"fatal"'));

export const startWorld = async (): Promise<World> => {
  const g = await startRealGateway();
  const gateways = await Promise.all([startGateway(g.environment), startGateway(g.environment)]);
  const places = gateways.map((_, i) => () => gateways[i]?.port ?? 0);
  const granted = new Map<string, readonly string[]>();
  const players = new Set<Player>();
  const complaints: string[] = [];
  const watchers: { revision: number; client: Client }[] = [];
  for (const place of places) {
    const watcher = { revision: 0 };
    watchers.push(Object.assign(watcher, { client: await g.client({ timeout: PATIENCE.timeout, WebSocket: listening(place, revision => { watcher.revision = revision; }) }) }));
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
    g, gateways: places, players,
    killNats: by => inTurn(async () => {
      tell({ do: 'killNats' }, by);
      await g.nats.kill9();
      await eventually(async () => { await g.nats.restart(); return true; }, PATIENCE);
    }),
    killGateway: (which, by) => inTurn(async () => {
      tell({ do: 'killGateway' }, by);
      const gateway = gateways[which];
      if (gateway === undefined) throw new Error(`there is no gateway ${which}`);
      await gateway.server.end('SIGKILL');
      complaints.push(...errorsOf(gateway.server));
      gateways[which] = await startGateway(g.environment);
    }),
    rights: async (stream, filters) => {
      granted.set(stream, filters);
      const revision = await eventually(() => g.grant({ ...OWNER, streams: { ...OWNER.streams, ...Object.fromEntries([...granted].filter(([, f]) => f.length > 0)) } }), PATIENCE);
      await eventually(() => watchers.every((w) => {
        w.client.reconnectNow();
        return w.revision >= revision;
      }), PATIENCE);
    },
    complaints: () => [...complaints, ...gateways.flatMap(({ server }) => errorsOf(server))],
    stop: async () => {
      for (const { client } of watchers) client.close();
      await Promise.all(gateways.map(({ server }) => server.end('SIGKILL')));
      await g.stop();
    },
  };
};

/** Tells the revision of each document of rights that comes. */
const listening = (place: () => number, told: (revision: number) => void) => class extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url.replace(/:\d+/, `:${place()}`), protocols);
    this.on('message', (data) => {
      for (const { op, data: document } of [JSON.parse(String(data)) as { op: string; data?: { revision?: number } }].flat()) if (op === 'cap_update') told(document?.revision ?? 0);
    });
  }
};
