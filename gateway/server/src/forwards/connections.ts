/** Connections of forwards: each is a tunnel in the name of the person whose request it carries; kept for the next request of the same session, never for another's. */
import { Agent, type ClientRequest } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import { Refusal } from '@xanthus/kernel';
import type { Tunnel } from '@xanthus/tunnel';
import type { ForwardRow } from './forward-rows.js';

/** Connections of a forward at a time. */
const MOST_CONNECTIONS = 100;
/** How long one waits for its next request, ms. */
const KEPT = 10_000;

export interface Entry { readonly row: ForwardRow; readonly person: string; readonly session: string }
export interface Connections {
  /** One that is asked for by itself, for a WebSocket. @throws Refusal */
  connect(entry: Entry): Promise<Duplex>;
  /** For requests. */
  agent(entry: Entry): Agent;
  /** Ends those that carry nothing now. */
  drop(forward: string, session: string): void;
  /** The same for every forward that is not open any more. */
  keep(isOpen: (tenant: string, forward: string) => boolean): void;
  stop(): void;
}

const overTls = (tunnel: Tunnel, { address, insecure }: ForwardRow): Promise<Duplex> => new Promise((resolve, reject) => {
  const secured = tlsConnect({ socket: tunnel, host: address, ...(isIP(address) === 0 ? { servername: address } : {}), rejectUnauthorized: !insecure, ALPNProtocols: ['http/1.1'] });
  secured.once('secureConnect', () => resolve(secured));
  secured.on('error', (error: NodeJS.ErrnoException) => {
    tunnel.destroy();
    reject(new Refusal('FORWARD.TLS', `The port does not speak HTTPS as it should (${error.message}). ${insecure ? 'Is it a plain HTTP port?' : 'With a certificate of its own making, open it with “accept any certificate”.'}`));
  });
});

export const connectionsOf = (open: (entry: Entry) => Promise<Tunnel>): Connections => {
  const counts = new Map<string, number>();
  const agents = new Map<string, { readonly agent: Agent; readonly tenant: string; readonly forward: string }>();
  const count = (forward: string, by: number): void => {
    const now = (counts.get(forward) ?? 0) + by;
    if (now > 0) counts.set(forward, now);
    else counts.delete(forward);
  };
  const connect = async (entry: Entry): Promise<Duplex> => {
    const { row } = entry;
    if ((counts.get(row.id) ?? 0) >= MOST_CONNECTIONS) throw new Refusal('FORWARD.BUSY', `More than ${MOST_CONNECTIONS} connections go through this open port now. Try again in a moment.`, undefined, true);
    count(row.id, 1);
    try {
      const tunnel = await open(entry);
      tunnel.once('close', () => count(row.id, -1));
      return row.scheme === 'https' ? await overTls(tunnel, row) : tunnel;
    } catch (error) {
      // A tunnel that was made counts itself out.
      if (!(error instanceof Refusal && error.code === 'FORWARD.TLS')) count(row.id, -1);
      throw error;
    }
  };
  const keyOf = (forward: string, session: string): string => `${forward}.${session}`;
  return {
    connect,
    agent(entry) {
      const key = keyOf(entry.row.id, entry.session);
      const known = agents.get(key) ?? { agent: new KeepingAgent(() => connect(entry)), tenant: entry.row.tenant, forward: entry.row.id };
      agents.set(key, known);
      return known.agent;
    },
    drop(forward, session) {
      const key = keyOf(forward, session);
      agents.get(key)?.agent.destroy();
      agents.delete(key);
    },
    keep(isOpen) {
      for (const [key, { agent, tenant, forward }] of agents) {
        if (isOpen(tenant, forward)) continue;
        agent.destroy();
        agents.delete(key);
      }
    },
    stop() {
      for (const { agent } of agents.values()) agent.destroy();
      agents.clear();
    },
  };
};

const handOver = async (connect: () => Promise<Duplex>, done: (error: Error | null, stream?: Duplex) => void): Promise<void> => {
  const [stream, error] = await connect().then(made => [made, null] as const, (failed: Error) => [undefined, failed] as const);
  done(error, stream);
};

/** Node's own agent over such connections, which closes those that nobody needs for a while. */
class KeepingAgent extends Agent {
  private readonly waiting = new WeakMap<Duplex, NodeJS.Timeout>();

  constructor(private readonly connect: () => Promise<Duplex>) {
    super({ keepAlive: true, maxSockets: MOST_CONNECTIONS, maxFreeSockets: 10 });
  }

  override createConnection(_options: unknown, done?: (error: Error | null, stream: Duplex) => void): undefined {
    void handOver(this.connect, (error, stream) => done?.(error, stream as Duplex));
  }

  override keepSocketAlive(socket: Duplex): boolean {
    if (socket.destroyed || !socket.writable || Agent.prototype.keepSocketAlive.call(this, socket) as unknown === false) return false;
    clearTimeout(this.waiting.get(socket));
    this.waiting.set(socket, setTimeout(() => socket.destroy(), KEPT).unref());
    return true;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    clearTimeout(this.waiting.get(socket));
    super.reuseSocket(socket, request);
  }
}
