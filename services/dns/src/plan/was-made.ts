/** Was a part made whose answer was lost? Found by what the zone holds. */
import { identityOf, sameRecord, type KnownRecord } from '../records/record.js';
import type { Change, MadeChange } from './changes.js';

export type Outcome = { readonly made: 'all'; readonly changes: readonly MadeChange[] } | { readonly made: 'none' } | { /** Neither: somebody else changes the zone meanwhile. */ readonly made: 'unclear'; readonly names: readonly string[] };

/** A batch is one transaction, so the zone shows all of it or none, unless others have changed the same records since. */
export const wasMade = (changes: readonly Change[], now: readonly KnownRecord[]): Outcome => {
  const byId = new Map(now.map(r => [r.id, r]));
  const byIdentity = new Map(now.map(r => [identityOf(r), r]));
  const found = changes.map((change): { readonly change: Change; readonly id?: string; readonly undone: boolean } => {
    if (change.op === 'create') {
      const there = byIdentity.get(identityOf(change.after));
      return there && sameRecord(there, change.after) ? { change, id: there.id, undone: false } : { change, undone: !there };
    }
    const there = byId.get(change.before.id);
    if (change.op === 'delete') return there ? { change, undone: sameRecord(there, change.before) } : { change, id: change.before.id, undone: false };
    if (there && sameRecord(there, change.after)) return { change, id: there.id, undone: false };
    return { change, undone: there !== undefined && sameRecord(there, change.before) };
  });
  if (found.every(f => f.id !== undefined)) return { made: 'all', changes: found.map(f => ({ change: f.change, id: f.id as string })) };
  if (found.every(f => f.undone)) return { made: 'none' };
  return { made: 'unclear', names: found.filter(f => !f.undone && f.id === undefined).map(f => (f.change.op === 'create' ? f.change.after.name : f.change.before.name)) };
};
