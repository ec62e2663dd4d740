import type { IncomingMessage, ServerResponse } from 'node:http';
import { newId } from '@xanthus/kernel';
import { JSON_DEPTH } from '../gateway.config.js';
import { limit } from '../operations/context.js';
import { problem, problemOf } from '../protocol/problem.js';
import { write, writeProblem, type HttpRequest } from './answer.js';
import { auditRoutes } from './audit-routes.js';
import { authRoutes } from './auth-routes.js';
import { blobRoutes } from './blob-routes.js';
import { checkOrigin } from './caller.js';
import { cloudflareRoutes } from './cloudflare-routes.js';
import type { HttpContext } from './context.js';
import { documentRoutes } from './document-routes.js';
import { exportRoutes } from './export-routes.js';
import { fileRoutes } from './file-routes.js';
import { durableRoutes } from './durable-routes.js';
import { forwardRoutes } from '../forwards/forward-routes.js';
import { oidcRoutes } from './oidc-routes.js';
import { operationRoutes } from './operation-routes.js';
import { readBody } from './read-body.js';
import { recordingRoutes } from './recording-routes.js';
import { router } from './router.js';
import { rowRoutes } from './row-routes.js';
import { setSecurityHeaders } from './security-headers.js';
import { staticFiles } from './static-files.js';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** The whole HTTP side: routes first, then the console, else 404 in the envelope. Every failure has a code; none has a stack. */
export const httpHandler = (context: HttpContext): HttpHandler => {
  const find = router([...operationRoutes(context), ...documentRoutes(), ...authRoutes(context), ...cloudflareRoutes(context), ...oidcRoutes(context), ...durableRoutes(context), ...exportRoutes(context), ...auditRoutes(context), ...recordingRoutes(context), ...blobRoutes(context), ...fileRoutes(context), ...forwardRoutes(context, context.forwards), ...rowRoutes(context)]);
  const console = staticFiles(context.config.XANTHUS_WEB_DIR);
  return (request, response) => {
    const correlation_id = newId();
    setSecurityHeaders(response, context.secure);
    const target = request.url ?? '/';
    if (!URL.canParse(target, 'http://local')) return writeProblem(response, problem('BAD_FRAME', 'The address is not valid.'), correlation_id);
    const url = new URL(target, 'http://local');
    const method = request.method ?? 'GET';
    const found = find(method, url.pathname);
    if (found === undefined || 'methods' in found) {
      const missing = (): void => writeProblem(response, problem('NOT_FOUND', found === undefined ? 'There is nothing under this address.' : `This address takes ${found.methods.join(', ')}.`), correlation_id);
      const page = (method === 'GET' || method === 'HEAD') && found === undefined && console !== undefined;
      return page ? console(request, response, missing) : missing();
    }
    void serve(context, { request, response, correlation_id, url, method }, found);
  };
};

interface Exchange { readonly request: IncomingMessage; readonly response: ServerResponse; readonly correlation_id: string; readonly url: URL; readonly method: string }
type Found = Exclude<ReturnType<ReturnType<typeof router>>, undefined | { methods: readonly string[] }>;

const serve = async (context: HttpContext, { request, response, correlation_id, url, method }: Exchange, { route, params }: Found): Promise<void> => {
  const started = performance.now();
  const asked: HttpRequest = { raw: request, method, path: url.pathname, query: url.searchParams, params, correlation_id, body: () => readBody(request, JSON_DEPTH) };
  try {
    const exceeded = context.quotas.request(context.device(request).network || undefined, url.pathname.startsWith('/api/auth/'));
    if (exceeded !== undefined) limit(context, 'RATE_LIMITED', exceeded);
    if (method !== 'GET' && method !== 'HEAD') checkOrigin(context.origins, request, false);
    await write(response, await route.handler(asked), correlation_id);
  } catch (error) {
    const why = problemOf(error);
    if (why.code === 'TOO_LARGE') context.metrics.refused(String((why.details as { readonly limit?: string } | undefined)?.limit ?? 'contract'));
    if (why.code === 'INTERNAL') context.log.error({ err: error, route: route.path, correlation_id }, 'a request failed');
    writeProblem(response, why, correlation_id);
  }
  context.metrics.http(`${route.method} ${route.path}`, response.statusCode, performance.now() - started);
};
