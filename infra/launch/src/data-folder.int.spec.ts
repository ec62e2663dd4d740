import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDir } from '@xanthus/testing';
import type { TempDir } from '@xanthus/testing';
import { holderOf, lockDataFolder, openDataFolder, turnLogs } from './data-folder.js';
import { explain } from './sentence.js';

let folder: TempDir;
beforeEach(async () => { folder = await tempDir(); });
afterEach(async () => { await folder.remove(); });

describe('lockDataFolder', () => {
  it('refuses a second holder and says who the first is', async () => {
    const lock = await lockDataFolder(folder.path);
    await lock.describe({ url: 'http://127.0.0.1:7700', nats_url: 'nats://127.0.0.1:1' });
    await expect(lockDataFolder(folder.path)).rejects.toThrow(`already runs on ${folder.path}: process ${process.pid}, http://127.0.0.1:7700.`);
    expect(await holderOf(folder.path)).toMatchObject({ pid: process.pid, nats_url: 'nats://127.0.0.1:1' });
    await lock.release();
    await (await lockDataFolder(folder.path)).release();
  });

  it('takes over from a process that has ended, even if its id lives on in another', async () => {
    await writeFile(join(folder.path, 'lock'), JSON.stringify({ pid: process.pid, started: 'long ago' }));
    expect(await holderOf(folder.path)).toBeUndefined();
    const lock = await lockDataFolder(folder.path);
    expect(JSON.parse(await readFile(join(folder.path, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
  });

  it('takes over a lock that was cut off while it was written', async () => {
    await writeFile(join(folder.path, 'lock'), '{"pid":');
    await (await lockDataFolder(folder.path)).release();
  });

  it('gives the folder to one of many', async () => {
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataFolder(folder.path)));
    expect(all.filter(r => r.status === 'fulfilled')).toHaveLength(1);
  });
});

describe('openDataFolder', () => {
  it('explains a file in the place of the folder', async () => {
    await writeFile(join(folder.path, 'file'), '');
    const error = await openDataFolder(join(folder.path, 'file', 'data')).catch((e: unknown) => e);
    expect(explain(error)).toMatch(/a file where a folder should be/);
  });
});

describe('turnLogs', () => {
  it('puts a long log aside and leaves a short one', async () => {
    await writeFile(join(folder.path, 'nats-server.log'), '');
    await truncate(join(folder.path, 'nats-server.log'), 17 * 1024 * 1024);
    await writeFile(join(folder.path, 'sandbox.log'), 'short');
    await turnLogs(folder.path);
    expect((await readdir(folder.path)).sort()).toEqual(['nats-server.log.old', 'sandbox.log']);
  });
});
