import type { SshConnection } from './session.js';

export interface PoolGet {
  /** ms. Nobody watches this machine: its connection is closed when it was not used for so long. One that somebody gets without this stays. */
  readonly idle?: number;
}

/** One connection per machine, shared by everything that uses it at a time. */
export interface SshPool {
  /** The open connection of `key`, or the one that `open` makes; callers at the same time share one attempt. */
  get(key: string, open: () => Promise<SshConnection>, how?: PoolGet): Promise<SshConnection>;
  /** Closes the connection of `key`; the next `get` makes another. */
  drop(key: string): void;
  /** The next `get` makes another; the one of now is closed as soon as nothing runs over it. */
  retire(key: string): void;
  close(): void;
}

/** How often one that is to go is looked at. ms */
const LOOK = 5_000;

interface Entry { readonly connection: Promise<SshConnection>; timer?: NodeJS.Timeout | undefined; kept: boolean }

export const createSshPool = (): SshPool => {
  const entries = new Map<string, Entry>();
  const forget = (key: string, entry: Entry): void => {
    clearTimeout(entry.timer);
    if (entries.get(key) === entry) entries.delete(key);
  };
  const end = async (key: string, entry: Entry, idle: number): Promise<void> => {
    const connection = await entry.connection.catch(() => undefined);
    if (!connection || entry.kept || entries.get(key) !== entry) return;
    // A long command keeps it.
    if (connection.busy > 0) return closeIdle(key, entry, idle);
    forget(key, entry);
    connection.close();
  };
  const closeIdle = (key: string, entry: Entry, idle: number): void => {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => void end(key, entry, idle), idle).unref();
  };
  const use = (key: string, entry: Entry, { idle }: PoolGet): Promise<SshConnection> => {
    if (idle === undefined) {
      entry.kept = true;
      clearTimeout(entry.timer);
    } else if (!entry.kept) closeIdle(key, entry, idle);
    return entry.connection;
  };
  return {
    get(key, open, how = {}) {
      const known = entries.get(key);
      if (known) return use(key, known, how);
      const entry: Entry = { connection: open(), kept: false };
      entries.set(key, entry);
      entry.connection.then(c => c.closed.then(() => forget(key, entry)), () => forget(key, entry));
      return use(key, entry, how);
    },
    drop(key) {
      const entry = entries.get(key);
      if (!entry) return;
      forget(key, entry);
      entry.connection.then(c => c.close(), () => undefined);
    },
    retire(key) {
      const entry = entries.get(key);
      if (!entry) return;
      forget(key, entry);
      const leave = (c: SshConnection): void => (c.busy > 0 && c.open ? void setTimeout(() => leave(c), LOOK).unref() : c.close());
      entry.connection.then(leave, () => undefined);
    },
    close() {
      for (const key of entries.keys()) this.drop(key);
    },
  };
};
