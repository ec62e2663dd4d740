import type { dnsEvents } from '@xanthus/proto/dns';
import { ASKED, called, FACT, STEP, thingOf, type Rules } from './rule.js';

const URGENT_DAYS = 7;
const findingOf = (f: { kind: string; now?: { id: string }; before?: { id: string } }): string => `${f.kind}-${(f.kind === 'unknown' ? f.now : f.before)?.id ?? ''}`;

export const dnsRules: Rules<typeof dnsEvents> = {
  ZoneManaged: { none: ASKED, name: d => d.name },
  RecordsSeen: { none: STEP }, ZoneChanged: { none: FACT, name: d => d.name },
  ZoneVanished: { notice: (e, k) => ({ raise: { kind: 'zone-vanished', severity: 'error', thing: thingOf(e, k), lasting: true, text: `Cloudflare shows ${called(k, 'a zone')} no more: it was taken away there, or the token may not see it.` } }) },
  ZoneReappeared: { notice: e => ({ resolve: [{ kinds: ['zone-vanished'], thing: thingOf(e), text: 'The zone can be seen again.' }] }) },
  RecordsForgotten: { none: STEP },
  ZoneReleased: { notice: e => ({ resolve: [{ kinds: ['zone-vanished', 'zone-drift', 'domain-failed', 'certificate-expiring', 'certificate-renewal-failed', 'certificate-revoked'], thing: thingOf(e), text: 'The zone is no longer managed.' }] }) },
  RecordsChanged: { none: ASKED }, RecordsAdopted: { none: ASKED }, RecordsDisowned: { none: ASKED },
  DriftFound: { notice: (e, k) => ({ raise: { kind: 'zone-drift', severity: 'warning', thing: thingOf(e, k), lasting: true, items: e.data.findings.map(findingOf), text: `${e.data.findings.length === 1 ? 'A record' : `${e.data.findings.length} records`} of ${called(k, 'a zone')} ${e.data.findings.length === 1 ? 'was' : 'were'} changed outside of Xanthus.` } }) },
  DriftGone: { notice: e => ({ resolve: [{ kinds: ['zone-drift'], thing: thingOf(e), items: e.data.findings, text: 'The records are as they were left.' }] }) },
  DriftAccepted: { notice: e => ({ resolve: [{ kinds: ['zone-drift'], thing: thingOf(e), items: e.data.findings.map(findingOf), text: 'The changes were accepted.' }] }) },
  PlanMade: { none: ASKED, name: d => d.zone_name },
  PlanPart: { none: STEP }, PlanApplyStarted: { none: STEP }, PlanPartStarted: { none: STEP }, PlanPartDone: { none: STEP }, PlanPartFailed: { none: STEP },
  PlanApplied: { notice: e => ({ resolve: [{ kinds: ['dns-plan-failed'], thing: thingOf(e), text: 'The plan is applied.' }] }) },
  PlanFailed: { notice: (e, k) => ({ raise: { kind: 'dns-plan-failed', severity: 'error', thing: thingOf(e, k), lasting: true, text: `A plan for ${called(k, 'a zone')} stopped half-way. ${e.data.message}` } }) },
  PlanCancelRequested: { none: ASKED }, PlanResumed: { none: ASKED },
  PlanStopped: { notice: e => ({ resolve: [{ kinds: ['dns-plan-failed'], thing: thingOf(e), text: 'The plan was stopped.' }] }) },
  PlanRolledBack: { notice: e => ({ resolve: [{ kinds: ['dns-plan-failed'], thing: thingOf(e), text: 'The plan was taken back.' }] }) },
  PlanDiscarded: { none: ASKED },
  DomainConfigureStarted: { none: STEP, name: d => d.name },
  DomainStepStarted: { none: STEP }, DomainStepObserved: { none: STEP }, DomainStepDone: { none: STEP }, DomainStepFailed: { none: STEP },
  DomainConfigured: { notice: (e, k) => ({ raise: { kind: 'domain-configured', severity: 'info', thing: thingOf(e, k, 'zone'), lasting: false, text: `${called(k, 'A domain')} is ready for applications.` }, resolve: [{ kinds: ['domain-failed'], thing: thingOf(e, {}, 'zone'), text: 'The domain is ready.' }] }) },
  DomainUndoStarted: { none: ASKED },
  DomainUndone: { notice: e => ({ resolve: [{ kinds: ['domain-failed'], thing: thingOf(e, {}, 'zone'), text: 'The configuration was taken back.' }] }) },
  DomainFailed: { notice: (e, k) => ({ raise: { kind: 'domain-failed', severity: 'error', thing: thingOf(e, k, 'zone'), lasting: true, text: `${called(k, 'A domain')} could not be made ready. ${e.data.message}` } }) },
  DomainRetried: { none: ASKED }, DomainUsed: { none: FACT }, DomainUnused: { none: FACT },
  CertificateIssued: { name: d => d.hostnames[0], notice: e => ({ resolve: [{ kinds: ['certificate-expiring', 'certificate-renewal-failed', 'certificate-revoked'], thing: thingOf(e, {}, 'zone'), text: 'A certificate was issued.' }] }) },
  CertificateRenewed: { notice: e => ({ resolve: [{ kinds: ['certificate-expiring', 'certificate-renewal-failed', 'certificate-revoked'], thing: thingOf(e, {}, 'zone'), text: 'The certificate was issued anew.' }] }) },
  CertificateRevoked: { notice: (e, k) => (e.data.outside ? { raise: { kind: 'certificate-revoked', severity: 'error', thing: thingOf(e, k, 'zone'), lasting: true, text: `The certificate of ${called(k, 'a domain')} was revoked at Cloudflare, not by us.` } } : {}) },
  CertificateExpiring: {
    notice: (e, k) => ({ raise: { kind: 'certificate-expiring', severity: e.data.days <= URGENT_DAYS ? 'error' : 'warning', thing: thingOf(e, k, 'zone'), lasting: true, text: e.data.days <= 0 ? `The certificate of ${called(k, 'a domain')} has ended.` : `The certificate of ${called(k, 'a domain')} ends in ${e.data.days} ${e.data.days === 1 ? 'day' : 'days'}.` } }),
  },
  CertificateHandedOver: { none: FACT }, CertificateRetired: { none: FACT }, CertificateRenewalSet: { none: ASKED },
  CertificateRenewalFailed: { notice: (e, k) => ({ raise: { kind: 'certificate-renewal-failed', severity: 'error', thing: thingOf(e, k, 'zone'), lasting: true, text: `The certificate of ${called(k, 'a domain')} could not be issued anew; that is tried again. ${e.data.message}` } }) },
};
