import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where programs of the testbed stay between runs, outside every checkout. */
export const cacheFolder = (): string => process.env['XANTHUS_KUBERNETES_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'xanthus', 'kubernetes');

/** Why something can't be had here, in a sentence. */
export class Unavailable extends Error {}
