import type { IncomingMessage } from 'node:http';
import { CLOSE_CODES, TTY_KIND, ttyControl, ttyJson, type Problem, type TtyControlIn } from '@xanthus/proto';
import type { RawData, WebSocket } from 'ws';
import { identityOf } from '../access/identity-of.js';
import { Connection } from '../connection/connection.js';
import { bytesOf, sayWhy } from '../host/accept.js';
import type { Accept } from '../host/socket.gateway.js';
import { accessCookie, bearerOf } from '../http/caller.js';
import { authenticate, enter } from '../operations/authenticate.js';
import type { GatewayContext, LiveConnection } from '../operations/context.js';
import { reserve } from '../operations/place.js';
import { problem, problemOf } from '../protocol/problem.js';
import { measureDelivery, type Delivery } from './delivery.js';
import { TerminalFeed } from './terminal-feed.js';
import type { Terminal } from './terminals.js';
import { olderTerminal } from './older-terminal.js';
import { ttySocket } from './tty-socket.js';

interface TerminalPath { readonly session: string; /** Where the viewer was. */ readonly offset: number | undefined }

export const TERMINAL_PATH = /^\/ws\/terminal\/([a-z0-9-]{1,64})$/;

const pathOf = ({ url = '/' }: IncomingMessage): TerminalPath => {
  const [path = '', query = ''] = url.split('?', 2);
  const offset = Number(new URLSearchParams(query).get('offset') ?? Number.NaN);
  return { session: TERMINAL_PATH.exec(path)?.[1] ?? '', offset: Number.isSafeInteger(offset) && offset >= 0 ? offset : undefined };
};

/** A socket of `/ws/terminal/{session}`: the same log-in, limits and drain as `/ws`, other frames. */
export const terminalAcceptor = (context: GatewayContext, addressOf: (request: IncomingMessage) => string | undefined): Accept => (ws: WebSocket, request: IncomingMessage) => {
  const older = ws.protocol === '' ? olderTerminal() : undefined;
  if (older !== undefined) context.metrics.older('terminal');
  const way = measureDelivery({ now: () => performance.now(), ping: name => ws.readyState === ws.OPEN && ws.ping(name) });
  const connection: Connection = new Connection(older === undefined ? ttySocket(ws, way.wrote) : ttySocket(ws, way.wrote, (frame) => {
    const { text, bytes, over } = older.write(frame);
    if (text !== undefined) ws.send(text);
    // Output may follow what they are not told.
    if (over) setTimeout(() => ws.close(1_000), LAST_WORDS_MS).unref();
    // Older clients know of no credit: what was given to the socket is taken.
    if (bytes > 0) setImmediate(() => receive.grant(bytes));
  }), request.socket, context.hub, addressOf(request));
  sayWhy(context, ws, connection);
  context.hub.add(connection);
  if (context.drain.active) connection.end(CLOSE_CODES.DRAINING, problem('DRAINING'));
  const receive = receiver(context, connection, request, way);
  ws.on('message', (data: RawData, binary: boolean) => (older === undefined ? receive.frame(bytesOf(data), binary) : receive.frame(older.read(bytesOf(data)) ?? Buffer.alloc(0), true)));
  ws.on('pong', (name) => {
    connection.heardAt = context.hub.now();
    way.arrived(name.toString());
  });
  ws.on('close', (code: number) => context.metrics.closed(code));
  ws.on('error', error => context.log.debug({ connection: connection.id, err: error }, 'a socket failed'));
};

/** A viewer while it is attached. */
interface Viewer { readonly terminal: Terminal; readonly feed: TerminalFeed; attachment?: string; types: boolean }

const CONTROLS: readonly string[] = ['resize', 'take', 'signal'];
const MOST_CREDIT = 16 * 1024 * 1024;
const HERE_MS = 15_000;
/** Between the end of a session and that of an older client's socket. */
const LAST_WORDS_MS = 1_000;

interface Receiver { frame(data: Buffer, binary: boolean): void; grant(bytes: number): void }

const receiver = (context: GatewayContext, connection: Connection, request: IncomingMessage, way: Delivery): Receiver => {
  const path = pathOf(request);
  let viewer: Viewer | undefined;
  const attach = async (token: string): Promise<void> => {
    await enter(connection, authenticate(context, connection, token));
    if (viewer === undefined && isLive(connection)) await open(context, connection, { ...path, way }, (made) => { viewer = made; });
  };
  const token = bearerOf(request) ?? (request.headers.origin === undefined ? undefined : accessCookie(request));
  if (token !== undefined) void attach(token);
  const frame = (data: Buffer, binary: boolean): void => {
    if (!connection.open) return;
    const fast = connection.accept(data.length);
    if (data.length > context.hub.limits.frame_bytes) return connection.fault(problem('TOO_LARGE'));
    if (!binary || data.length === 0) return connection.fault(problem('BAD_FRAME', 'Frames are binary and their first byte says what they are; without the sub-protocol they are JSON.'));
    if (fast !== undefined) return connection.fault(problem('RATE_LIMITED', undefined, { limit: fast }));
    if (data[0] === TTY_KIND.INPUT) return type(context, connection, viewer, data);
    const control = data[0] === TTY_KIND.CONTROL ? ttyJson(data) as TtyControlIn | undefined : undefined;
    if (control === undefined) return connection.fault(problem('BAD_FRAME', 'This frame is neither input nor control.'));
    if (control.op === 'auth') return typeof control.token === 'string' ? void attach(control.token) : connection.fault(problem('BAD_FRAME', 'auth needs a token.'));
    perform(context, connection, viewer, control, data);
  };
  return { frame, grant: bytes => viewer?.feed.grant(bytes) };
};

const isLive = (connection: Connection): connection is LiveConnection => connection.principal !== undefined && connection.open;

const perform = (context: GatewayContext, connection: Connection, viewer: Viewer | undefined, control: TtyControlIn, data: Buffer): void => {
  if (control.op === 'ping') return connection.outbox.push(Buffer.from(ttyControl({ ...control, op: 'pong', time: new Date().toISOString() })));
  if (CONTROLS.includes(control.op)) return type(context, connection, viewer, data);
  if (control.op !== 'credit') return connection.fault(problem('UNKNOWN_OP'));
  if (!Number.isSafeInteger(control.bytes) || control.bytes < 1 || control.bytes > MOST_CREDIT) return connection.fault(problem('BAD_FRAME', `credit grants 1 to ${MOST_CREDIT} bytes.`));
  if (viewer === undefined) return connection.fault(problem('AUTH_REQUIRED'));
  viewer.feed.grant(control.bytes);
};

/** What acts on the terminal needs the right to type, at this moment. */
const type = (context: GatewayContext, connection: Connection, viewer: Viewer | undefined, frame: Buffer): void => {
  if (viewer?.attachment === undefined) return connection.fault(problem(connection.principal === undefined ? 'AUTH_REQUIRED' : 'UNAVAILABLE', 'Nothing can be typed before hello.'));
  if (!viewer.types) return connection.refuse(problem('DENIED', 'You may watch this terminal, not type into it.'));
  context.terminals.send(viewer.terminal, viewer.attachment, frame);
};

const open = async (context: GatewayContext, connection: LiveConnection, path: TerminalPath & { readonly way: Delivery }, made: (viewer: Viewer) => void): Promise<void> => {
  const { principal } = connection;
  const terminal = { tenant: principal.tenant, session: path.session };
  const subject = `tty.${terminal.tenant}.${terminal.session}`;
  const feed: TerminalFeed = new TerminalFeed(connection.outbox, {
    replay: (from, max) => context.terminals.replay(terminal, viewer.attachment ?? '', from, max),
    credit: (upTo) => { if (viewer.attachment !== undefined) context.terminals.tell(terminal, viewer.attachment, { op: 'credit', up_to: upTo }); },
    // The session may go on: whoever comes back is attached anew.
    lost: why => connection.end(CLOSE_CODES.UNAVAILABLE, why),
    expelled: why => connection.end(CLOSE_CODES.REVOKED, why),
  }, path.offset, connection.id, path.way);
  const viewer: Viewer = { terminal, feed, types: false };
  // Otherwise the service would keep viewers of a gateway that was killed.
  const here = setInterval(() => { if (viewer.attachment !== undefined) context.terminals.tell(terminal, viewer.attachment, { op: 'here' }); }, HERE_MS).unref();
  const leave = (): void => {
    clearInterval(here);
    context.terminals.leave(terminal, feed);
    feed.end();
    if (viewer.attachment !== undefined) context.terminals.tell(terminal, viewer.attachment, { op: 'detach' });
  };
  try {
    const watching = reserve(context, connection, { target: `${subject}.out`, request: { what: 'subject', subject: `${subject}.out` } });
    watching.held = {
      end: () => {
        leave();
        connection.end(CLOSE_CODES.REVOKED, problem('REVOKED', 'You may no longer watch this terminal.'));
      },
    };
    viewer.types = mayType(context, connection, subject, viewer);
    made(viewer);
    context.terminals.watch(terminal, feed);
    const identity = identityOf(principal);
    const { attachment, hello } = await context.terminals.attach(terminal, identity, { viewer: connection.id, types: viewer.types, up_to: feed.upTo, ...(path.offset === undefined ? {} : { offset: path.offset }) });
    viewer.attachment = attachment;
    if (!connection.open) return leave();
    feed.control(Buffer.from(ttyControl({ viewer: connection.id, ...hello, op: 'hello' })));
    feed.pump();
  } catch (error) {
    leave();
    const why = problemOf(error);
    if (why.code === 'INTERNAL') context.log.error({ err: error, connection: connection.id }, 'a terminal could not be opened');
    connection.end(closeCodeOf(why), why);
  }
};

const closeCodeOf = (why: Problem): number => (why.retryable ? CLOSE_CODES.UNAVAILABLE : why.code === 'DENIED' ? CLOSE_CODES.REVOKED : CLOSE_CODES.BAD_PROTOCOL);

/** A place of its own, so that this right is withdrawn alone: then the viewer only watches. */
const mayType = (context: GatewayContext, connection: LiveConnection, subject: string, viewer: Viewer): boolean => {
  try {
    const typing = reserve(context, connection, { target: `${subject}.in`, request: { what: 'subject', subject: `${subject}.in` } });
    typing.held = {
      end: () => {
        viewer.types = false;
        if (viewer.attachment !== undefined) context.terminals.tell(viewer.terminal, viewer.attachment, { op: 'watch' });
      },
    };
    return true;
  } catch (error) {
    if (problemOf(error).code === 'DENIED') return false;
    throw error;
  }
};
