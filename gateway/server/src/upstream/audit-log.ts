import type { NatsConnection } from '@nats-io/transport-node';
import { lastSequence, type AuditSearch } from '@xanthus/jetstream';
import { bundleLines, type BundleRequest } from './audit-bundle.js';
import { searchStreams, type AuditMessage, type AuditSource } from './audit-reader.js';

/** The log of tenants, as the routes of the audit read it. */
export interface AuditLog {
  /** Sequence of the last event in a stream, whosever. */
  last(stream: string): Promise<number>;
  search(sources: readonly AuditSource[], search: AuditSearch, check: () => void): AsyncGenerator<AuditMessage>;
  bundle(request: BundleRequest): AsyncGenerator<string>;
}

export const auditLog = (nc: NatsConnection): AuditLog => ({
  last: stream => lastSequence(nc, stream, 'evt.>'),
  search: (sources, search, check) => searchStreams(nc, sources, search, check),
  bundle: request => bundleLines(nc, request),
});
