import type { IncomingMessage } from 'node:http';
import { CLOSE_CODES } from '@xanthus/proto';
import type { RawData, WebSocket } from 'ws';
import { Connection } from '../connection/connection.js';
import { accessCookie, bearerOf } from '../http/caller.js';
import { authenticate, enter, enterByCookie } from '../operations/authenticate.js';
import type { GatewayContext } from '../operations/context.js';
import { receive } from '../operations/receive.js';
import { problem } from '../protocol/problem.js';
import type { Accept } from './socket.gateway.js';

/** A client that has said nothing for so long begins with its cookie, ms. */
const SILENCE_MS = 300;

/**
 * A new socket becomes a connection. With a bearer token at the upgrade, or the cookie of a page of ours (its origin was checked), it need not
 * send `auth`; the cookie only counts if the client does not begin with `auth`, which may be for somebody else.
 */
export const acceptor = (context: GatewayContext, addressOf: (request: IncomingMessage) => string | undefined) => (ws: WebSocket, request: IncomingMessage): Connection => {
  const connection = new Connection(ws, request.socket, context.hub, addressOf(request));
  sayWhy(context, ws, connection);
  context.hub.add(connection);
  if (context.drain.active) connection.end(CLOSE_CODES.DRAINING, problem('DRAINING'));
  ws.on('message', (data: RawData, binary: boolean) => receive(context, connection, bytesOf(data), binary));
  ws.on('pong', () => { connection.heardAt = context.hub.now(); });
  ws.on('close', (code: number) => context.metrics.closed(code));
  ws.on('error', error => context.log.debug({ connection: connection.id, err: error }, 'a socket failed'));
  const token = bearerOf(request);
  if (token !== undefined) void enter(connection, authenticate(context, connection, token));
  else if (request.headers.origin !== undefined) waitForCookie(context, connection, accessCookie(request));
  return connection;
};

/** Before `ws` closes a connection that breaks RFC 6455 or sends something far too large, the client is told why. */
export const sayWhy = (context: GatewayContext, ws: WebSocket, connection: Connection): void => {
  const close = ws.close.bind(ws);
  ws.close = (code, reason) => {
    const known = code === undefined ? undefined : BROKEN[code];
    if (known === undefined || !connection.open) return close(code, reason);
    if (known === 'TOO_LARGE') context.metrics.refused('frame_bytes');
    connection.end(CLOSE_CODES.BAD_PROTOCOL, problem(known, known === 'TOO_LARGE' ? `A frame has at most ${context.hub.limits.frame_bytes} bytes.` : 'This is not the WebSocket protocol.'));
  };
};
/** Close codes of `ws` for what it cannot read. */
const BROKEN: Readonly<Record<number, 'BAD_FRAME' | 'TOO_LARGE'>> = { 1002: 'BAD_FRAME', 1003: 'BAD_FRAME', 1007: 'BAD_FRAME', 1008: 'TOO_LARGE', 1009: 'TOO_LARGE' };

/**
 * `/ws/status` of before version 1: a connection like any other, to which the servers of the tenant are told without being asked.
 */
export const statusAcceptor = (context: GatewayContext, accept: (ws: WebSocket, request: IncomingMessage) => Connection): Accept => (ws, request) => {
  context.metrics.older('status');
  const connection = accept(ws, request);
  connection.onLive = () => receive(context, connection, Buffer.from(JSON.stringify({ op: 'kv_sub', target: 'vps', data: { pattern: `${connection.principal?.tenant}.servers.*` } })), false);
};

const waitForCookie = (context: GatewayContext, connection: Connection, cookie: string | undefined): void => {
  if (cookie === undefined) return;
  connection.cookie = cookie;
  setTimeout(() => void enterByCookie(context, connection), SILENCE_MS).unref();
};

export const bytesOf = (data: RawData): Buffer => (Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data));
