import type { ClientFrame } from '@xanthus/proto';
import type { Connection } from '../connection/connection.js';
import { parseFrame } from '../protocol/parse-frame.js';
import { problem, problemOf } from '../protocol/problem.js';
import { authenticate, enter, enterByCookie } from './authenticate.js';
import { command } from './command.js';
import { limit, type GatewayContext, type LiveConnection } from './context.js';
import { grantCredit, subscribeBucket, subscribeSignals, subscribeStream, unsubscribe } from './subscribe.js';

/** One WebSocket message of a client. Whatever it is, it is answered or the connection ends; nothing is thrown. */
export const receive = (context: GatewayContext, connection: Connection, data: Buffer, binary: boolean): void => {
  if (!connection.open) return;
  const fast = connection.accept(data.length);
  if (binary) return connection.fault(problem('BAD_FRAME', 'Frames are text.'));
  if (data.length > context.hub.limits.frame_bytes) {
    context.metrics.refused('frame_bytes');
    return connection.fault(problem('TOO_LARGE', `A frame has at most ${context.hub.limits.frame_bytes} bytes.`));
  }
  const parsed = parseFrame(data.toString('utf8'), context.hub.limits);
  if ('problem' in parsed) {
    if (parsed.problem.code === 'TOO_LARGE') context.metrics.refused('json_depth');
    return connection.fault(parsed.problem, parsed);
  }
  const { frame } = parsed;
  const at = { inbox: frame.inbox, target: 'target' in frame ? frame.target : undefined };
  context.metrics.frameIn(frame.op);
  if (parsed.older) context.metrics.older(frame.op === 'sub' ? 'subscribe' : 'unsubscribe');
  if (fast !== undefined) return connection.fault(problem('RATE_LIMITED', undefined, { limit: fast, max: context.hub.limits[fast] }), at);
  const perform = (): void => {
    if (!connection.open) return;
    const failed = (error: unknown): void => {
      const why = problemOf(error);
      if (why.code === 'INTERNAL') context.log.error({ err: error, op: frame.op, connection: connection.id }, 'an operation failed');
      if (connection.open) connection.refuse(why, at);
    };
    try {
      handle(context, connection, frame)?.catch(failed);
    } catch (error) {
      failed(error);
    }
  };
  // A token is being checked: what was sent right behind it waits for that.
  const entering = frame.op === 'auth' || connection.principal !== undefined ? undefined : connection.entering ?? enterByCookie(context, connection);
  if (entering === undefined) perform();
  else void entering.then(perform);
};

/** The same data, and the server's time beside it. */
const encodePong = ({ inbox, data }: Extract<ClientFrame, { op: 'ping' }>): Buffer => Buffer.from(JSON.stringify({ op: 'pong', inbox, data, time: new Date().toISOString() }));

const SUBSCRIBES: ReadonlySet<ClientFrame['op']> = new Set(['sub', 'kv_sub', 'js_sub']);

const isLive = (connection: Connection): connection is LiveConnection => connection.principal !== undefined;

const handle = (context: GatewayContext, connection: Connection, frame: ClientFrame): Promise<void> | void => {
  if (frame.op === 'auth') return enter(connection, authenticate(context, connection, frame.data.token, { inbox: frame.inbox }));
  if (!isLive(connection)) return connection.fault(problem('AUTH_REQUIRED', 'Send the op auth first.'), { inbox: frame.inbox });
  if (SUBSCRIBES.has(frame.op)) {
    const exceeded = context.hub.quotas.subscription(connection.principal);
    if (exceeded !== undefined) limit(context, 'TOO_MANY_SUBSCRIPTIONS', exceeded);
  }
  switch (frame.op) {
    case 'ping':
      return connection.outbox.push(encodePong(frame));
    case 'cmd':
      return command(context, connection, frame);
    case 'sub':
      return subscribeSignals(context, connection, frame);
    case 'kv_sub':
      return subscribeBucket(context, connection, frame);
    case 'js_sub':
      return subscribeStream(context, connection, frame);
    case 'unsub':
      return unsubscribe(connection, frame);
    case 'credit':
      return grantCredit(connection, frame);
  }
};
