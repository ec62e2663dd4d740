import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { accountRoutes } from './accounts.routes.js';
import { certificateRoutes } from './certificates.routes.js';
import { dnsRecordRoutes } from './dns-records.routes.js';
import { pageRuleRoutes } from './page-rules.routes.js';
import { rulesetRoutes } from './rulesets.routes.js';
import { bearer, noRoute, usable } from './access.js';
import { ApiRefusal, envelope, refusalEnvelope, type Answer } from './answer.js';
import { faultList, type Fault } from './faults.js';
import { kvRoutes } from './kv.routes.js';
import { rateLimiter } from './rate-limit.js';
import { routeOf } from './route.js';
import type { State } from './state.js';
import { tokenRoutes, verify } from './tokens.routes.js';
import { zoneRoutes } from './zones.routes.js';

const PREFIX = '/client/v4';
const MAX_BODY = 100 * 1024 * 1024;
const find = routeOf([...tokenRoutes, ...accountRoutes, ...kvRoutes, ...zoneRoutes, ...dnsRecordRoutes, ...certificateRoutes, ...pageRuleRoutes, ...rulesetRoutes]);

/** What was asked of the emulator, without credentials: for specs that count calls. `path` has no query. */
export interface SeenRequest { readonly method: string; readonly path: string; readonly query: string; readonly status: number; readonly at: number }

export const serve = async (state: State) => {
  const faults = faultList();
  const limiter = rateLimiter(state.now);
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    void handle(request, response).catch(() => response.destroy());
  });

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://emulator');
    const method = request.method ?? 'GET';
    const path = url.pathname.startsWith(`${PREFIX}/`) ? url.pathname.slice(PREFIX.length) : '';
    const note = (status: number): void => { seen.push({ method, path, query: url.search, status, at: state.now() }); };
    const body = await bodyOf(request);
    const fault = faults.next(method, path);
    await fault?.held;
    if (fault?.delay) await new Promise(done => setTimeout(done, fault.delay));
    if (fault?.cut === 'before') { note(0); request.socket.destroy(); return; }
    if (fault?.hang) { note(0); return; }
    if (fault?.status !== undefined) { note(fault.status); outage(response, fault); return; }
    let headers: Record<string, string> = {};
    try {
      const value = bearer(request.headers.authorization);
      headers = limiter.take(state.tokens.get(value)?.user ?? 'unknown');
      const answer = await answerOf(value, method, path, url, body, request.headers['content-type'] ?? '');
      if (fault?.cut === 'after') { note(0); request.socket.destroy(); return; }
      note('bytes' in answer ? 200 : answer.status ?? 200);
      send(response, answer, headers);
    } catch (error) {
      const refusal = error instanceof ApiRefusal ? error : new ApiRefusal(500, [{ code: 10001, message: `emulator: ${(error as Error).message}` }]);
      note(refusal.status);
      sendJson(response, refusal.status, refusalEnvelope(refusal), { ...headers, ...refusal.headers });
    }
  };

  const answerOf = async (value: string, method: string, path: string, url: URL, body: Buffer, contentType: string): Promise<Answer> => {
    if (path === '') return noRoute(url.pathname);
    const [, account] = /^\/accounts\/([0-9a-f]{32})\/tokens\/verify$/.exec(path) ?? [];
    if (method === 'GET' && (path === '/user/tokens/verify' || account !== undefined)) return verify(state, value, account);
    const token = usable(state, value);
    const { route, params } = find(method, path);
    return route.handle({ state, token, path, params, query: url.searchParams, body, contentType });
  };

  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    port, url: `http://127.0.0.1:${port}${PREFIX}`, faults, limiter, seen,
    stop: () => new Promise<void>(done => {
      server.close(() => done());
      server.closeAllConnections();
    }),
  };
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= MAX_BODY) parts.push(part);
  }
  return Buffer.concat(parts);
};

const send = (response: ServerResponse, answer: Answer, headers: Record<string, string>): void => {
  if (!('bytes' in answer)) return sendJson(response, answer.status ?? 200, envelope(answer), headers);
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': answer.bytes.byteLength, ...headers, ...answer.headers });
  response.end(answer.bytes);
};

const sendJson = (response: ServerResponse, status: number, body: object, headers: Record<string, string>): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'cf-ray': '8f0000000000d0d0-EMU', ...headers });
  response.end(JSON.stringify(body));
};

/** An outage comes from in front of the API: a page, not the envelope. Only 429 keeps it. */
const outage = (response: ServerResponse, fault: Fault): void => {
  const retry: Record<string, string> = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
  const status = fault.status ?? 502;
  if (status === 429) return sendJson(response, 429, refusalEnvelope(new ApiRefusal(429, [{ code: 971, message: 'Please wait and consider throttling your request speed' }])), retry);
  response.writeHead(status, { 'content-type': 'text/html; charset=UTF-8', 'cf-ray': '8f0000000000d0d0-EMU', ...retry });
  response.end(`<!DOCTYPE html><title>api.cloudflare.com | ${status}</title><h1>Error ${status}</h1>`);
};
