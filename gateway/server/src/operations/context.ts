import type { CapabilityMirror } from '@xanthus/nest';
import type { CapabilityRequest, ClientFrame, ClientOp } from '@xanthus/proto';
import type { Access } from '../access/access.js';
import type { Connection, Principal } from '../connection/connection.js';
import type { Drain } from '../connection/drain.js';
import type { Hub } from '../connection/hub.js';
import type { GatewayMetrics } from '../metrics.js';
import { refuse } from '../protocol/problem.js';
import type { Buckets } from '../upstream/buckets.js';
import type { Terminals } from '../tty/terminals.js';
import type { Commands } from '../upstream/commands.js';
import type { Durables } from '../upstream/durables.js';
import type { Signals } from '../upstream/signals.js';
import type { Streams } from '../upstream/streams.js';

interface Log { warn(fields: object, text: string): void; error(fields: object, text: string): void; debug(fields: object, text: string): void; info(fields: object, text: string): void }

/** What the operations of a connection stand on. */
export interface GatewayContext {
  readonly log: Log;
  readonly access: Access;
  readonly capabilities: Pick<CapabilityMirror, 'allows' | 'current' | 'document'>;
  readonly hub: Hub;
  readonly drain: Drain;
  readonly commands: Commands;
  readonly streams: Streams;
  readonly durables: Durables;
  readonly terminals: Terminals;
  readonly buckets: Buckets;
  readonly signals: Signals;
  readonly metrics: GatewayMetrics;
  /** Of the server's pings, ms. */
  readonly pingMs: number;
}

export type FrameOf<O extends ClientOp> = Extract<ClientFrame, { readonly op: O }>;
export type LiveConnection = Connection & { readonly principal: Principal };

/** @throws Refused with the limit in its details */
export const limit = (context: { readonly metrics: Pick<GatewayMetrics, 'refused'> }, code: 'RATE_LIMITED' | 'TOO_MANY_SUBSCRIPTIONS', exceeded: { readonly limit: string; readonly max: number }): never => {
  context.metrics.refused(exceeded.limit);
  return refuse(code, undefined, exceeded);
};

/** @throws Refused UNAVAILABLE while nobody can say who may do what, DENIED without the right */
export const authorize = (context: GatewayContext, principal: Principal, request: CapabilityRequest): void => {
  if (!context.capabilities.current()) refuse('UNAVAILABLE', 'Rights cannot be checked now; try again.');
  if (!context.capabilities.allows(principal.tenant, principal.id, request)) refuse('DENIED');
};
