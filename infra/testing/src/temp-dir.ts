import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './at-exit.js';

export interface TempDir {
  path: string;
  remove(): Promise<void>;
}

/** An empty private folder; gone at `remove`, or when the test process ends. */
export async function tempDir(prefix = 'xanthus-test-'): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  const forget = atExit(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    remove: async () => {
      forget();
      await rm(path, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
