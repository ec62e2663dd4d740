import type { IncomingMessage } from 'node:http';
import type { CapabilityMirror, Health, IdentityRequest } from '@xanthus/nest';
import type { Access, Authenticated } from '../access/access.js';
import type { Origins } from '../access/origins.js';
import type { ForwardDoor } from '../forwards/forward-routes.js';
import type { Quotas } from '../connection/quotas.js';
import type { GatewayConfig } from '../gateway.config.js';
import type { GatewayMetrics } from '../metrics.js';
import type { Blobs } from '../upstream/blobs.js';
import type { Commands } from '../upstream/commands.js';
import type { Durables } from '../upstream/durables.js';
import type { AuditLog } from '../upstream/audit-log.js';
import type { TenantExports } from '../upstream/tenant-exports.js';
import type { Device } from './caller.js';
import type { ViewWaiter } from './row-routes.js';

/** What the HTTP routes stand on. */
export interface HttpContext {
  readonly config: GatewayConfig;
  readonly access: Access;
  readonly capabilities: Pick<CapabilityMirror, 'allows' | 'current' | 'document'>;
  readonly commands: Commands;
  readonly blobs: Blobs;
  readonly durables: Pick<Durables, 'list' | 'remove'>;
  readonly origins: Origins;
  readonly health: Health;
  readonly metrics: GatewayMetrics;
  readonly quotas: Pick<Quotas, 'command' | 'request'>;
  readonly views: ViewWaiter;
  /** Where ports of servers are opened. */
  readonly forwards: ForwardDoor;
  readonly exports: TenantExports;
  readonly audit: AuditLog;
  /** Hears signals until the returned function is called. */
  listen(subject: string, fn: (text: string) => void): () => void;
  readonly log: { error(fields: object, text: string): void };
  /** Cookies only over TLS. */
  readonly secure: boolean;
  /** Where a request comes from, for the log-in routes. */
  device(request: IncomingMessage): Device;
  /** @throws Refused AUTH_REQUIRED or AUTH_EXPIRED */
  caller(request: IncomingMessage): Promise<Authenticated>;
}

/** The gateway's own identity, for what comes before a log-in. */
export const OWN_IDENTITY = { sub: 'service:gateway', kind: 'service', tenant: 'xanthus' } as const satisfies Omit<IdentityRequest, 'aud'>;
