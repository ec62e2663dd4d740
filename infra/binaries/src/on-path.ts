import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Folders outside many users' PATH in which system packages put servers. */
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin', '/opt/homebrew/bin', '/opt/homebrew/sbin'];

export const executable = (path: string): Promise<boolean> => access(path, constants.X_OK).then(() => true, () => false);

/** The first executable of one of these names on the PATH or in the system's folders. */
export async function onPath(names: string[]): Promise<string | undefined> {
  const folders = [...new Set([...(process.env.PATH ?? '').split(delimiter).filter(f => f.startsWith('/')), ...systemFolders])];
  for (const name of names) for (const folder of folders) if (await executable(join(folder, name))) return join(folder, name);
  return undefined;
}
