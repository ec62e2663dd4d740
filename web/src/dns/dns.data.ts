/** Everything that dns asks of Xanthus and has done there. */
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import * as contracts from '../contracts.js';
import type { Domain, OriginCertificate, Plan, Zone, ZoneDrift, ZoneRecord } from '../contracts.js';
import { asking, onNew, onThing } from '../lib/act.js';
import { toRows, useClient, useFeed, useLive, useLooking, useRows, type Rows } from '../live/live-context.js';
import { calmed } from './calm.js';

export const useZones = (): Rows<Zone> => useRows<Zone>('dns', useClient().tenant, 'zones');
export const useDomains = (): Rows<Domain> => useRows<Domain>('dns', useClient().tenant, 'domains');
export const useCertificates = (): Rows<OriginCertificate> => useRows<OriginCertificate>('dns', useClient().tenant, 'certificates');
export const usePlans = (): Rows<Plan> => useRows<Plan>('dns', useClient().tenant, 'plans');

/** What a zone has of a view whose keys are `<zone>.<id>`, by that id. */
const useZoneRows = <T>(view: string, zone: string): Rows<T> => {
  const live = useLive();
  const looking = useLooking();
  const { tenant } = live.client;
  const held = useMemo(() => live.view<T>('dns', `${tenant}.${view}.${zone}.*`, looking), [live, looking, tenant, view, zone]);
  const calm = useMemo(() => calmed(held.view), [held]);
  useEffect(() => held.use(), [held]);
  const state = useSyncExternalStore(calm.subscribe, calm.get);
  return useMemo(() => toRows(state, `${tenant}.${view}.${zone}.`), [state, tenant, view, zone]);
};
/** Records of a zone by their id. */
export const useRecords = (zone: string): Rows<ZoneRecord> => useZoneRows<ZoneRecord>('records', zone);
/** Findings of a zone by their id. */
export const useZoneDrift = (zone: string): Rows<ZoneDrift> => useZoneRows<ZoneDrift>('drift', zone);
/** What happened to the configuration of a zone, from its beginning. */
export const useDomainFeed = (zone: string): ReturnType<typeof useFeed> => useFeed({ stream: 'DNS', filter: `evt.${useClient().tenant}.dns.domain.${zone}`, from: 0, keep: 200 });

export const renewCertificate = onThing(contracts.renewCertificate);
export const revokeCertificate = onThing(contracts.revokeCertificate);
export const setRenewal = onThing(contracts.setRenewal);
export const listZones = asking(contracts.listZones);
export const manageZone = onThing(contracts.manageZone);
export const acceptZoneDrift = onThing(contracts.acceptZoneDrift);
export const adoptRecords = onThing(contracts.adoptRecords);
export const refreshZone = onThing(contracts.refreshZone);
export const recordHistory = asking(contracts.recordHistory);
export const resumePlan = onThing(contracts.resumePlan);
export const applyPlan = onThing(contracts.applyPlan);
export const discardPlan = onThing(contracts.discardPlan);
export const checkRecords = asking(contracts.checkRecords);
export const releaseZone = onThing(contracts.releaseZone);
export const zoneAt = asking(contracts.zoneAt);
export const configureDomain = onThing(contracts.configureDomain);
export const retryDomain = onThing(contracts.retryDomain);
export const undoDomain = onThing(contracts.undoDomain);
export const exportZone = asking(contracts.exportZone);
export const disownRecords = onThing(contracts.disownRecords);
export const planDetails = asking(contracts.planDetails);
export const makePlan = onNew(contracts.makePlan);
export const planVisibility = asking(contracts.planVisibility);
