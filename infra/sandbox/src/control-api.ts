import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInput, changeInput, HostError, LABEL_FILTER, parseInput, powerInput, rebuildInput, resizeInput } from './contract.js';
import type { SandboxHost } from './host.js';

export interface ControlApi {
  readonly url: string;
  /** New at each start. */
  readonly token: string;
  stop(): Promise<void>;
}

const MAX_BODY = 128 * 1024;

/** Serves the host on loopback, on the port of the last time if it is free. README.md has the requests. */
export const startControlApi = async (host: SandboxHost, folder: string): Promise<ControlApi> => {
  const token = randomBytes(32).toString('base64url');
  const server = createServer({ requestTimeout: 30_000 }, (request, response) => {
    void respond(host, token, request, response);
  });
  const portFile = join(folder, 'control-port');
  const kept = Number(await readFile(portFile, 'utf8').catch(() => '0'));
  const listen = (port: number): Promise<void> => new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  await listen(Number.isInteger(kept) && kept > 0 && kept < 65_536 ? kept : 0).catch(() => listen(0));
  const { port } = server.address() as AddressInfo;
  await writeFile(portFile, `${port}\n`, { mode: 0o600 });
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    stop: async () => {
      const closed = new Promise<void>((resolve) => { server.close(() => resolve()); });
      server.closeAllConnections();
      await closed;
    },
  };
};

interface Answer { readonly status: number; readonly body?: unknown }

const respond = async (host: SandboxHost, token: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { status, body } = await answer(host, token, request).catch(problem);
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
};

const problem = (error: unknown): Answer => error instanceof HostError
  ? { status: error.status, body: { error: { code: error.code, message: error.message } } }
  : { status: 503, body: { error: { code: 'UNAVAILABLE', message: (error as Error).message } } };

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const answer = async (host: SandboxHost, token: string, request: IncomingMessage): Promise<Answer> => {
  if (!timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token}`))) throw new HostError('UNAUTHORIZED', 'Give the token of sandbox.json; it is new after each start of Xanthus.');
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [version, noun, id, verb, ...more] = url.pathname.split('/').slice(1);
  const nothing = new HostError('NOT_FOUND', 'There is no such request.');
  if (version !== 'v1' || more.length > 0) throw nothing;
  const asked = `${request.method} ${noun}${id === undefined ? '' : '/id'}${verb === undefined ? '' : `/${verb}`}`;
  switch (asked) {
    case 'GET limits': return { status: 200, body: { ...host.limits, sandboxes: host.list().length } };
    case 'GET sandboxes': return { status: 200, body: { sandboxes: host.list({ labels: labelsOf(url.searchParams) }) } };
    case 'POST sandboxes': return { status: 201, body: { sandbox: await host.create(parseInput(createInput, await bodyOf(request))) } };
    default:
  }
  if (noun !== 'sandboxes' || id === undefined) throw nothing;
  switch (asked) {
    case 'GET sandboxes/id': return { status: 200, body: { sandbox: host.get(id) } };
    case 'PATCH sandboxes/id': return { status: 200, body: { sandbox: await host.rename(id, parseInput(changeInput, await bodyOf(request))) } };
    case 'DELETE sandboxes/id':
      await host.remove(id);
      return { status: 204 };
    case 'POST sandboxes/id/power': return { status: 202, body: { sandbox: host.power(id, parseInput(powerInput, await bodyOf(request)).action) } };
    case 'POST sandboxes/id/resize': return { status: 202, body: { sandbox: host.resize(id, parseInput(resizeInput, await bodyOf(request))) } };
    case 'POST sandboxes/id/rebuild': return { status: 202, body: { sandbox: host.rebuild(id, parseInput(rebuildInput, await bodyOf(request))) } };
    default: throw nothing;
  }
};

const labelsOf = (query: URLSearchParams): Record<string, string> => Object.fromEntries(query.getAll('label').map(text => {
  const [, key = '', value = ''] = LABEL_FILTER.exec(text) ?? [];
  if (key === '') throw new HostError('INVALID', 'label: give label=<key>=<value>.');
  return [key, value];
}));

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new HostError('TOO_LARGE', `A body has at most ${MAX_BODY / 1024} KiB.`);
    chunks.push(chunk);
  }
  try {
    return size === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    throw new HostError('INVALID', 'The body is not JSON.');
  }
};
