import type { Refusal } from '@xanthus/kernel';
import { SshError, type SshConnection } from '@xanthus/ssh';
import type { Reached, ReachRequest } from './reach-server.js';

/** `apart`: a connection of one's own, which goes when it is closed. */
export interface ReachOptions extends ReachRequest { readonly apart?: boolean }

/** Connections to servers, shared by everything of this service that works on one. */
export interface Reach {
  /** An open connection of that tenant and server. @throws Refusal, SshError as `reachServer` */
  connection(o: ReachOptions): Promise<SshConnection>;
  /** The same with what vps knows of the machine. */
  reached(o: ReachOptions): Promise<Reached>;
  /**
   * Opens a channel (a shell, a command, SFTP, a forward) on a shared connection. Where sshd opens no further one (MaxSessions), `open` is called again with
   * another connection, which is made for it. `open` throws `SERVER.CHANNELS_FULL` before anything ran.
   */
  channel<T>(o: ReachRequest, open: (connection: SshConnection) => Promise<T>): Promise<T>;
  close(): void;
}

export interface ReachPool {
  /** One that nobody uses is closed after so long. ms; 5 min unless told */
  readonly idle?: number;
  /** After this, who comes next gets a new one: whether it may be is asked then, and it is noted. ms; 1 h unless told */
  readonly longest?: number;
}

interface Entry { readonly made: Promise<Reached>; readonly at: number; full: boolean; usedAt: number }

const IDLE = 5 * 60_000;
const LONGEST = 60 * 60_000;
/** Ends a loop of a machine that opens no channel at all. */
const MOST_TRIES = 3;

export const createReach = (reach: (o: ReachRequest) => Promise<Reached>, { idle = IDLE, longest = LONGEST }: ReachPool = {}): Reach => {
  const pools = new Map<string, Set<Entry>>();
  const apart = new Set<SshConnection>();
  let closed = false;

  const forget = (key: string, entry: Entry): void => {
    const pool = pools.get(key);
    pool?.delete(entry);
    if (pool?.size === 0) pools.delete(key);
  };
  const leave = async (entry: Entry, now: number): Promise<void> => {
    const known = await entry.made.catch(() => undefined);
    if (known === undefined) return;
    if (known.connection.busy > 0) entry.usedAt = now;
    else if (now - entry.usedAt > idle) known.connection.close();
  };
  const leaveIdle = setInterval(() => {
    for (const pool of pools.values()) for (const entry of pool) void leave(entry, performance.now());
  }, Math.max(20, idle / 4)).unref();

  const make = (key: string, o: ReachRequest): Entry => {
    const at = performance.now();
    const entry: Entry = { made: reach(o), at, full: false, usedAt: at };
    const pool = pools.get(key) ?? new Set();
    pools.set(key, pool.add(entry));
    entry.made.then(({ connection }) => {
      if (closed) connection.close();
      return connection.closed.then(() => forget(key, entry));
    }, () => forget(key, entry));
    return entry;
  };
  const shared = async (o: ReachRequest): Promise<{ readonly entry: Entry; readonly reached: Reached }> => {
    const key = `${o.tenant}.${o.server}`;
    const now = performance.now();
    const found = [...pools.get(key) ?? []].find(e => !e.full && now - e.at < longest);
    const entry = found ?? make(key, o);
    entry.usedAt = now;
    const reached = await entry.made;
    if (reached.connection.open || found === undefined) return { entry, reached };
    forget(key, entry);
    return shared(o);
  };
  const own = async (o: ReachRequest): Promise<Reached> => {
    const reached = await reach(o);
    apart.add(reached.connection);
    void reached.connection.closed.then(() => apart.delete(reached.connection));
    if (closed) reached.connection.close();
    return reached;
  };
  const reached = async ({ apart: alone, ...o }: ReachOptions): Promise<Reached> => (alone === true ? own(o) : (await shared(o)).reached);

  return {
    reached,
    connection: async o => (await reached(o)).connection,
    async channel(o, open) {
      for (let tries = 1; ; tries++) {
        const { entry, reached: { connection } } = await shared(o);
        try {
          return await open(connection);
        } catch (error) {
          const { code } = error as Partial<Refusal>;
          if (!(error instanceof SshError) || tries === MOST_TRIES || (code !== 'SERVER.CHANNELS_FULL' && !(code === 'SERVER.DISCONNECTED' && !connection.open))) throw error;
          if (code === 'SERVER.CHANNELS_FULL') fillUp(entry, connection);
        }
      }
    },
    close() {
      closed = true;
      clearInterval(leaveIdle);
      for (const connection of apart) connection.close();
      for (const pool of pools.values()) for (const entry of pool) entry.made.then(r => r.connection.close(), () => undefined);
      pools.clear();
    },
  };
};

/** Until something on it has ended. */
const fillUp = (entry: Entry, connection: SshConnection): void => {
  entry.full = true;
  const busy = connection.busy;
  const look = setInterval(() => {
    if (connection.open && connection.busy >= busy) return;
    entry.full = false;
    clearInterval(look);
  }, 1_000).unref();
};
