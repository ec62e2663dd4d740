import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, tempDir } from '@xanthus/testing';
import type { TempDir } from '@xanthus/testing';
import { watchStore } from './store-watch.js';
import type { StoreWatch } from './store-watch.js';

const FULL = '[7] 2026/11/21 08:59:56 [ERR] JetStream failed to store a msg on stream \'A > KV_vault\': write /data/1.blk: no space left on device\n';

describe('when nats-server can\'t write its store', () => {
  let folder: TempDir;
  let said: string[];
  let restarts: number;
  let watch: StoreWatch;
  const log = (): string => join(folder.path, 'nats-server.log');
  const store = (): string => join(folder.path, 'store');

  beforeEach(async () => {
    folder = await tempDir();
    said = [];
    restarts = 0;
    await appendFile(log(), FULL); // of the run before
    watch = watchStore({ log: log(), folder: store(), every: 5, say: (line) => { said.push(line); }, restart: async () => { restarts += 1; } });
  });
  afterEach(async () => {
    await watch.stop();
    await folder.remove();
  });

  it('says so once, and starts it anew as soon as there is space', async () => {
    await eventually(async () => {
      await appendFile(log(), FULL);
      return said.length > 0;
    }, { every: 20 });
    await appendFile(log(), FULL);
    expect([restarts, said.join()]).toEqual([0, expect.stringMatching(/^nats-server can't write its store: no space left on device\./)]);
    await mkdir(store()); // a file can be written there from now on
    await eventually(() => restarts > 0);
    expect(said).toEqual([expect.any(String), expect.stringContaining('starting nats-server anew')]);
    await rm(store(), { recursive: true });
    await eventually(async () => {
      await appendFile(log(), FULL);
      return said.length === 3;
    }, { every: 20 });
    expect(restarts).toBe(1);
  });

  it('says nothing of other lines', async () => {
    await appendFile(log(), '[7] 2026/11/21 08:59:56 [INF] Server is ready\n');
    await watch.stop();
    expect(said).toEqual([]);
  });
});
