import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface StoreWatch { stop(): Promise<void> }

/** Once nats-server could not write a stream it refuses every message for it, also when there is space again, until it is started anew. */
const REFUSED = /no space left on device|disk quota exceeded|input\/output error|read-only file system/i;
const REFUSED_ANYHOW = /Critical write error/;
/** So much must fit before writing is called possible again. */
const PROBE_BYTES = 16 << 20;
/** Of the log, per look. */
const MOST_READ = 1 << 16;

/**
 * Follows the log of nats-server. When its store can't be written, says so once, waits until a file of some size can be written beside the store,
 * and has nats-server started again. Default: a look every 2 s.
 */
export function watchStore(o: { log: string; folder: string; say(line: string): void; restart(): Promise<void>; every?: number }): StoreWatch {
  const ending = new AbortController();
  const run = async (): Promise<void> => {
    let read = await sizeOf(o.log);
    let broken = false;
    for (;;) {
      await pause(o.every ?? 2_000, undefined, { signal: ending.signal });
      if (!broken) {
        const size = await sizeOf(o.log);
        const said = size > read ? await tail(o.log, Math.max(read, size - MOST_READ), size) : '';
        const why = REFUSED.exec(said)?.[0] ?? REFUSED_ANYHOW.exec(said)?.[0];
        read = size;
        if (why === undefined) continue;
        broken = true;
        o.say(`nats-server can't write its store: ${why}. What was answered is safe; nothing new is taken until there is space on the disk of ${o.folder}.`);
      }
      if (!(await canWrite(o.folder))) continue;
      o.say('The store can be written again: starting nats-server anew.');
      await o.restart().catch((error: unknown) => o.say((error as Error).message));
      read = await sizeOf(o.log);
      broken = false;
    }
  };
  const running = run().catch((error: unknown) => {
    if (!ending.signal.aborted) o.say(`The store is no longer watched: ${(error as Error).message}`);
  });
  return {
    stop: async () => {
      ending.abort();
      await running;
    },
  };
}

const sizeOf = (file: string): Promise<number> => stat(file).then(s => s.size, () => 0);

async function tail(file: string, from: number, to: number): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(to - from), 0, to - from, from);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function canWrite(folder: string): Promise<boolean> {
  const file = join(folder, '.space');
  try {
    const handle = await open(file, 'w', 0o600);
    try {
      await handle.writeFile(Buffer.alloc(PROBE_BYTES, 1));
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  } catch {
    return false;
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
  }
}
