import { lstat, mkdir, readlink, realpath, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What bubblewrap mounts so that this machine's programs work inside: `/usr`, and the old places, which are links into it or folders. */
export const systemFolders = async (rootFolder: string): Promise<string[]> => {
  const mounts = ['--ro-bind', '/usr', '/usr'];
  for (const path of ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']) {
    const found = await lstat(path).catch(() => undefined);
    if (found?.isSymbolicLink()) await symlink(await readlink(path), join(rootFolder, path)).catch(() => undefined); // there since the last start
    else if (found?.isDirectory()) {
      await mkdir(join(rootFolder, path), { recursive: true });
      mounts.push('--ro-bind', path, path);
    }
  }
  return mounts;
};

/** A program that was fetched lies in the user's cache, which the inside does not see. */
const ofTheSystem = (path: string): boolean => /^\/(usr|bin|sbin)\//.test(path);

/** Where the inside finds sshd, and what must be mounted at `at` for that. */
export const sshdInside = async (sshd: string, at: string): Promise<{ readonly path: string; readonly mounts: string[] }> => ofTheSystem(sshd)
  ? { path: sshd, mounts: [] }
  : { path: `${at}/${basename(sshd)}`, mounts: ['--ro-bind', dirname(await realpath(sshd)), at] };
