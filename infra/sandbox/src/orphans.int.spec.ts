import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, tempDir } from '@xanthus/testing';
import { whyNoSandboxes } from './host.js';

/** Where there can be none, there is nothing to try. */
const why = await whyNoSandboxes();
if (why !== undefined) console.warn(`skipped: ${why}`);
const suite = why === undefined ? describe : describe.skip;

const children: ChildProcess[] = [];
afterEach(() => { for (const child of children.splice(0)) child.kill('SIGKILL'); });

const start = async (folder: string): Promise<{ child: ChildProcess; said: string }> => {
  const child = spawn(process.execPath, [join('infra/launch/bin/run.mjs'), join('infra/sandbox/src/host.fixture.ts'), folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [chunk] = await once(child.stdout as NodeJS.ReadableStream, 'data') as [Buffer];
  return { child, said: chunk.toString().trim() };
};

/** Process ids whose command line names this folder, or which play in a sandbox below it. */
const left = async (folder: string): Promise<string[]> => {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const [command, mounts] = await Promise.all(['cmdline', 'mountinfo'].map(name => readFile(join('/proc', pid, name), 'utf8').catch(() => '')));
    if ((command?.includes(folder) && command.includes('bwrap')) || mounts?.includes(`${folder}/machines`)) found.push(`${pid} ${command?.replaceAll('\0', ' ')}`);
  }
  return found;
};

suite('a host that is killed with SIGKILL', () => {
  it('leaves no process behind, and runs its machines again at the next start', async () => {
    const folder = await tempDir();
    try {
      const first = await start(folder.path);
      expect(first.said).toMatch(/^running 127\./);
      // Its shells come first; what they start is there a little later.
      await eventually(async () => { const all = await left(folder.path); return all.length >= 4 && all.some(p => p.includes('sleep 4711')); }, { message: 'the machine does not run what it was given' });
      first.child.kill('SIGKILL');
      await eventually(async () => (await left(folder.path)).length === 0, { message: 'something of the sandbox still runs' });
      const second = await start(folder.path);
      expect(second.said).toBe(first.said);
      second.child.kill('SIGKILL');
      await eventually(async () => (await left(folder.path)).length === 0);
    } finally {
      await folder.remove();
    }
  });
});
