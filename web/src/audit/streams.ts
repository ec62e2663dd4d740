/** The streams that the audit reads, and which of them one may. Pure. */
import type { CapabilityDocument, CapabilityRequest } from '@xanthus/proto';

/** Every service with events, but audit's own: what it writes are the seals, which are shown as such. A unit spec holds it against proto. */
export const AUDITED = ['applications', 'auth', 'dns', 'notifications', 'terminals', 'vps'] as const;
export type Audited = (typeof AUDITED)[number];

export interface Readable {
  readonly service: Audited;
  readonly stream: string;
  /** What may be followed of it; empty: nothing. */
  readonly filters: readonly string[];
  /** All of the tenant's events. */
  readonly whole: boolean;
}

export const streamOf = (service: string): string => service.toUpperCase().replaceAll('-', '_');
const allOf = (tenant: string, service: string): string => `evt.${tenant}.${service}.>`;

/** Patterns of the tenant's events that a document lets follow. Of two of which one holds the other, both may stay: what comes twice is dropped. */
const partsOf = (document: CapabilityDocument, tenant: string, stream: string): readonly string[] => (document.streams[stream] ?? []).filter(pattern => pattern.startsWith(`evt.${tenant}.`)).toSorted();

export const readable = (document: CapabilityDocument, tenant: string, can: (request: CapabilityRequest) => boolean): readonly Readable[] => AUDITED.map((service) => {
  const stream = streamOf(service);
  const all = allOf(tenant, service);
  const whole = can({ what: 'stream', stream, filter: all });
  return { service, stream, whole, filters: whole ? [all] : partsOf(document, tenant, stream) };
});

/** The same events as `filter` under another name: a reading of its own, that disturbs nobody who follows. */
export const aside = (filter: string): string => filter.replace(/^(evt\.[^.]+\.[^.]+)\.>$/, '$1.*.*');
