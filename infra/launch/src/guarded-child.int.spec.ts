import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, tempDir } from '@xanthus/testing';
import type { TempDir } from '@xanthus/testing';
import { startGuarded } from './guarded-child.js';
import { backoff, keepRunning } from './keep-running.js';

let folder: TempDir;
beforeEach(async () => { folder = await tempDir(); });
afterEach(async () => { await folder.remove(); });

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
/** Writes its process id into the folder and stays. */
const stays = (): string[] => ['-c', `echo $$ > ${join(folder.path, 'pid')}; exec sleep 60`];
const pidOf = (name = 'pid'): Promise<number> => eventually(async () => Number(await readFile(join(folder.path, name), 'utf8')) || undefined);

describe('startGuarded', () => {
  it('passes the exit code and the output on', async () => {
    const log = join(folder.path, 'log');
    expect(await startGuarded('/bin/sh', ['-c', 'echo hello; exit 7'], { output: log }).ended).toBe(7);
    expect(await readFile(log, 'utf8')).toBe('hello\n');
  });

  it('stops the program', async () => {
    const child = startGuarded('/bin/sh', stays(), { output: 'inherit' });
    const pid = await pidOf();
    await child.stop();
    expect(alive(pid)).toBe(false);
    expect(await child.ended).toBe(143);
  });

  it('kills a program that ignores SIGTERM', async () => {
    const child = startGuarded('/bin/sh', ['-c', `trap "" TERM; echo $$ > ${join(folder.path, 'pid')}; while :; do sleep 1; done`], { output: 'inherit' });
    const pid = await pidOf();
    await child.stop(200);
    await eventually(() => !alive(pid));
  });

  it('ends the program when its parent is killed with SIGKILL', async () => {
    const parent = join(folder.path, 'parent.ts');
    await writeFile(parent, `import { startGuarded } from ${JSON.stringify(join(process.cwd(), 'infra/launch/src/guarded-child.ts'))};\nstartGuarded('/bin/sh', ${JSON.stringify(stays())}, { output: 'inherit' });\n`);
    const child = spawn(process.execPath, [join(process.cwd(), 'infra/launch/bin/run.mjs'), parent], { stdio: 'ignore', env: { ...process.env, NODE_OPTIONS: '' } });
    const pid = await eventually(() => pidOf());
    expect(alive(pid)).toBe(true);
    child.kill('SIGKILL');
    await eventually(() => !alive(pid));
  });
});

describe('keepRunning', () => {
  it('starts again what dies, and ends it for good', async () => {
    const deaths: number[] = [];
    const kept = await keepRunning(async () => startGuarded('/bin/sh', stays(), { output: 'inherit' }), code => deaths.push(code));
    const first = await pidOf();
    process.kill(first, 'SIGKILL');
    const second = await eventually(async () => { const pid = await pidOf(); return pid !== first && pid; });
    expect(deaths).toEqual([137]);
    await kept.restart();
    const third = await eventually(async () => { const pid = await pidOf(); return pid !== second && pid; });
    expect(deaths).toHaveLength(1); // a restart on purpose is no death
    await kept.stop();
    await eventually(() => ![first, second, third].some(alive));
  });

  it('waits longer each time, at most ten seconds', () => {
    expect([1, 2, 3, 6, 7, 20].map(backoff)).toEqual([200, 400, 800, 6_400, 10_000, 10_000]);
  });
});
