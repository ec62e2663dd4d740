import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where fetched programs stay between runs: `XANTHUS_BIN_DIR`, else the user's cache folder. */
export function cacheFolder(): string {
  return process.env.XANTHUS_BIN_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'xanthus', 'bin');
}
