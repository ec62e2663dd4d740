import type { IncomingMessage } from 'node:http';
import type { RawData, WebSocket } from 'ws';
import { Connection } from '../connection/connection.js';
import { bearerOf } from '../http/caller.js';
import { authenticate } from '../operations/authenticate.js';
import type { GatewayContext } from '../operations/context.js';
import { receive } from '../operations/receive.js';
import type { Accept } from './socket.gateway.js';

/** A new socket becomes a connection. With a bearer token at the upgrade it need not send `auth`. */
export const acceptor = (context: GatewayContext): Accept => (ws: WebSocket, request: IncomingMessage) => {
  const connection = new Connection(ws, request.socket, context.hub);
  context.hub.add(connection);
  ws.on('message', (data: RawData, binary: boolean) => receive(context, connection, bytesOf(data), binary));
  ws.on('pong', () => { connection.heardAt = context.hub.now(); });
  ws.on('close', (code: number) => context.metrics.closed(code));
  // A frame that breaks RFC 6455 or is far too large: ws closes with the code of that, there is nobody to tell.
  ws.on('error', error => context.log.debug({ connection: connection.id, err: error }, 'a socket failed'));
  const token = bearerOf(request);
  if (token !== undefined) void authenticate(context, connection, token);
};

const bytesOf = (data: RawData): Buffer => (Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data));
