import { readFile } from 'node:fs/promises';

/** Bytes of a file of a server that runs; none if the server has renamed or removed it since it was listed. */
export const readStored = async (path: string): Promise<Buffer> => {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
};
