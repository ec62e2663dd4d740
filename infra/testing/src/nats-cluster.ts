import { connect } from '@nats-io/transport-node';
import type { NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { startNats } from './nats.js';
import type { TestNats } from './nats.js';

export interface TestCluster {
  readonly servers: TestNats[];
  /** All addresses, separated by commas. */
  readonly url: string;
  connect(o?: Partial<NodeConnectionOptions>): Promise<NatsConnection>;
  /** Resolves when JetStream has a leader again. */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

/** A cluster of real nats-servers with replicated JetStream, each on free loopback ports; ready when JetStream has a leader. */
export async function startNatsCluster(n = 3, o: { sync?: 'always' } = {}): Promise<TestCluster> {
  const ports: number[] = [];
  while (ports.length < n) ports.push(await freePort());
  const routes = ports.map(p => `"nats://127.0.0.1:${p}"`).join(', ');
  const servers = await Promise.all(ports.map((port, i) => startNats({
    ...o,
    config: `server_name: n${i + 1}\ncluster { name: test\n listen: "127.0.0.1:${port}"\n routes: [${routes}] }`,
  })));
  const url = servers.map(s => s.url).join(',');
  const connections: NatsConnection[] = [];
  const open = async (options?: Partial<NodeConnectionOptions>): Promise<NatsConnection> => {
    const nc = await connect({ servers: url.split(','), ...options });
    connections.push(nc);
    return nc;
  };
  const ready = async (): Promise<void> => {
    const nc = await connect({ servers: url.split(',') });
    try {
      await eventually(async () => {
        const info = (await nc.request('$JS.API.INFO', '', { timeout: 1_000 })).json<{ error?: unknown }>();
        return !info.error;
      }, { every: 100 });
    } finally {
      await nc.close();
    }
  };
  const stop = async (): Promise<void> => {
    await Promise.all(connections.map(nc => nc.close().catch(() => undefined)));
    await Promise.all(servers.map(s => s.stop()));
  };
  try {
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return { servers, url, connect: open, ready, stop };
}
