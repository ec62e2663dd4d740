import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { executable, onPath } from './on-path.js';
import { run } from './run.js';

export interface UnpackedPackage {
  /** Name of the program, and of its link in the cache. */
  program: string;
  package: string;
  /** Packages beside it that it can't do without. */
  also?: string[];
  /** Path of the program inside the package. */
  inside: string;
  /** Options that the program needs where its package is not installed, if the file is there. */
  options?: { file: string; option: string }[];
}

/**
 * Unpacks a Debian package and the libraries that this machine lacks into the cache, instead of installing them: that needs no root, and starts no
 * service (openssh-server would open port 22). The machine's own apt sources are used with a private state; apt checks their signatures.
 */
export async function unpackPackage(wanted: UnpackedPackage, o: { cache: string; progress(line: string): void }): Promise<{ path: string } | { why: string }> {
  const [apt, aptCache, dpkg, query] = await Promise.all([['apt-get'], ['apt-cache'], ['dpkg-deb'], ['dpkg-query']].map(onPath));
  if (!apt || !aptCache || !dpkg || !query) return { why: 'there is no apt here to fetch it with' };
  o.progress(`fetching ${wanted.package} …`);
  await mkdir(o.cache, { recursive: true });
  const work = await mkdtemp(join(o.cache, '.fetch-'));
  try {
    for (const part of ['state/lists/partial', 'cache/archives/partial', 'debs', 'root']) await mkdir(join(work, part), { recursive: true });
    const options = [
      '-q', '-o', `Dir::State=${join(work, 'state')}`, '-o', `Dir::Cache=${join(work, 'cache')}`, '-o', 'Dir::State::status=/var/lib/dpkg/status', '-o', 'APT::Sandbox::User=',
      '-o', 'Acquire::Languages=none', '-o', 'Acquire::Retries=3',
    ];
    const failed = (what: string, output: string): { why: string } => ({ why: `${what}: ${output.split('\n').map(l => l.trim()).filter(l => /^[EW]:/.test(l)).at(-1) ?? 'no message'}` });
    const updated = await run(apt, [...options, 'update']);
    if (updated.code !== 0) return failed('apt-get update failed', updated.output);

    const needed = await run(aptCache, [...options, 'depends', '--recurse', '--no-recommends', '--no-suggests', '--no-conflicts', '--no-breaks', '--no-replaces', '--no-enhances', wanted.package]);
    const installed = new Set((await run(query, ['-W', '-f', '${Package} ${db:Status-Status}\n'])).output.split('\n').filter(l => l.endsWith(' installed')).map(l => l.split(' ')[0]));
    const libraries = needed.output.split('\n').filter(l => /^lib[a-z0-9]/.test(l)).map(l => l.trim()).filter(l => !installed.has(l));
    const download = (...names: string[]) => run(apt, [...options, 'download', ...names], { cwd: join(work, 'debs') });
    const got = await download(wanted.package, ...(wanted.also ?? []));
    if (got.code !== 0) return failed(`apt-get could not download ${wanted.package}`, got.output);
    // One that is only a name for others makes apt-get refuse all of them at once.
    if (libraries.length > 0 && (await download(...libraries)).code !== 0) for (const library of libraries) await download(library);

    const root = join(work, 'root');
    for (const file of await readdir(join(work, 'debs'))) {
      const done = await run(dpkg, ['-x', join(work, 'debs', file), root]);
      if (done.code !== 0) return { why: `${file} could not be unpacked` };
    }
    if (!(await executable(join(root, wanted.inside)))) return { why: `the package ${wanted.package} holds no ${wanted.inside}` };
    await writeFile(join(root, wanted.program), wrapper(wanted), { mode: 0o755 });

    const kept = join(o.cache, 'packages', wanted.package);
    await mkdir(dirname(kept), { recursive: true });
    await rm(kept, { recursive: true, force: true });
    await rename(root, kept);
    const link = join(work, wanted.program);
    await symlink(join(kept, wanted.program), link);
    await rename(link, join(o.cache, wanted.program));
    return { path: join(o.cache, wanted.program) };
  } catch (error) {
    return { why: `it could not be kept in ${o.cache}: ${(error as Error).message}` };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Finds its libraries beside itself, wherever the folder is (the sandbox sees it in another place). */
const wrapper = (wanted: UnpackedPackage): string => `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
for folder in "$here"/lib/*-linux-gnu* "$here"/usr/lib/*-linux-gnu*; do
  [ -d "$folder" ] && LD_LIBRARY_PATH="$folder\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
done
export LD_LIBRARY_PATH
${(wanted.options ?? []).map(o => `[ -e "$here/${o.file}" ] && set -- "$@" -o "${o.option}=$here/${o.file}"`).join('\n')}
exec "$here/${wanted.inside}" "$@"
`;
