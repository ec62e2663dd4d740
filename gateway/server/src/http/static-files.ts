import { existsSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';

export type StaticFiles = (request: IncomingMessage, response: ServerResponse, otherwise: () => void) => void;

/** The built console: hashed assets for ever, pages never from a cache, an unknown path without a dot is a page of the console. */
export const staticFiles = (folder: string | undefined): StaticFiles | undefined => {
  if (folder === undefined || !existsSync(join(folder, 'index.html'))) return undefined;
  let built = buildOf(folder);
  let serve = serveAll(folder);
  return (request, response, otherwise) => {
    const now = buildOf(folder);
    // A build empties the folder first; a file that is gone must not be opened.
    if (now === undefined) {
      response.writeHead(503, { 'retry-after': '2', 'content-type': 'text/plain; charset=utf-8' }).end('The console is being built; load this again in a moment.\n');
      return;
    }
    if (now !== built) {
      built = now;
      serve = serveAll(folder);
    }
    serve(request, response, otherwise);
  };
};

/** Another one after each build; undefined while there is none. */
const buildOf = (folder: string): string | undefined => {
  const times = ['', 'index.html', 'assets'].map(name => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs);
  return times[1] === undefined ? undefined : times.join();
};

const serveAll = (folder: string): StaticFiles => sirv(folder, {
  single: true,
  ignores: [/\.[^/]*$/, /^\/(?:api|ws)(?:\/|$)/],
  brotli: true,
  gzip: true,
  etag: true,
  dotfiles: false,
  setHeaders: (response, path) => response.setHeader('cache-control', path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'),
});
