import { CLOSE_CODES, PROTOCOL_VERSION, type HelloData } from '@xanthus/proto';
import type { Connection } from '../connection/connection.js';
import { problem, problemOf } from '../protocol/problem.js';
import type { GatewayContext } from './context.js';

/** A token for a connection: the first makes it live, a later one of the same person keeps it so. Only the op `auth` is answered. */
export const authenticate = async (context: GatewayContext, connection: Connection, token: string, asked?: { readonly inbox: string | undefined }): Promise<void> => {
  const at = { inbox: asked?.inbox };
  try {
    const { kind, claims, name } = await context.access.authenticate(token);
    if (!connection.open) return;
    const expires = claims.exp * 1_000;
    const { principal } = connection;
    if (principal === undefined) {
      const exceeded = context.hub.quotas.login({ tenant: claims.tenant, id: claims.sub });
      if (exceeded !== undefined) {
        context.metrics.refused(exceeded.limit);
        return connection.end(CLOSE_CODES.UNAVAILABLE, problem('RATE_LIMITED', 'Too many connections.', exceeded), at);
      }
      connection.principal = { kind, id: claims.sub, name: name ?? claims.sub, tenant: claims.tenant, tenantName: context.access.tenantName(claims.tenant), session: claims.sid, expires };
      connection.state = 'live';
      context.hub.identified(connection);
      connection.send({ op: 'hello', data: hello(context, connection) });
      connection.sendCapabilities(context.capabilities.document(claims.tenant, claims.sub));
      connection.onLive?.();
    } else if (principal.id !== claims.sub || principal.tenant !== claims.tenant) {
      return connection.refuse(problem('DENIED', 'This token belongs to somebody else; open another connection.'), at);
    } else {
      principal.session = claims.sid;
      principal.expires = expires;
      context.hub.renewed(connection);
    }
    if (asked !== undefined) connection.send({ op: 'reply', ...(asked.inbox === undefined ? {} : { inbox: asked.inbox }), data: { expires_at: new Date(expires).toISOString() } });
  } catch (error) {
    const why = problemOf(error);
    if (why.code === 'INTERNAL') context.log.error({ err: error, connection: connection.id }, 'a token could not be checked');
    if (!connection.open) return;
    // NATS away or keys not read yet is no fault of the token.
    connection.end(why.retryable && why.code !== 'AUTH_EXPIRED' ? CLOSE_CODES.UNAVAILABLE : CLOSE_CODES.AUTH_REQUIRED, why, at);
  }
};

/** Marks that a token is being checked; a cookie no longer counts. */
export const enter = async (connection: Connection, checked: Promise<void>): Promise<void> => {
  connection.cookie = undefined;
  connection.entering = checked;
  try {
    await checked;
  } finally {
    if (connection.entering === checked) connection.entering = undefined;
  }
};

/** With the cookie of the upgrade, if there is one that was not used. One that is no longer valid is as good as none. */
export const enterByCookie = (context: GatewayContext, connection: Connection): Promise<void> | undefined => {
  const { cookie } = connection;
  if (cookie === undefined || connection.principal !== undefined) return undefined;
  const valid = async (): Promise<void> => {
    if (await context.access.authenticate(cookie).then(() => true, () => false)) await authenticate(context, connection, cookie);
  };
  return enter(connection, valid());
};

const hello = (context: GatewayContext, { id, principal }: Connection): HelloData => ({
  v: PROTOCOL_VERSION,
  connection: id,
  user: { id: principal?.id ?? '', name: principal?.name ?? '' },
  tenant: { id: principal?.tenant ?? '', name: principal?.tenantName ?? '' },
  limits: context.hub.limits,
  ping_interval_ms: context.pingMs,
  expires_at: new Date(principal?.expires ?? 0).toISOString(),
});
