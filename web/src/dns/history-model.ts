/** What was changed in a zone, and how it is taken back; two states of a zone beside each other. Pure. */
import type { DnsRecord, KnownRecord, Plan, RecordChange, RecordHistoryEntry } from '../contracts.js';
import { changedName, differences } from './plan-model.js';
import type { Wishes } from './pending.js';
import { dataText, inputOf } from './record-model.js';

/** The one wish that takes a change back. What is not as it was left by it is told by the plan. */
export const takenBack = ({ id, change }: Pick<RecordHistoryEntry, 'id' | 'change'>): Wishes => {
  switch (change.op) {
    case 'create': return [{ op: 'delete', id }];
    case 'update': return [{ op: 'update', id, record: inputOf(change.before) }];
    case 'delete': return [{ op: 'create', record: inputOf(change.before) }];
  }
};

export const entryRecord = ({ change }: Pick<RecordHistoryEntry, 'change'>): DnsRecord => (change.op === 'delete' ? change.before : change.after);

/** Another value, another record: Cloudflare gives one that is made again another id. */
const identity = (r: DnsRecord): string => `${r.data.type} ${r.name} ${dataText(r.data)}`;
const place = (r: DnsRecord): string => `${r.data.type} ${r.name}`;

/** What lies between then and now, as changes from now on. Records are told apart as a plan does it: by kind, name and value; of one kind and name one becomes the other. */
export const changesBack = (then: readonly KnownRecord[], now: Iterable<KnownRecord>): readonly RecordChange[] => {
  const wanted = new Map(then.map(r => [identity(r), r]));
  const changes: RecordChange[] = [];
  const left: KnownRecord[] = [];
  for (const record of now) {
    const was = wanted.get(identity(record));
    if (!was) { left.push(record); continue; }
    wanted.delete(identity(was));
    if (differences(record, was).length > 0) changes.push({ op: 'update', before: record, after: was });
  }
  const places = new Map<string, KnownRecord[]>();
  for (const was of wanted.values()) places.set(place(was), [...places.get(place(was)) ?? [], was]);
  for (const record of left) {
    const was = places.get(place(record))?.shift();
    changes.push(was ? { op: 'update', before: record, after: was } : { op: 'delete', before: record });
  }
  for (const rest of places.values()) for (const was of rest) changes.push({ op: 'create', after: was });
  return changes.sort((a, b) => changedName(a).localeCompare(changedName(b)));
};

/** Who stands behind a change: a plan is carried out by the service, and applied by somebody. */
export const whoChanged = (entry: Pick<RecordHistoryEntry, 'by' | 'plan'>, plans: ReadonlyMap<string, Pick<Plan, 'applied_by' | 'made_by'>>): RecordHistoryEntry['by'] => {
  const plan = entry.plan === null ? undefined : plans.get(entry.plan);
  return plan ? plan.applied_by ?? plan.made_by : entry.by;
};

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
