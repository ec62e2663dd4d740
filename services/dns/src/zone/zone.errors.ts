import { Refusal } from '@xanthus/kernel';

export const notManaged = (): Refusal => new Refusal('DNS.NOT_MANAGED', 'Xanthus does not keep this zone. Add it first.');
export const managedAlready = (): Refusal => new Refusal('DNS.MANAGED_ALREADY', 'Xanthus keeps this zone already.');
export const recordUnknown = (id: string): Refusal => new Refusal('DNS.RECORD_UNKNOWN', 'The zone has no such record; look again, it may have been deleted.', { id });
export const findingUnknown = (id: string): Refusal => new Refusal('DNS.FINDING_UNKNOWN', 'This difference is no more; look again.', { id });
/** Something that only services are given, or only to whom it is sealed. */
export const notForYou = (message: string): Refusal => new Refusal('DNS.NOT_FOR_YOU', message);
