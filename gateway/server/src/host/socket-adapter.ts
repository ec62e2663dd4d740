import type { IncomingMessage } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { SUB_PROTOCOL } from '@xanthus/proto';
import type { Origins } from '../access/origins.js';

interface Verified { (accepted: boolean, status?: number, message?: string, headers?: Record<string, string>): void }

/** Why an upgrade is refused; `retryAfter` in seconds. */
export interface Refusal { readonly status: 401 | 403 | 429 | 503; readonly message: string; readonly retryAfter?: number }

/**
 * Nest's `ws` adapter as the host only: it does the upgrade and tells of each connection. Frames never pass through Nest,
 * so no handlers are bound. What may not connect is refused before the upgrade.
 */
export class SocketAdapter extends WsAdapter {
  constructor(app: INestApplicationContext, private readonly options: { readonly origins: Origins; readonly maxPayload: number; /** May it connect? Undefined: yes. Never rejects. */ admit(request: IncomingMessage): Promise<Refusal | undefined> | Refusal | undefined }) {
    super(app);
  }

  override create(port: number, given: Record<string, unknown> & { namespace?: string; server?: unknown; path?: string }): unknown {
    return super.create(port, {
      ...given,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: this.options.maxPayload,
      handleProtocols: (offered: ReadonlySet<string>) => (offered.has(SUB_PROTOCOL) ? SUB_PROTOCOL : false),
      verifyClient: ({ req }: { req: IncomingMessage }, done: Verified) => this.verify(req, done),
    });
  }

  override bindMessageHandlers(): void {}
  override bindClientDisconnect(): void {}

  override async close(server: { close(done: () => void): void }): Promise<void> {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  private verify(request: IncomingMessage, done: Verified): void {
    const { origin, cookie } = request.headers;
    const offered = request.headers['sec-websocket-protocol'];
    if (origin === undefined ? cookie !== undefined : !this.options.origins.allows(origin)) return done(false, 403, 'This origin may not connect');
    if (offered !== undefined && !offered.split(',').some(name => name.trim() === SUB_PROTOCOL)) return done(false, 400, `The sub-protocol is ${SUB_PROTOCOL}`);
    void this.admit(request, done);
  }

  private async admit(request: IncomingMessage, done: Verified): Promise<void> {
    const refused = await this.options.admit(request);
    if (refused === undefined) done(true);
    else done(false, refused.status, refused.message, refused.retryAfter === undefined ? {} : { 'Retry-After': String(refused.retryAfter) });
  }
}
