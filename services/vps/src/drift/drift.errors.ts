import { Refusal } from '@xanthus/kernel';
import type { DriftKind } from '@xanthus/proto/vps';

export const driftNotFound = (kind: DriftKind): Refusal => new Refusal('DRIFT.NOT_FOUND', `There is no open difference "${kind}" of this server any more. Look at the list again.`);
export const snapshotNotFound = (): Refusal => new Refusal('DRIFT.NOT_FOUND', 'This snapshot is not at its provider any more, or not one that may be deleted here. Compare again, and it leaves the list.');
export const driftChanged = (actual: string | null): Refusal =>
  new Refusal('DRIFT.CHANGED', `It is ${actual === null ? 'gone' : `"${actual}"`} at the provider by now, not what you saw. Look at the list again and decide anew.`, { actual });
export const driftNotPossible = (why: string): Refusal => new Refusal('DRIFT.NOT_POSSIBLE', why);
export const nameNotConfirmed = (name: string): Refusal => new Refusal('DRIFT.NAME_NOT_CONFIRMED', `Type ${name} to confirm that it is deleted at the provider for good.`, { name });
