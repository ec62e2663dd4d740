import type { AggregateType, Decider } from '@xanthus/kernel';
import type { Actor } from '@xanthus/proto';
import { RECORDS_PER_EVENT, type DnsUser, type DriftFinding } from '@xanthus/proto/dns';
import { sameRecord, type KnownRecord } from '../records/record.js';
import type { MadeChange } from '../plan/changes.js';
import { findingUnknown, managedAlready, notManaged, recordUnknown } from './zone.errors.js';
import { evolveZone, findingId, initialZone, missingTwin, partName, recordIdOf, type ManagedZone, type ZoneAbout, type ZoneEvent, type ZoneState } from './zone.js';

export type ZoneCommand =
  | { readonly type: 'Manage'; readonly about: ZoneAbout; readonly records: readonly KnownRecord[] }
  | { readonly type: 'Release' }
  /** What the provider holds now. `about` undefined: the zone cannot be seen. */
  | { readonly type: 'Observe'; readonly about: ZoneAbout | undefined; readonly records: readonly KnownRecord[]; /** The zone in our log before it was asked: of what a plan has changed since, the answer may be older than the log. */ readonly asked: Pick<ManagedZone, 'records' | 'drift'> }
  | { readonly type: 'RecordChanges'; readonly plan: string; readonly reason: string; readonly by?: Actor; readonly mark?: DnsUser; readonly part: number; readonly back: boolean; readonly changes: readonly MadeChange[] }
  | { readonly type: 'Adopt' | 'Disown'; readonly records: readonly string[] }
  | { readonly type: 'AcceptDrift'; readonly findings: readonly string[] };

type Events = readonly ZoneEvent[];
type Of<T extends ZoneCommand['type']> = Extract<ZoneCommand, { type: T }>;

const managed = (state: ZoneState): ManagedZone => {
  if (state.status !== 'managed') throw notManaged();
  return state;
};
/** Keys of all views together that one event of ours may change, the zone's own among them: the projector parks an event with more. */
const KEYS = RECORDS_PER_EVENT - 1;
/** So that no event changes more keys than a view takes at a time. @param keys how many one of them changes, at most */
const parts = <T>(all: readonly T[], keys: (one: T) => number = () => 1): T[][] => {
  const made: T[][] = [];
  let room = 0;
  for (const one of all) {
    room -= keys(one);
    if (room < 0 || made.length === 0) {
      made.push([]);
      room = KEYS - keys(one);
    }
    made.at(-1)?.push(one);
  }
  return made;
};
/** What is shown of a record's drift, if anything. */
const shown = (drift: ManagedZone['drift'], id: string): number => (['changed', 'missing', 'unknown'] as const).filter(kind => drift.has(`${kind}-${id}`)).length;
const copy = ({ name_servers, ...rest }: ZoneAbout) => ({ ...rest, name_servers: [...name_servers] });

/** Records that are shown only as something unknown. */
const strangers = ({ drift }: ManagedZone): string[] => [...drift.values()].flatMap(f => (f.kind === 'unknown' ? [f.now.id] : []));

const manage = (state: ZoneState, { about, records }: Of<'Manage'>): Events => {
  if (state.status === 'managed') throw managedAlready();
  return [{ type: 'ZoneManaged', data: { ...copy(about), records: records.length } }, ...parts(records).map(part => ({ type: 'RecordsSeen' as const, data: { records: part } }))];
};

/** What differs between what was left and what is there. */
const differencesOf = (zone: Pick<ManagedZone, 'records'>, now: readonly KnownRecord[]): DriftFinding[] => {
  const there = new Map(now.map(r => [r.id, r]));
  const findings: DriftFinding[] = [];
  for (const [id, { record: before }] of zone.records) {
    const record = there.get(id);
    if (!record) findings.push({ kind: 'missing', before });
    else if (!sameRecord(before, record)) findings.push({ kind: 'changed', before, now: record });
  }
  for (const record of now) if (!zone.records.has(record.id)) findings.push({ kind: 'unknown', now: record });
  return findings;
};

const same = (a: DriftFinding | undefined, b: DriftFinding): boolean =>
  a?.kind === b.kind && ('now' in a && 'now' in b ? sameRecord(a.now, b.now) : true) && ('before' in a && 'before' in b ? sameRecord(a.before, b.before) : true);

/** Records that are told of otherwise than they were then. */
const toldSince = (then: Pick<ManagedZone, 'records' | 'drift'>, now: Pick<ManagedZone, 'records' | 'drift'>): ReadonlySet<string> => {
  const touched = new Set<string>();
  for (const id of new Set([...then.records.keys(), ...now.records.keys()])) {
    const [before, after] = [then.records.get(id)?.record, now.records.get(id)?.record];
    if (before !== after && !(before && after && sameRecord(before, after))) touched.add(id);
  }
  for (const [id, finding] of then.drift) if (!now.drift.has(id)) touched.add(recordIdOf(finding));
  return touched;
};

const observe = (state: ZoneState, { about, records, asked }: Of<'Observe'>): Events => {
  if (state.status !== 'managed') return [];
  if (!about) return state.gone ? [] : [{ type: 'ZoneVanished', data: {} }];
  const touched = toldSince(asked, state);
  // What a plan changed while it was asked is newer than the answer.
  const findings = differencesOf(state, records).filter(f => !touched.has(f.kind === 'unknown' ? f.now.id : f.before.id));
  const ids = new Set(findings.map(findingId));
  const fresh = findings.filter(f => !same(state.drift.get(findingId(f)), f));
  const settled = [...state.drift.keys()].filter(id => !ids.has(id));
  return [
    ...(state.gone ? [{ type: 'ZoneReappeared' as const, data: {} }] : []),
    ...(JSON.stringify(copy(state.about)) === JSON.stringify(copy(about)) ? [] : [{ type: 'ZoneChanged' as const, data: copy(about) }]),
    ...parts(settled).map(part => ({ type: 'DriftGone' as const, data: { findings: part } })),
    ...parts(fresh, f => 1 + shown(state.drift, recordIdOf(f))).map(part => ({ type: 'DriftFound' as const, data: { findings: part } })),
  ];
};

/** A part that is told again, after a restart in between, has happened once. */
const recordChanges = (state: ZoneState, { plan, reason, by, mark, part, back, changes }: Of<'RecordChanges'>): Events => {
  const zone = managed(state);
  const name = partName(plan, part, back);
  const told = changes.map(made => {
    const replaces = made.change.op === 'create' ? missingTwin(zone.drift, made.change.after) : undefined;
    return replaces === undefined ? made : { ...made, replaces };
  });
  return zone.last_part === name || changes.length === 0 ? [] : parts(told, m => 1 + shown(zone.drift, m.id) + ('replaces' in m ? 2 : 0)).map(some => ({ type: 'RecordsChanged' as const, data: { plan, reason, ...(by === undefined ? {} : { by }), part, back, changes: some, ...(mark === undefined ? {} : { mark }) } }));
};

const owning = (state: ZoneState, { type, records }: Of<'Adopt' | 'Disown'>): Events => {
  const zone = managed(state);
  const missing = records.find(id => !zone.records.has(id));
  if (missing !== undefined) throw recordUnknown(missing);
  const changed = [...new Set(records)].filter(id => zone.records.get(id)?.owned !== (type === 'Adopt'));
  return parts(changed).map(records => ({ type: type === 'Adopt' ? 'RecordsAdopted' as const : 'RecordsDisowned' as const, data: { records } }));
};

const acceptDrift = (state: ZoneState, { findings }: Of<'AcceptDrift'>): Events => {
  const zone = managed(state);
  const found = [...new Set(findings)].map(id => {
    const finding = zone.drift.get(id);
    if (!finding) throw findingUnknown(id);
    return finding;
  });
  return parts(found, () => 2).map(part => ({ type: 'DriftAccepted' as const, data: { findings: part } }));
};

export const zoneDecider: Decider<ZoneState, ZoneCommand, ZoneEvent> = {
  initialState: initialZone,
  evolve: evolveZone,
  decide(state, command) {
    switch (command.type) {
      case 'Manage': return manage(state, command);
      case 'Release': return [...parts([...managed(state).records.keys(), ...strangers(managed(state))], id => 1 + shown(managed(state).drift, id)).map(records => ({ type: 'RecordsForgotten' as const, data: { records } })), { type: 'ZoneReleased', data: {} }];
      case 'Observe': return observe(state, command);
      case 'RecordChanges': return recordChanges(state, command);
      case 'Adopt': case 'Disown': return owning(state, command);
      case 'AcceptDrift': return acceptDrift(state, command);
    }
  },
};

export const zoneType: AggregateType<ZoneState, ZoneCommand, ZoneEvent> = {
  service: 'dns',
  name: 'zone',
  decider: zoneDecider,
  schemas: { ZoneManaged: 1, RecordsSeen: 1, ZoneChanged: 1, ZoneVanished: 1, ZoneReappeared: 1, RecordsForgotten: 1, ZoneReleased: 1, RecordsChanged: 1, RecordsAdopted: 1, RecordsDisowned: 1, DriftFound: 1, DriftGone: 1, DriftAccepted: 1 },
};
