/** Files that are read or written part by part stay open for a while. */
import type { SftpFile } from '@xanthus/ssh';

export interface OpenFiles {
  /** The open file of `key`, or what `open` makes. Callers at the same time share one. */
  get(key: string, open: () => Promise<SftpFile>): Promise<SftpFile>;
  put(key: string, file: SftpFile): void;
  close(key: string): Promise<void>;
  stop(): void;
}

/** Nobody asked for a part of it for so long. ms */
const IDLE = 20_000;
/** sshd gives a channel a few hundred handles; who asks most recently keeps theirs. */
const MOST = 64;

interface Entry { readonly made: Promise<SftpFile>; usedAt: number }

export const openFiles = (idle = IDLE, most = MOST): OpenFiles => {
  const entries = new Map<string, Entry>();
  const leave = async (key: string): Promise<void> => {
    const entry = entries.get(key);
    entries.delete(key);
    // With its channel it is closed too.
    await entry?.made.then(file => file.close()).catch(() => undefined);
  };
  const sweep = setInterval(() => {
    for (const [key, entry] of entries) if (performance.now() - entry.usedAt > idle) void leave(key);
  }, Math.max(50, idle / 4)).unref();
  const add = (key: string, made: Promise<SftpFile>): Promise<SftpFile> => {
    const entry: Entry = { made, usedAt: performance.now() };
    entries.set(key, entry);
    made.catch(() => { if (entries.get(key) === entry) entries.delete(key); });
    if (entries.size > most) void leave([...entries].reduce((a, b) => (a[1].usedAt <= b[1].usedAt ? a : b))[0]);
    return made;
  };
  return {
    get(key, open) {
      const entry = entries.get(key);
      if (!entry) return add(key, open());
      entry.usedAt = performance.now();
      return entry.made;
    },
    put: (key, file) => {
      void leave(key);
      void add(key, Promise.resolve(file));
    },
    close: leave,
    stop() {
      clearInterval(sweep);
      for (const key of entries.keys()) void leave(key);
    },
  };
};
