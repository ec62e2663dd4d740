/** Whose a record is, for a plan: by our log alone (decision 0013). */
import type { DnsUser } from '@xanthus/proto/dns';
import type { KnownRecord } from '../records/record.js';
import type { KeptRecord, ManagedZone } from '../zone/zone.js';
import type { Change } from './changes.js';
import type { PlanFrom } from './plan.js';

export const sameUser = (a: DnsUser, b: DnsUser): boolean => a.service === b.service && a.id === b.id;
/** Not somebody else's. @param user for whom it is wanted; undefined: a person, who may touch what is anybody's */
export const isOpenTo = (kept: Pick<KeptRecord, 'mark'> | undefined, user: DnsUser | undefined): boolean => user === undefined || kept?.mark === undefined || sameUser(kept.mark, user);
/** Ours; and for a user, nobody else's. */
export const ownedIn = (zone: Pick<ManagedZone, 'records'>, user?: DnsUser) => (record: Pick<KnownRecord, 'id'>): boolean => {
  const kept = zone.records.get(record.id);
  return kept?.owned === true && isOpenTo(kept, user);
};

/** Changes of a plan that touch what is not ours now: given back since it was made, or the zone was released in between. What is taken back of drift is meant by its finding, as long as that stands. */
export const notOurs = (zone: Pick<ManagedZone, 'records' | 'drift'>, { from, mark }: { readonly from: PlanFrom; readonly mark?: DnsUser }, changes: readonly Change[]): readonly Change[] => {
  const owns = ownedIn(zone, mark);
  const found = (id: string): boolean => from === 'drift' && ['changed', 'missing', 'unknown'].some(kind => zone.drift.has(`${kind}-${id}`));
  return changes.filter(c => c.op !== 'create' && !owns(c.before) && !found(c.before.id));
};
