import type { AggregateType, DomainEvent } from '@xanthus/kernel';
import type { Logger } from '@xanthus/nest';
import type { DnsProvider } from '../provider/dns-provider.js';

/** The request that every origin certificate of a tenant is issued for; its key stays where it is. */
export interface CertificateRequest { readonly csr: string; readonly key_fingerprint: string }

/** Everything that the processes reach outside. */
export interface ProcessPorts {
  readonly log: Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;
  readonly now: () => number;
  /** Ends early, without an error, when aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In the name of the service. Answers the state after it, and whether anything was decided. */
  handle<S, C, E extends DomainEvent>(type: AggregateType<S, C, E>, tenant: string, id: string, command: C): Promise<{ readonly state: S; readonly decided: boolean }>;
  /** Leader-routed. */
  read<S, C, E extends DomainEvent>(type: AggregateType<S, C, E>, tenant: string, id: string): Promise<S>;
  /** @throws Refusal DNS.NOT_LINKED, DNS.TOKEN_REFUSED */
  provider(tenant: string, zone: string): Promise<DnsProvider>;
  /** @throws Refusal DNS.NO_CERTIFICATE_REQUEST */
  certificateRequest(tenant: string, zone: string): Promise<CertificateRequest>;
}
