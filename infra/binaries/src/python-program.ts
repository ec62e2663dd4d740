import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.js';
import { executable } from './on-path.js';
import { run, type Outcome } from './run.js';
import { findPip } from './wheel.js';

export interface PythonProgram {
  /** Runs a module with arguments, as `python -m` does. */
  run(module: string, args: readonly string[], o?: { readonly cwd?: string }): Promise<Outcome>;
}

/**
 * A program in Python, with everything that it needs, in the cache: fetched once with the machine's own pip and index.
 * @param requirements lines as pip reads them; each pinned, with the hash of every file that we vouch for
 */
export const fetchPythonProgram = async (name: string, requirements: readonly string[], o: { readonly cache?: string } = {}): Promise<PythonProgram | { readonly why: string }> => {
  const pip = await findPip();
  if (pip === undefined || pip.args.length === 0) return { why: `there is no Python with pip here to fetch ${name} with` };
  const python = pip.file;
  const text = `${requirements.join('\n')}\n`;
  const version = (await run(python, ['--version'], { timeoutMs: 30_000 })).output.trim();
  const parent = join(o.cache ?? cacheFolder(), 'python');
  const kept = join(parent, `${name}-${createHash('sha256').update(`${version}\n${text}`).digest('hex').slice(0, 16)}`);
  if (!(await executable(kept))) {
    await mkdir(parent, { recursive: true });
    const work = await mkdtemp(join(parent, '.fetch-'));
    try {
      await writeFile(join(work, 'requirements.txt'), text);
      const target = join(work, 'packages');
      const done = await run(python, [...pip.args, 'install', '--quiet', '--no-input', '--no-deps', '--only-binary=:all:', '--require-hashes', '--target', target, '-r', join(work, 'requirements.txt')], { timeoutMs: 180_000 });
      if (done.code !== 0) return { why: `pip could not fetch ${name}: ${done.output.trim().split('\n').at(-1)}` };
      await rename(target, kept).catch(async (error: unknown) => { // another process was as quick as we
        if (!(await executable(kept))) throw error;
      });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  return { run: (module, args, { cwd } = {}) => run(python, ['-m', module, ...args], { timeoutMs: 60_000, env: { PATH: process.env.PATH, PYTHONPATH: kept }, ...(cwd === undefined ? {} : { cwd }) }) };
};
