import type { SshConnection } from './session.js';

/** One connection per machine, shared by everything that uses it at a time. */
export interface SshPool {
  /** The open connection of `key`, or the one that `open` makes; callers at the same time share one attempt. */
  get(key: string, open: () => Promise<SshConnection>): Promise<SshConnection>;
  /** Closes the connection of `key`; the next `get` makes another. */
  drop(key: string): void;
  close(): void;
}

export const createSshPool = (): SshPool => {
  const connections = new Map<string, Promise<SshConnection>>();
  const forget = (key: string, entry: Promise<SshConnection>): void => {
    if (connections.get(key) === entry) connections.delete(key);
  };
  return {
    get(key, open) {
      const known = connections.get(key);
      if (known) return known;
      const entry = open();
      connections.set(key, entry);
      entry.then(c => c.closed.then(() => forget(key, entry)), () => forget(key, entry));
      return entry;
    },
    drop(key) {
      const entry = connections.get(key);
      connections.delete(key);
      entry?.then(c => c.close(), () => undefined);
    },
    close() {
      for (const key of connections.keys()) this.drop(key);
    },
  };
};
