import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { DnsUser } from '@xanthus/proto/dns';
import { daysLeft, evolveCertificate, initialCertificate, warningAt, type CertificateEvent, type CertificateState, type Issued } from './certificate.js';

export type CertificateCommand =
  | { readonly type: 'Issue'; readonly issued: Issued }
  | { readonly type: 'Revoke'; readonly provider_ref: string; readonly outside: boolean }
  | { readonly type: 'SetRenewal'; readonly auto: boolean }
  | { readonly type: 'HandOver'; readonly service: string; readonly reason: string; readonly for?: DnsUser | undefined }
  /** What the watch found: it ends soon, it could not be issued anew, one that was replaced is revoked. */
  | { readonly type: 'NoteExpiry' }
  | { readonly type: 'FailRenewal'; readonly code: string; readonly message: string }
  | { readonly type: 'Retire'; readonly provider_ref: string };

type Events = readonly CertificateEvent[];

export const noCertificate = (): Refusal => new Refusal('DNS.NO_CERTIFICATE', 'This domain has no certificate that is in force. Configure the domain, or issue the certificate anew.');
const copy = (issued: Issued) => ({ ...issued, hostnames: [...issued.hostnames] });

const noteExpiry = (state: CertificateState, now: string): Events => {
  if (state.status !== 'valid') return [];
  const { provider_ref, expires_at } = state.issued;
  const days = daysLeft(expires_at, Date.parse(now));
  const due = warningAt(days);
  return due === null || (state.told !== null && state.told <= due) ? [] : [{ type: 'CertificateExpiring', data: { provider_ref, expires_at, days } }];
};

/** The id is the zone's: a domain has one origin certificate at a time. */
export const certificateDecider: Decider<CertificateState, CertificateCommand, CertificateEvent> = {
  initialState: initialCertificate,
  evolve: evolveCertificate,
  decide(state, command, { now }) {
    const valid = state.status === 'valid' ? state : undefined;
    switch (command.type) {
      case 'Issue': {
        if (valid?.issued.provider_ref === command.issued.provider_ref) return [];
        return [valid ? { type: 'CertificateRenewed', data: { ...copy(command.issued), replaces: valid.issued.provider_ref } } : { type: 'CertificateIssued', data: copy(command.issued) }];
      }
      case 'Revoke': return valid?.issued.provider_ref === command.provider_ref ? [{ type: 'CertificateRevoked', data: { provider_ref: command.provider_ref, outside: command.outside } }] : [];
      case 'SetRenewal': return state.auto === command.auto ? [] : [{ type: 'CertificateRenewalSet', data: { auto: command.auto } }];
      case 'HandOver': {
        if (!valid) throw noCertificate();
        return [{ type: 'CertificateHandedOver', data: { provider_ref: valid.issued.provider_ref, service: command.service, reason: command.reason, ...(command.for === undefined ? {} : { for: command.for }) } }];
      }
      case 'NoteExpiry': return noteExpiry(state, now);
      case 'FailRenewal': return !valid || valid.failed === command.code ? [] : [{ type: 'CertificateRenewalFailed', data: { provider_ref: valid.issued.provider_ref, code: command.code, message: command.message } }];
      case 'Retire': return valid?.replaced.includes(command.provider_ref) === true ? [{ type: 'CertificateRetired', data: { provider_ref: command.provider_ref } }] : [];
    }
  },
};

export const certificateType: AggregateType<CertificateState, CertificateCommand, CertificateEvent> = {
  service: 'dns',
  name: 'certificate',
  decider: certificateDecider,
  schemas: { CertificateIssued: 1, CertificateRenewed: 1, CertificateRevoked: 1, CertificateExpiring: 1, CertificateHandedOver: 1, CertificateRetired: 1, CertificateRenewalSet: 1, CertificateRenewalFailed: 1 },
};
