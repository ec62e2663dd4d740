import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../access/origins.js';
import { refuse } from '../protocol/problem.js';
import { ok, plain, text } from './answer.js';
import { bearerOf } from './caller.js';
import type { HttpContext } from './context.js';
import { timingSafeEqual } from 'node:crypto';
import type { Route } from './router.js';

/** For those who run Xanthus. */
export const operationRoutes = (context: HttpContext): Route[] => [
  { method: 'GET', path: '/health', handler: () => plain(200, { status: 'ok' }) },
  {
    method: 'GET', path: '/ready', handler: async () => {
      const report = await context.health.report();
      return plain(report.ready ? 200 : 503, report);
    },
  },
  {
    method: 'GET', path: '/metrics', handler: async ({ raw }) => {
      if (!mayReadMetrics(context, raw)) refuse('DENIED', 'Metrics are for loopback, or for the bearer of XANTHUS_METRICS_TOKEN.');
      return text('text/plain; version=0.0.4; charset=utf-8', await context.metrics.text());
    },
  },
  { method: 'GET', path: '/version', handler: () => ok({ version: context.config.XANTHUS_VERSION, node: process.version }) },
  { method: 'GET', path: '/.well-known/jwks.json', handler: () => ({ ...plain(200, context.access.jwks()), headers: { 'cache-control': 'public, max-age=60' } }) },
];

const mayReadMetrics = ({ config }: HttpContext, request: IncomingMessage): boolean => {
  const wanted = config.XANTHUS_METRICS_TOKEN;
  const given = bearerOf(request);
  if (wanted !== undefined && given !== undefined) return sameText(given, wanted);
  // Behind a proxy everybody comes from loopback.
  return isLoopback(request.socket.remoteAddress ?? '') && request.headers['x-forwarded-for'] === undefined && request.headers['forwarded'] === undefined;
};

const sameText = (a: string, b: string): boolean => {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
};
