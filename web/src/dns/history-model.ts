/** What was changed in a zone, and how it is taken back; two states of a zone beside each other. Pure. */
import type { DnsRecord, KnownRecord, RecordChange, RecordHistoryEntry } from '../contracts.js';
import { differences } from './plan-model.js';
import type { Wishes } from './pending.js';
import { inputOf } from './record-model.js';

/** The one wish that takes a change back. What is not as it was left by it is told by the plan. */
export const takenBack = ({ id, change }: Pick<RecordHistoryEntry, 'id' | 'change'>): Wishes => {
  switch (change.op) {
    case 'create': return [{ op: 'delete', id }];
    case 'update': return [{ op: 'update', id, record: inputOf(change.before) }];
    case 'delete': return [{ op: 'create', record: inputOf(change.before) }];
  }
};

export const entryRecord = ({ change }: Pick<RecordHistoryEntry, 'change'>): DnsRecord => (change.op === 'delete' ? change.before : change.after);

/** What lies between then and now, as changes from now on: what a plan back would do. */
export const changesBack = (then: readonly KnownRecord[], now: Iterable<KnownRecord>): readonly RecordChange[] => {
  const wanted = new Map(then.map(r => [r.id, r]));
  const changes: RecordChange[] = [];
  for (const record of now) {
    const was = wanted.get(record.id);
    wanted.delete(record.id);
    if (!was) changes.push({ op: 'delete', before: record });
    else if (differences(record, was).length > 0) changes.push({ op: 'update', before: record, after: was });
  }
  for (const was of wanted.values()) changes.push({ op: 'create', after: was });
  return changes.sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
};
const nameOf = (change: RecordChange): string => (change.op === 'delete' ? change.before.name : change.after.name);

const two = (n: number): string => String(n).padStart(2, '0');
/** What a field for a moment holds: the time of this machine, to the second. */
export const toField = (at: number): string => {
  const d = new Date(at);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
};
/** @returns undefined for what is no time, or is yet to come */
export const fromField = (text: string, now: number): string | undefined => {
  const at = Date.parse(text);
  return Number.isNaN(at) || at > now ? undefined : new Date(at).toISOString();
};
