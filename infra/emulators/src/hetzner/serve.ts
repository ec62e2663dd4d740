import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { actionRoutes } from './actions.routes.js';
import type { Actions } from './actions.js';
import { ApiRefusal, invalid, refusalBody, refuse, statusFor, type Answer } from './answer.js';
import { catalogueRoutes } from './catalogue.routes.js';
import { faultList, type Fault } from './faults.js';
import { rateLimiter } from './rate-limit.js';
import { routeOf } from './route.js';
import { serverActionRoutes } from './server-actions.routes.js';
import { serverRoutes } from './servers.routes.js';
import { sshKeyRoutes } from './ssh-keys.routes.js';
import type { Project, State, Token } from './state.js';

const PREFIX = '/v1';
const MAX_BODY = 1024 * 1024;
export const ROUTES = [...serverRoutes, ...serverActionRoutes, ...actionRoutes, ...sshKeyRoutes, ...catalogueRoutes];
const find = routeOf(ROUTES);

/** What was asked of the emulator, without credentials. `path` has no query; `status` 0: no answer. */
export interface SeenRequest { readonly method: string; readonly path: string; readonly query: string; readonly status: number; readonly at: number }
/** What was answered, for specs that hold it against the document. */
export interface SeenAnswer { readonly route: string; readonly status: number; readonly body: unknown }

const tokenOf = (state: State, header: string | undefined): Token => {
  const [, value] = /^Bearer +(\S+)$/i.exec(header ?? '') ?? [];
  const token = value === undefined ? undefined : state.tokens.get(value);
  return token && !token.revoked ? token : refuse('unauthorized', 'unable to authenticate');
};

export const serve = async (state: State, actions: Actions, port = 0) => {
  const faults = faultList();
  const limiter = rateLimiter(state.now);
  const seen: SeenRequest[] = [];
  const answered: SeenAnswer[] = [];
  const server = createServer((request, response) => { void handle(request, response).catch(() => response.destroy()); });

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://emulator');
    const method = request.method ?? 'GET';
    const path = url.pathname.startsWith(`${PREFIX}/`) ? url.pathname.slice(PREFIX.length) : '';
    const note = (status: number): void => { seen.push({ method, path, query: url.search, status, at: state.now() }); };
    const body = await bodyOf(request);
    const fault = faults.next(method, path);
    if (fault?.delay) await new Promise(done => setTimeout(done, fault.delay));
    if (fault?.cut === 'before') { note(0); request.socket.destroy(); return; }
    if (fault?.hang === 'before') { note(0); return; }
    if (fault?.status !== undefined && fault.code === undefined) { note(fault.status); page(response, fault.status, fault); return; }
    let headers: Record<string, string> = {};
    const found = find(method, path);
    const route = typeof found === 'object' ? `${found.route.method} ${found.route.path}` : '';
    const give = (status: number, value: object | undefined, more: Readonly<Record<string, string>> = {}): void => {
      note(status);
      if (route !== '') answered.push({ route, status, body: value });
      const shown = fault?.garbage === 'shape' ? { answer: 42 } : value;
      send(response, status, fault?.garbage === 'text' ? 'OK' : shown === undefined ? undefined : JSON.stringify(shown), { ...headers, ...more });
    };
    try {
      const token = tokenOf(state, request.headers.authorization);
      headers = limiter.take(token.project);
      if (fault?.code !== undefined) throw new ApiRefusal(fault.status ?? statusFor(fault.code), fault.code, fault.message ?? fault.code.replaceAll('_', ' '), null, retry(fault));
      const answer = await answerOf(token, method, found, url.searchParams, body);
      if (fault?.cut === 'after') { note(0); request.socket.destroy(); return; }
      if (fault?.hang === 'after') { note(0); return; }
      give(answer.status, answer.body);
    } catch (error) {
      const refusal = error instanceof ApiRefusal ? error : new ApiRefusal(500, 'server_error', `emulator: ${(error as Error).message}`);
      give(refusal.status, refusalBody(refusal), refusal.headers);
    }
  };

  const answerOf = async (token: Token, method: string, found: ReturnType<typeof find>, query: URLSearchParams, raw: Buffer): Promise<Answer> => {
    if (found === undefined) return refuse('not_found', 'path not found');
    if (found === 'other') return refuse('method_not_allowed', 'method not allowed');
    if (token.access === 'read' && method !== 'GET') return refuse('token_readonly', 'token is only allowed to perform GET requests');
    const { route, contract, params } = found;
    const wrong = contract.parameters(params, query);
    if (wrong.length > 0) return invalid(wrong);
    const body = contract.takesBody ? bodyIn(raw) : undefined;
    const problems = contract.takesBody ? contract.body(body) : [];
    if (problems.length > 0) return invalid(problems);
    const project = state.projects.get(token.project) as Project;
    return route.handle({ state, project, actions, params, query, body });
  };

  await new Promise<void>((done, fail) => { server.once('error', fail); server.listen(port, '127.0.0.1', done); });
  const { port: bound } = server.address() as AddressInfo;
  return {
    port: bound, url: `http://127.0.0.1:${bound}${PREFIX}`, faults, limiter, seen, answered,
    stop: () => new Promise<void>(done => { server.close(() => done()); server.closeAllConnections(); }),
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

const bodyIn = (raw: Buffer): unknown => {
  if (raw.length === 0) return {};
  try { return JSON.parse(raw.toString('utf8')); } catch { return refuse('json_error', 'invalid JSON'); }
};

const send = (response: ServerResponse, status: number, text: string | undefined, headers: Readonly<Record<string, string>>): void => {
  response.writeHead(status, { ...(text !== undefined && { 'content-type': 'application/json' }), 'x-correlation-id': 'emulator', ...headers });
  response.end(text);
};

const retry = (fault: Fault): Record<string, string> => (fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) });

/** From in front of the API: a page. */
const page = (response: ServerResponse, status: number, fault: Fault): void => {
  response.writeHead(status, { 'content-type': 'text/html; charset=UTF-8', ...retry(fault) });
  response.end(`<!DOCTYPE html><title>${status}</title><h1>Hetzner Online GmbH</h1><p>Error ${status}`);
};
