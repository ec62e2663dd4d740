export {
  cloudflareId, dnsRecord, knownRecord, madeChange, RECORD_TYPES, recordChange, recordData, recordInput, recordIssue, recordType, type DnsRecord, type KnownRecord, type RecordChange, type RecordData, type RecordType,
} from './records.js';
export {
  acceptZoneDrift, adoptRecords, disownRecords, DNS_PROVIDER_ERRORS, dnsDriftView, driftFinding, exportZone, listZones, manageZone, recordHistory, RECORDS_PER_EVENT, recordView, refreshZone, releaseZone, zoneAt, zoneEvents, zoneView,
  type DriftFinding,
} from './zones.js';
export { applyPlan, cancelPlan, checkRecords, discardPlan, makePlan, obstacle, PLAN_STATES, planDetails, planEvents, planHash, planSource, planView, planVisibility, resumePlan, risk, RISK_KINDS } from './plans.js';
export {
  certificateEvents, certificateView, configureDomain, DOMAIN_STEPS, domainEvents, domainStep, domainView, handOverCertificate, renewCertificate, retryDomain, revokeCertificate, setRenewal, undoDomain,
} from './domains.js';
export { checkName, dnsUser, unuseDomain, useDomain, type DnsUser } from './uses.js';
export { dnsCommands, dnsEvents, dnsQueries, dnsSignals, dnsViews } from './contracts.js';
