import type { IncomingMessage } from 'node:http';
import type { Accept } from './socket.gateway.js';

/** An address that can be upgraded to a WebSocket. */
export interface UpgradeRoute {
  readonly path: RegExp;
  /** What may be spoken, best first. A client that offers no list may connect all the same. */
  readonly protocols: readonly string[];
  readonly accept: Accept;
}

export interface UpgradeRoutes {
  find(request: IncomingMessage): UpgradeRoute | undefined;
}

export const upgradeRoutes = (routes: readonly UpgradeRoute[]): UpgradeRoutes => ({
  find: ({ url = '/' }) => {
    const path = url.split('?', 1)[0] ?? '/';
    return routes.find(route => route.path.test(path));
  },
});

/** Sub-protocols that a client offers; undefined: it sent no list. */
export const offeredBy = ({ headers }: IncomingMessage): readonly string[] | undefined => headers['sec-websocket-protocol']?.split(',').map(name => name.trim());
