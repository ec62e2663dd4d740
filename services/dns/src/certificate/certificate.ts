import type { AggregateType, Decider, DomainEvent, EventContext } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import type { certificateEvents } from '@xanthus/proto/dns';

export type CertificateEvent = EventOf<typeof certificateEvents>;
export interface Issued { readonly zone: string; readonly provider_ref: string; readonly hostnames: readonly string[]; readonly certificate: string; readonly root: string; readonly fingerprint: string; readonly key_fingerprint: string; readonly expires_at: string }

export type CertificateState =
  | { readonly status: 'absent' }
  | { readonly status: 'valid'; readonly issued: Issued; /** That it ends soon was told of this one. */ readonly told: boolean }
  | { readonly status: 'revoked'; readonly issued: Issued };

export type CertificateCommand =
  | { readonly type: 'Issue'; readonly issued: Issued }
  | { readonly type: 'Revoke'; readonly provider_ref: string; readonly outside: boolean }
  /** @param days until it ends */
  | { readonly type: 'NoteExpiry'; readonly days: number };

/** A certificate that ends within so many days is told of, once. */
export const SOON_DAYS = 30;

const copy = (issued: Issued) => ({ ...issued, hostnames: [...issued.hostnames] });

/** The id is the zone's: a domain has one origin certificate at a time. */
const decider: Decider<CertificateState, CertificateCommand, CertificateEvent> = {
  initialState: { status: 'absent' },
  decide(state, command) {
    switch (command.type) {
      case 'Issue':
        if (state.status === 'valid' && state.issued.provider_ref === command.issued.provider_ref) return [];
        return [state.status === 'valid' ? { type: 'CertificateRenewed', data: { ...copy(command.issued), replaces: state.issued.provider_ref } } : { type: 'CertificateIssued', data: copy(command.issued) }];
      case 'Revoke': return state.status === 'valid' && state.issued.provider_ref === command.provider_ref ? [{ type: 'CertificateRevoked', data: { provider_ref: command.provider_ref, outside: command.outside } }] : [];
      case 'NoteExpiry':
        if (state.status !== 'valid' || state.told || command.days > SOON_DAYS) return [];
        return [{ type: 'CertificateExpiring', data: { provider_ref: state.issued.provider_ref, expires_at: state.issued.expires_at, days: command.days } }];
    }
  },
  evolve(state, event: CertificateEvent | DomainEvent, _context?: EventContext) {
    const known = event as CertificateEvent;
    switch (known.type) {
      case 'CertificateIssued': return { status: 'valid', issued: known.data, told: false };
      case 'CertificateRenewed': return { status: 'valid', issued: bare(known.data), told: false };
      case 'CertificateExpiring': return state.status === 'valid' ? { ...state, told: true } : state;
      case 'CertificateRevoked': return state.status === 'valid' ? { status: 'revoked', issued: state.issued } : state;
      default: return state;
    }
  },
};
const bare = ({ replaces: _replaces, ...issued }: Issued & { readonly replaces: string }): Issued => issued;

export const certificateType: AggregateType<CertificateState, CertificateCommand, CertificateEvent> = {
  service: 'dns', name: 'certificate', decider, schemas: { CertificateIssued: 1, CertificateRenewed: 1, CertificateRevoked: 1, CertificateExpiring: 1, CertificateHandedOver: 1, CertificateRetired: 1, CertificateRenewalSet: 1, CertificateRenewalFailed: 1 },
};
