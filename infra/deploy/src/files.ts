/** Key files: mode 0600 in folders of mode 0700, written whole or not at all. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

export const ensureFolder = async (path: string): Promise<void> => {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
};

export const readText = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Through a new file and a rename, so that a crash never leaves half a key. */
export const writePrivate = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
};

/** What the file holds, or what `make` gives: written first. */
export const readOrMake = async (path: string, make: () => string): Promise<string> => {
  const found = await readText(path);
  if (found !== undefined && found.trim() !== '') return found.trim();
  const made = make();
  await writePrivate(path, `${made}\n`);
  return made;
};
