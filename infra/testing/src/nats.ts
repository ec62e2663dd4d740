import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection, NodeConnectionOptions, Payload, RequestOptions } from '@nats-io/transport-node';
import { findBinary } from '@xanthus/binaries';
import { startServer } from './child.js';
import type { ServerProcess } from './child.js';
import { freePort } from './free-port.js';
import { tempDir } from './temp-dir.js';

export interface StartNatsOptions {
  /** Default true. */
  jetstream?: boolean;
  /** Text added to the configuration file. */
  config?: string;
  /** The whole configuration instead, for example operator mode. It must listen on the given port of 127.0.0.1 and log to standard error. */
  configFor?(o: { port: number; storeDir: string; folder: string }): string | Promise<string>;
  /** A folder to keep; default: a new one that goes with `stop`. */
  storeDir?: string;
  /** `always`: each message is on disk before its acknowledgement. Default: nats-server's own interval. */
  sync?: 'always';
  port?: number;
}

export interface TestNats {
  readonly url: string;
  readonly port: number;
  /** Process id of the running server; another one after `restart`. */
  readonly pid: number;
  readonly storeDir: string;
  /** What the server wrote last, at most 64 kB. */
  log(): string;
  /** A connection without endless reconnects; closed by `stop`. */
  connect(o?: Partial<NodeConnectionOptions>): Promise<NatsConnection>;
  /** Ends it as a power cut does, except for the disk cache. */
  kill9(): Promise<void>;
  /** Stops it if it runs and starts it again on the same port and store. */
  restart(): Promise<void>;
  /** SIGSTOP: it stays connected and says nothing, until `resume`. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** A real nats-server on a free loopback port. */
export async function startNats(o: StartNatsOptions = {}): Promise<TestNats> {
  const binary = await findBinary('nats-server');
  const folder = await tempDir('xanthus-nats-');
  const storeDir = o.storeDir ?? join(folder.path, 'store');
  const file = join(folder.path, 'nats.conf');
  const connections: NatsConnection[] = [];
  let port = 0;
  let server: ServerProcess;

  const launch = async (): Promise<void> => {
    await writeFile(file, await (o.configFor?.({ port, storeDir, folder: folder.path }) ?? configuration(o, port, storeDir)));
    server = await startServer(binary, ['-c', file], /Server is ready/);
  };
  for (let attempt = 1; ; attempt++) {
    port = o.port ?? await freePort();
    try {
      await launch();
      break;
    } catch (error) { // somebody took the port between looking and listening
      if (attempt === 3 || !/address already in use/.test(String(error))) {
        await folder.remove();
        throw error;
      }
    }
  }

  const url = `nats://127.0.0.1:${port}`;
  return {
    url,
    port,
    storeDir,
    get pid() { return server.pid; },
    log: () => server.output(),
    connect: async (options) => {
      const nc = patient(await connect({ servers: url, ...options }));
      connections.push(nc);
      return nc;
    },
    kill9: () => server.end('SIGKILL'),
    restart: async () => {
      await server.end('SIGTERM');
      await launch();
    },
    pause: () => {
      process.kill(server.pid, 'SIGSTOP');
      for (const end = Date.now() + 1_000; Date.now() < end && !stopped(server.pid);); // the signal takes effect a moment later
    },
    resume: () => { process.kill(server.pid, 'SIGCONT'); },
    stop: async () => {
      await Promise.all(connections.map(nc => nc.close().catch(() => undefined)));
      await server.end('SIGKILL'); // nothing in the store of a test is worth the second that a lame duck takes
      await folder.remove();
    },
  };
}

/** A question of a spec that names no time-out waits as long as a busy machine may take for the answer, not the library's second. */
export function patient(nc: NatsConnection): NatsConnection {
  const ask = nc.request.bind(nc);
  nc.request = (subject: string, payload?: Payload, options?: RequestOptions) => ask(subject, payload, { timeout: 30_000, ...options });
  return nc;
}

/** Does the system hold it stopped? Unknown counts as yes. */
function stopped(pid: number): boolean {
  try {
    return / [Tt] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\)/, ''));
  } catch {
    return true;
  }
}

function configuration(o: StartNatsOptions, port: number, storeDir: string): string {
  const sync = o.sync === 'always' ? 'sync_interval: always' : '';
  return [
    `listen: "127.0.0.1:${port}"`,
    o.jetstream === false ? '' : `jetstream { store_dir: ${JSON.stringify(storeDir)}\n ${sync} }`,
    o.config ?? '',
    '',
  ].join('\n');
}
