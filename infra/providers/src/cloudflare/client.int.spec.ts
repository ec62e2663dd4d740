import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cloudflareClient } from './client.js';

const seen: IncomingHttpHeaders[] = [];
let server: Server;
let baseUrl: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(500, { 'content-type': 'application/json' }).end('{"success":false,"errors":[],"messages":[],"result":null}');
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => { server.closeAllConnections(); server.close(); });

const ENVIRONMENT = { CLOUDFLARE_API_KEY: 'k'.repeat(37), CLOUDFLARE_EMAIL: 'other@example.com', CLOUDFLARE_API_USER_SERVICE_KEY: 'v1.0-x', CLOUDFLARE_API_TOKEN: 'other-token', CLOUDFLARE_BASE_URL: 'https://elsewhere.example' };

it('takes nothing from the environment, and repeats nothing by itself', async () => {
  Object.assign(process.env, ENVIRONMENT);
  await expect(cloudflareClient({ token: 'mine', baseUrl }).user.tokens.verify()).rejects.toMatchObject({ status: 500 });
  for (const name of Object.keys(ENVIRONMENT)) delete process.env[name];
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({ authorization: 'Bearer mine' });
  expect(Object.keys(seen[0] ?? {}).filter(name => name.startsWith('x-auth'))).toEqual([]);
});
