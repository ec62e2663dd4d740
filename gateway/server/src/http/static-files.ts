import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';

export type StaticFiles = (request: IncomingMessage, response: ServerResponse, otherwise: () => void) => void;

/** The built console: hashed assets for ever, pages never from a cache, an unknown path without a dot is a page of the console. */
export const staticFiles = (folder: string | undefined): StaticFiles | undefined => {
  if (folder === undefined || !existsSync(join(folder, 'index.html'))) return undefined;
  return sirv(folder, {
    single: true,
    ignores: [/\.[^/]*$/, /^\/(?:api|ws)(?:\/|$)/],
    brotli: true,
    gzip: true,
    etag: true,
    dotfiles: false,
    setHeaders: (response, path) => response.setHeader('cache-control', path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'),
  });
};
