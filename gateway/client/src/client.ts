import type { Client, ConnectOptions } from './types.js';

/** Resolves at `hello` and the first `cap_update`. */
export const connect = (options: ConnectOptions): Promise<Client> => Promise.reject(new Error(`not yet: ${options.url}`));
