import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Health } from './health.js';

export interface HealthServer { readonly port: number; stop(): Promise<void> }

/** `/health` (alive), `/ready` (each dependency by name), `/metrics`: for a service that runs alone. */
export const startHealthServer = async (options: { host: string; port: number; health: Health; metrics: () => Promise<string> }): Promise<HealthServer> => {
  const server = createServer((request, response) => {
    const json = (status: number, body: unknown): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const path = (request.url ?? '').split('?')[0];
    const answer = async (): Promise<void> => {
      if (path === '/health') return json(200, { alive: true });
      if (path === '/ready') {
        const report = await options.health.report();
        return json(report.ready ? 200 : 503, report);
      }
      if (path === '/metrics') return void response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(await options.metrics());
      return json(404, { error: 'not found' });
    };
    answer().catch(() => json(500, { error: 'failed' }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(new Error(`The health endpoint cannot listen on ${options.host}:${options.port} (${error.message}). Set XANTHUS_HEALTH_PORT to a free port.`)));
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => new Promise(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
};
