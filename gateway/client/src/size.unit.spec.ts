import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

const BUDGET = 12 * 1_024;

let dir: string;
beforeAll(async () => { dir = await mkdtemp(join(tmpdir(), 'xanthus-size-')); });
afterAll(async () => { await rm(dir, { recursive: true, force: true }); });

it('is small, and brings no zod into a page', async () => {
  // Its own process: jest's modules live in another realm than the bundler's native part.
  const cli = join(dirname(createRequire(import.meta.url).resolve('rolldown/package.json')), 'bin', 'cli.mjs');
  const out = join(dir, 'client.js');
  await promisify(execFile)(process.execPath, [cli, join(import.meta.dirname, 'index.ts'), '--format', 'esm', '--platform', 'browser', '--minify', '-o', out]);
  const code = await readFile(out, 'utf8');
  expect(code).toContain('cap_update');
  expect(code).not.toContain('_zod');
  expect(gzipSync(code).length).toBeLessThan(BUDGET);
}, 20_000);
