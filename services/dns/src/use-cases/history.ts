/** Who changed what, and what a zone was at any time: folded from the log. */
import { eventsOf, foldOf, Refusal, type RecordedEvent } from '@xanthus/kernel';
import type { Actor, OutputOf } from '@xanthus/proto';
import type { recordHistory, zoneAt } from '@xanthus/proto/dns';
import type { DnsContext } from '../dns.context.js';
import type { DriftFinding } from '@xanthus/proto/dns';
import type { Change } from '../plan/changes.js';
import { toAscii } from '../records/names.js';
import { zoneType } from '../zone/zone.decide.js';
import { notManaged } from '../zone/zone.errors.js';
import type { ManagedZone, ZoneEvent } from '../zone/zone.js';
import { oneAnswer } from './one-answer.js';

type Entry = OutputOf<typeof recordHistory>['entries'][number];

/** What somebody did outside, as the change that it was. */
const changeOf = (finding: DriftFinding): Change => {
  if (finding.kind === 'missing') return { op: 'delete', before: finding.before };
  const { id: _id, ...after } = finding.now;
  return finding.kind === 'unknown' ? { op: 'create', after } : { op: 'update', before: finding.before, after };
};

const entriesOf = (event: RecordedEvent): Entry[] => {
  const known = event as unknown as ZoneEvent;
  const at = { seq: event.seq, at: event.occurred_at, by: known.type === 'RecordsChanged' ? known.data.by ?? event.actor : event.actor };
  if (known.type === 'RecordsChanged') return known.data.changes.map(({ change, id }) => ({ ...at, plan: known.data.plan, reason: known.data.reason, outside: false, id, change }));
  if (known.type !== 'DriftAccepted') return [];
  return known.data.findings.map(f => ({ ...at, plan: null, reason: 'Changed outside, and accepted', outside: true, id: f.kind === 'unknown' ? f.now.id : f.before.id, change: changeOf(f) }));
};

export const historyOf = async (dns: DnsContext, tenant: string, zone: string, wanted: { readonly record?: string | undefined; readonly name?: string | undefined; readonly limit: number }): Promise<OutputOf<typeof recordHistory>> => {
  const events = await eventsOf(dns, zoneType, tenant, zone);
  if (events.length === 0) throw notManaged();
  const name = wanted.name === undefined ? undefined : toAscii(wanted.name.trim());
  const named = ({ change, id }: Entry): boolean => {
    const record = change.op === 'delete' ? change.before : change.after;
    return (wanted.record === undefined || wanted.record === id) && (name === undefined || name === record.name || ('before' in change && change.before.name === name));
  };
  return { entries: events.flatMap(entriesOf).filter(named).reverse().slice(0, wanted.limit) };
};

/** The zone as it was left at a time. @throws Refusal DNS.NOT_MANAGED, DNS.BEFORE_MANAGED */
export const zoneAsOf = async (dns: DnsContext, tenant: string, zone: string, at: string | undefined): Promise<{ readonly state: ManagedZone; readonly changed: ReadonlyMap<string, { readonly by: Actor; readonly at: string }>; readonly as_of: string }> => {
  const all = await eventsOf(dns, zoneType, tenant, zone);
  if (all.length === 0) throw notManaged();
  // Up to the last one of that time, also where a clock was put back in between: what came later stands on what came before it.
  const events = at === undefined ? all : all.slice(0, all.findLastIndex(e => Date.parse(e.occurred_at) <= Date.parse(at)) + 1);
  const state = foldOf(zoneType, events);
  if (state.status !== 'managed') throw at === undefined ? notManaged() : new Refusal('DNS.BEFORE_MANAGED', 'Xanthus did not keep this zone at that time.', { since: all[0]?.occurred_at });
  const changed = new Map<string, { by: Actor; at: string }>();
  for (const event of events) for (const { id, by, at: when } of entriesOf(event)) changed.set(id, { by, at: when });
  return { state, changed, as_of: at ?? new Date(dns.now()).toISOString() };
};

export const recordsAt = async (dns: DnsContext, tenant: string, zone: string, at: string | undefined, offset: number): Promise<OutputOf<typeof zoneAt>> => {
  const { state, changed, as_of } = await zoneAsOf(dns, tenant, zone, at);
  const { items, next_offset } = oneAnswer([...state.records.values()].map(({ record }) => ({ ...record, tags: [...record.tags], changed_by: changed.get(record.id)?.by ?? null, changed_at: changed.get(record.id)?.at ?? null })), offset);
  return { as_of, next_offset, records: items };
};
