import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { staticFiles } from './static-files.js';

let folder: string;
let server: Server;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'xanthus-web-')); });
afterEach(async () => {
  server?.close();
  server?.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

const build = async (asset: string): Promise<void> => {
  await mkdir(join(folder, 'assets'), { recursive: true });
  await writeFile(join(folder, 'assets', asset), '1');
  await writeFile(join(folder, 'index.html'), `<script src="/assets/${asset}"></script>`);
};
const get = async (path: string): Promise<{ status: number; text: string; cache: string | null }> => {
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  return { status: response.status, text: await response.text(), cache: response.headers.get('cache-control') };
};

it('serves the newest build, and says so while there is none', async () => {
  await build('a-1.js');
  const serve = staticFiles(folder);
  server = createServer((request, response) => serve?.(request, response, () => response.writeHead(404).end()));
  await new Promise<void>(done => { server.listen(0, '127.0.0.1', done); });
  expect(await get('/assets/a-1.js')).toMatchObject({ status: 200, cache: expect.stringContaining('immutable') });
  expect(await get('/servers/x')).toMatchObject({ status: 200, text: expect.stringContaining('a-1.js'), cache: 'no-cache' });

  await rm(join(folder, 'assets'), { recursive: true });
  await rm(join(folder, 'index.html'));
  expect(await get('/assets/a-1.js')).toMatchObject({ status: 503 });
  expect(await get('/')).toMatchObject({ status: 503, text: expect.stringContaining('load this again') });

  await build('a-2.js');
  expect(await get('/assets/a-2.js')).toMatchObject({ status: 200 });
  expect(await get('/assets/a-1.js')).toMatchObject({ status: 404 });
  expect(await get('/')).toMatchObject({ status: 200, text: expect.stringContaining('a-2.js') });
});

it('has nothing to serve where nothing was built', () => expect(staticFiles(folder)).toBeUndefined());
