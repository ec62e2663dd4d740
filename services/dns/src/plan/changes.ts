/** What stands between a zone as it is and as it is wanted: pure, and the same for the same input in any order. */
import { createHash } from 'node:crypto';
import type { RecordChange } from '@xanthus/proto/dns';
import { contentOf, identityOf, sameRecord, type DnsRecord, type KnownRecord } from '../records/record.js';

export type Change = RecordChange;
/** As it turned out; `id` is the record's, also of a new one. */
export interface MadeChange { readonly change: Change; readonly id: string }

/** A wish about one record. `id`: of a record that is there. */
export type Wish =
  | { readonly op: 'create'; readonly record: DnsRecord }
  | { readonly op: 'update'; readonly id: string; readonly record: DnsRecord }
  | { readonly op: 'delete'; readonly id: string };

/** Why a wish cannot become a change. */
export interface Obstacle { readonly kind: 'foreign' | 'missing' | 'exists'; readonly id?: string; readonly record?: DnsRecord }

export interface Draft { readonly changes: readonly Change[]; readonly obstacles: readonly Obstacle[] }

/** Is it ours to change? By our log and the record's comment. */
export type Owns = (record: KnownRecord) => boolean;

/**
 * From single wishes. A record that is not ours is never part of a change: it is an obstacle, as is one that has gone, and a new one that is there already in
 * another's hands. A wish for what is so already makes no change.
 */
export const planWishes = (state: readonly KnownRecord[], wishes: readonly Wish[], owns: Owns): Draft => {
  const byId = new Map(state.map(r => [r.id, r]));
  const byIdentity = new Map(state.map(r => [identityOf(r), r]));
  const changes = new Map<string, Change>();
  const obstacles: Obstacle[] = [];
  const put = (before: KnownRecord, after: DnsRecord): void => {
    if (sameRecord(before, after)) return void changes.delete(before.id);
    if (owns(before)) changes.set(before.id, { op: 'update', before, after });
    else obstacles.push({ kind: 'foreign', id: before.id, record: before });
  };
  for (const wish of wishes) {
    if (wish.op === 'create') {
      const there = byIdentity.get(identityOf(wish.record));
      if (!there) changes.set(`new ${identityOf(wish.record)}`, { op: 'create', after: wish.record });
      else if (owns(there) || sameRecord(there, wish.record)) put(there, wish.record);
      else obstacles.push({ kind: 'exists', id: there.id, record: there });
      continue;
    }
    const before = byId.get(wish.id);
    if (!before) obstacles.push({ kind: 'missing', id: wish.id });
    else if (wish.op === 'update') put(before, wish.record);
    else if (owns(before)) changes.set(before.id, { op: 'delete', before });
    else obstacles.push({ kind: 'foreign', id: before.id, record: before });
  }
  return { changes: ordered([...changes.values()]), obstacles };
};

/**
 * From a whole zone as it is wanted: what is ours and not wanted is deleted, what is wanted and not there is created. Records are told apart by kind, name and
 * value; one that is alone of its kind and name on both sides is changed in place, so that it keeps its history.
 */
export const planZone = (state: readonly KnownRecord[], wanted: readonly DnsRecord[], owns: Owns): Draft => {
  const open = new Map(wanted.map(r => [identityOf(r), r]));
  const changes: Change[] = [];
  const obstacles: Obstacle[] = [];
  const left: KnownRecord[] = [];
  for (const record of state) {
    const identity = identityOf(record);
    const after = open.get(identity);
    open.delete(identity);
    if (!after) {
      if (owns(record)) left.push(record);
    } else if (!sameRecord(record, after)) {
      if (owns(record)) changes.push({ op: 'update', before: record, after });
      else obstacles.push({ kind: 'foreign', id: record.id, record });
    }
  }
  const places = groupBy([...open.values()], placeOf);
  for (const [place, gone] of groupBy(left, placeOf)) {
    const fresh = places.get(place) ?? [];
    // Pairs in order of their value: the same input gives the same plan, whatever its order was.
    gone.sort(byContent).forEach((before, i) => {
      const after = fresh.sort(byContent)[i];
      changes.push(after ? { op: 'update', before, after } : { op: 'delete', before });
    });
    places.set(place, fresh.slice(gone.length));
  }
  for (const fresh of places.values()) for (const after of fresh) changes.push({ op: 'create', after });
  return { changes: ordered(changes), obstacles };
};

const placeOf = (r: DnsRecord): string => `${r.data.type} ${r.name}`;
const byContent = (a: DnsRecord, b: DnsRecord): number => compare(contentOf(a), contentOf(b));
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const groupBy = <T extends DnsRecord>(records: readonly T[], key: (r: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const record of records) {
    const [name, group] = [key(record), groups.get(key(record))];
    if (group) group.push(record);
    else groups.set(name, [record]);
  }
  return groups;
};

/** Deletions first, so that what takes a place finds it free; then by name. As the provider's batch does it. */
const ORDER = { delete: 0, update: 1, create: 2 } as const;
const ordered = (changes: readonly Change[]): Change[] =>
  changes.map(change => ({ change, text: textOf(change) })).sort((a, b) => ORDER[a.change.op] - ORDER[b.change.op] || compare(a.text, b.text)).map(({ change }) => change);

const textOf = (change: Change): string => JSON.stringify([change.op, change.op === 'create' ? '' : change.before.id, change.op === 'delete' ? '' : contentOf(change.after)]);

/** Of the changes and of what they were made from: 64 hex digits. Another state of a touched name, another plan. */
export const hashOf = (zone: string, changes: readonly Change[]): string => {
  const hash = createHash('sha256').update(`xanthus.dns.plan.v1\n${zone}\n`);
  for (const change of changes) hash.update(`${textOf(change)}\n${change.op === 'create' ? '' : contentOf(change.before)}\n`);
  return hash.digest('hex');
};

/** The zone after the plan; new records get the ids that `newId` gives. */
export const applyChanges = (state: readonly KnownRecord[], changes: readonly Change[], newId: (record: DnsRecord) => string): KnownRecord[] => {
  const after = new Map(state.map(r => [r.id, r]));
  for (const change of changes) {
    if (change.op === 'delete') after.delete(change.before.id);
    else if (change.op === 'update') after.set(change.before.id, { ...change.after, id: change.before.id });
    else {
      const id = newId(change.after);
      after.set(id, { ...change.after, id });
    }
  }
  return [...after.values()];
};

/** What has changed since a plan was made, as far as it matters to the plan. Empty: it may be applied. */
export const staleBecause = (changes: readonly Change[], now: readonly KnownRecord[]): readonly Change[] => {
  const byId = new Map(now.map(r => [r.id, r]));
  const identities = new Set(now.map(identityOf));
  return changes.filter(change => {
    if (change.op === 'create') return identities.has(identityOf(change.after));
    const record = byId.get(change.before.id);
    return !record || !sameRecord(record, change.before);
  });
};

/** The plan that takes another one back, against the zone as it is now: what was changed again since then, or is not ours any more, is left alone and told. */
export const undoOf = (changes: readonly Change[], now: readonly KnownRecord[], owns: Owns): Draft => {
  const byId = new Map(now.map(r => [r.id, r]));
  const byIdentity = new Map(now.map(r => [identityOf(r), r]));
  const back: Change[] = [];
  const obstacles: Obstacle[] = [];
  for (const change of changes) {
    if (change.op === 'delete') {
      const { id: _gone, ...record } = change.before;
      const there = byIdentity.get(identityOf(record));
      if (!there) back.push({ op: 'create', after: record });
      else if (!sameRecord(there, record)) obstacles.push({ kind: 'exists', id: there.id, record: there });
      continue;
    }
    const there = change.op === 'create' ? byIdentity.get(identityOf(change.after)) : byId.get(change.before.id);
    if (!there) {
      if (change.op === 'update') obstacles.push({ kind: 'missing', id: change.before.id, record: change.before });
    } else if (!sameRecord(there, change.after)) {
      if (change.op !== 'update' || !sameRecord(there, change.before)) obstacles.push({ kind: 'foreign', id: there.id, record: there });
    } else if (!owns(there)) obstacles.push({ kind: 'foreign', id: there.id, record: there });
    else if (change.op === 'create') back.push({ op: 'delete', before: there });
    else {
      const { id: _same, ...record } = change.before;
      back.push({ op: 'update', before: there, after: record });
    }
  }
  return { changes: ordered(back), obstacles };
};
