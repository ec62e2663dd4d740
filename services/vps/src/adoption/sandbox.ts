import { readFile } from 'node:fs/promises';
import { hostKey } from '@xanthus/proto/vps';
import { z } from 'zod';

/** What the launcher writes about the server to play with. The port may change when Xanthus starts again. */
const description = z.object({
  host: z.string(),
  port: z.int().min(1).max(65_535),
  user: z.string(),
  private_key_file: z.string(),
  host_key: hostKey,
});
export type Sandbox = z.infer<typeof description>;

/** Read anew each time: the launcher may write it after we started. */
export const readSandbox = async (file: string | undefined): Promise<Sandbox | undefined> => {
  if (file === undefined) return undefined;
  try {
    return description.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
};
