/** All of dns's contracts by kind, for doors, documents and tests. */
import { healthQuery } from '../health.js';
import { certificateEvents, certificateView, configureDomain, domainEvents, domainView, handOverCertificate, renewCertificate, retryDomain, revokeCertificate, setRenewal, undoDomain } from './domains.js';
import { applyPlan, cancelPlan, checkRecords, discardPlan, makePlan, planDetails, planEvents, planView, planVisibility, resumePlan } from './plans.js';
import { checkName, unuseDomain, useDomain } from './uses.js';
import { acceptZoneDrift, adoptRecords, disownRecords, dnsDriftView, exportZone, listZones, manageZone, recordHistory, recordView, refreshZone, releaseZone, zoneAt, zoneEvents, zoneView } from './zones.js';

export const dnsCommands = {
  manageZone, releaseZone, refreshZone, adoptRecords, disownRecords, acceptZoneDrift,
  makePlan, applyPlan, cancelPlan, resumePlan, discardPlan,
  configureDomain, undoDomain, retryDomain, renewCertificate, revokeCertificate, setRenewal,
  useDomain, unuseDomain, handOverCertificate,
} as const;
export const dnsQueries = { health: healthQuery('dns'), listZones, exportZone, zoneAt, recordHistory, planDetails, planVisibility, checkRecords, checkName } as const;
export const dnsEvents = { ...zoneEvents, ...planEvents, ...domainEvents, ...certificateEvents } as const;
export const dnsViews = { zones: zoneView, records: recordView, drift: dnsDriftView, plans: planView, domains: domainView, certificates: certificateView } as const;
export const dnsSignals = {} as const;
