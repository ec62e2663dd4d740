import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findBinary } from '@xanthus/binaries';

/** Every script of ours; those that say no shell themselves are read as sh. */
const SCRIPTS = ['infra', 'services', 'gateway'].flatMap(folder => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(file => join(folder, file))).filter(file => file.endsWith('.sh') && !/node_modules|\/dist\//.test(file));
const output = (file: string, args: readonly string[]): Promise<string> => new Promise((resolve) => {
  execFile(file, args, (_error, stdout, stderr) => { resolve(stdout + stderr); });
});

const shellcheck = await findBinary('shellcheck').catch((error: unknown): undefined => {
  console.warn(`skipped: ${(error as Error).message}`);
});

describe('scripts', () => {
  it('are found', () => { expect(SCRIPTS.length).toBeGreaterThan(10); });

  (shellcheck === undefined ? it.skip : it)(`are clean by shellcheck${shellcheck === undefined ? ' (skipped: it cannot be had here)' : ''}`, async () => {
    expect(await output(shellcheck ?? '', ['--norc', '--shell=sh', '--exclude=SC1091', '--format=gcc', ...SCRIPTS.filter(f => !f.endsWith('setup/setup.sh'))])).toBe('');
    expect(await output(shellcheck ?? '', ['--norc', '--enable=all', '--exclude=SC1091,SC2250,SC2292,SC2310,SC2312', '--format=gcc', ...SCRIPTS.filter(f => f.endsWith('setup/setup.sh'))])).toBe('');
  });
});
