/** Which records the table shows, and in which order. Pure. */
import type { RecordType, ZoneRecord } from '../contracts.js';
import { compareNames } from '../lib/format.js';
import { rowOf, type PendingSet, type Row } from './pending.js';
import { fullName, inputText } from './record-model.js';
import { RECORD_TYPES, type Owner } from './record-types.js';

export interface RecordFilter { readonly q?: string; readonly type?: RecordType; readonly owner?: Owner }

const typeRank = (type: string): number => (RECORD_TYPES as readonly string[]).indexOf(type);

const fits = (row: Row, { q = '', type, owner }: RecordFilter, zone: string): boolean => {
  if (type && row.input.type !== type) return false;
  if (owner === 'unsaved' && !row.pending) return false;
  if (owner === 'ours' && row.record?.owned === false) return false;
  if (owner === 'others' && row.record?.owned !== false) return false;
  const wanted = q.trim().toLowerCase();
  return !wanted || [fullName(row.input.name, zone), inputText(row.input), row.input.comment ?? '', row.input.type, ...(row.input.tags ?? [])].some(t => t.toLowerCase().includes(wanted));
};

/** What is not there yet comes first; then the zone itself, then by name and type. */
export const listRecords = (records: ReadonlyMap<string, ZoneRecord>, pending: PendingSet, filter: RecordFilter, zone: string): readonly Row[] => {
  const fresh: Row[] = [...pending.values()].filter(p => p.op === 'create').reverse().map(p => ({ key: p.key, record: undefined, pending: p, input: p.input }));
  const there = sorted(records, zone).map(r => rowOf(r, pending.get(r.id)));
  return [...fresh, ...there].filter(row => fits(row, filter, zone));
};

/** Ten thousand are put in order once, not with each letter that is typed. */
let last: { readonly of: ReadonlyMap<string, ZoneRecord>; readonly list: readonly ZoneRecord[] } | undefined;
const sorted = (records: ReadonlyMap<string, ZoneRecord>, zone: string): readonly ZoneRecord[] => {
  if (last?.of !== records) {
    last = { of: records, list: [...records.values()].sort((a, b) => Number(b.name === zone) - Number(a.name === zone) || compareNames(a.name, b.name) || typeRank(a.data.type) - typeRank(b.data.type) || compareNames(a.id, b.id)) };
  }
  return last.list;
};

export const countByType = (records: Iterable<ZoneRecord>): ReadonlyMap<RecordType, number> => {
  const counts = new Map<RecordType, number>();
  for (const { data: { type } } of records) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
};
