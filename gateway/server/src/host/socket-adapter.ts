import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { INestApplicationContext } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Origins } from '../access/origins.js';
import { offeredBy, type UpgradeRoutes } from './upgrade-routes.js';

interface Verified { (accepted: boolean, status?: number, message?: string, headers?: Record<string, string>): void }

/** Why an upgrade is refused; `retryAfter` in seconds. */
export interface Refusal { readonly status: 401 | 403 | 429 | 503; readonly message: string; readonly retryAfter?: number }

export interface SocketOptions {
  readonly origins: Origins;
  readonly routes: UpgradeRoutes;
  readonly maxPayload: number;
  /** May it connect? Undefined: yes. Never rejects. */
  admit(request: IncomingMessage): Promise<Refusal | undefined> | Refusal | undefined;
  /** Takes an upgrade that is not for us; false: it is. */
  elsewhere(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
}

/**
 * Nest's `ws` adapter as the host only: it does the upgrade and tells of each connection. Frames never pass through Nest,
 * so no handlers are bound. What may not connect is refused before the upgrade.
 */
export class SocketAdapter extends WsAdapter {
  constructor(app: INestApplicationContext, private readonly options: SocketOptions) {
    super(app);
  }

  override create(port: number, given: Record<string, unknown> & { namespace?: string; server?: unknown; path?: string }): unknown {
    return super.create(port, {
      ...given,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: this.options.maxPayload,
      handleProtocols: (offered: ReadonlySet<string>, request: IncomingMessage) => this.options.routes.find(request)?.protocols.find(p => offered.has(p)) ?? false,
      verifyClient: ({ req }: { req: IncomingMessage }, done: Verified) => this.verify(req, done),
    });
  }

  override bindMessageHandlers(): void {}
  override bindClientDisconnect(): void {}

  override async close(server: { close(done: () => void): void }): Promise<void> {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Nest knows one path per server and cuts off whoever asks for another; here addresses have parameters, and an unknown one is told. */
  protected override ensureHttpServerExists(port: number, httpServer: Server): Server {
    if (this.httpServersRegistry.has(port)) return httpServer;
    this.httpServersRegistry.set(port, httpServer);
    httpServer.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (this.options.elsewhere(request, socket, head)) return;
      const [server] = (this.wsServersRegistry.get(port) ?? []) as WebSocketServer[];
      if (server === undefined || this.options.routes.find(request) === undefined) return notFound(socket);
      server.handleUpgrade(request, socket, head, (ws: WebSocket) => server.emit('connection', ws, request));
    });
    return httpServer;
  }

  private verify(request: IncomingMessage, done: Verified): void {
    const { origin, cookie } = request.headers;
    const { protocols = [] } = this.options.routes.find(request) ?? {};
    if (origin === undefined ? cookie !== undefined : !this.options.origins.allows(origin)) return done(false, 403, 'This origin may not connect');
    if (offeredBy(request)?.some(name => protocols.includes(name)) === false) return done(false, 400, `The sub-protocol is ${protocols.join(' or ')}`);
    void this.admit(request, done);
  }

  private async admit(request: IncomingMessage, done: Verified): Promise<void> {
    const refused = await this.options.admit(request);
    if (refused === undefined) done(true);
    else done(false, refused.status, refused.message, refused.retryAfter === undefined ? {} : { 'Retry-After': String(refused.retryAfter) });
  }
}

const notFound = (socket: Duplex): void => {
  socket.on('error', () => {});
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
};
