import type { DomainEvent, EventContext } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import type { DnsUser, DriftFinding, zoneEvents } from '@xanthus/proto/dns';
import { identityOf, type DnsRecord, type KnownRecord } from '../records/record.js';

export type ZoneEvent = EventOf<typeof zoneEvents>;

export interface ZoneAbout { /** The Cloudflare account that it belongs to. */ readonly account: string; readonly name: string; readonly status: string; readonly plan: string; readonly name_servers: readonly string[] }
/** As it was left, and whether plans may touch it. */
export interface KeptRecord { readonly record: KnownRecord; readonly owned: boolean; /** For whom it was made. */ readonly mark?: DnsUser }

export interface ManagedZone {
  readonly status: 'managed';
  readonly about: ZoneAbout;
  readonly records: ReadonlyMap<string, KeptRecord>;
  /** What differs at the provider, by `findingId`. */
  readonly drift: ReadonlyMap<string, DriftFinding>;
  readonly gone: boolean;
  /** The newest part of a plan that was told: one plan at a time changes a zone. */
  readonly last_part?: string;
}
export const partName = (plan: string, part: number, back: boolean): string => `${plan} ${part}${back ? ' back' : ''}`;
export type ZoneState = { readonly status: 'absent' } | ManagedZone | { readonly status: 'released'; readonly about: ZoneAbout };

export const initialZone: ZoneState = { status: 'absent' };

export const recordIdOf = (finding: DriftFinding): string => (finding.kind === 'unknown' ? finding.now.id : finding.before.id);
export const findingId = (finding: DriftFinding): string => `${finding.kind}-${recordIdOf(finding)}`;

const kept = (zone: ManagedZone, change: (records: Map<string, KeptRecord>, drift: Map<string, DriftFinding>) => void): ManagedZone => {
  const [records, drift] = [new Map(zone.records), new Map(zone.drift)];
  change(records, drift);
  return { ...zone, records, drift };
};
/** Id of a record that is missed and says the same. */
export const missingTwin = (drift: ReadonlyMap<string, DriftFinding>, record: DnsRecord): string | undefined => {
  for (const finding of drift.values()) if (finding.kind === 'missing' && identityOf(finding.before) === identityOf(record)) return finding.before.id;
  return undefined;
};
const forget = (drift: Map<string, DriftFinding>, id: string): void => {
  for (const kind of ['changed', 'missing', 'unknown']) drift.delete(`${kind}-${id}`);
};
const owning = (zone: ManagedZone, ids: readonly string[], owned: boolean): ManagedZone => kept(zone, records => {
  for (const id of ids) {
    const there = records.get(id);
    if (there) records.set(id, { ...there, owned });
  }
});

/** Total: an event that does not fit the state, or that is not known, changes nothing. */
export const evolveZone = (state: ZoneState, event: ZoneEvent | DomainEvent, _context?: EventContext): ZoneState => {
  const known = event as ZoneEvent;
  if (known.type === 'ZoneManaged') {
    const { records: _count, ...about } = known.data;
    return state.status === 'managed' ? state : { status: 'managed', about, records: new Map(), drift: new Map(), gone: false };
  }
  if (state.status !== 'managed') return state;
  switch (known.type) {
    case 'RecordsSeen': return kept(state, records => { for (const record of known.data.records) records.set(record.id, { record, owned: false }); });
    case 'ZoneChanged': return { ...state, about: known.data };
    case 'ZoneVanished': return { ...state, gone: true };
    case 'ZoneReappeared': return { ...state, gone: false };
    case 'RecordsForgotten': return kept(state, (records, drift) => {
      for (const id of known.data.records) {
        records.delete(id);
        forget(drift, id);
      }
    });
    case 'ZoneReleased': return { status: 'released', about: state.about };
    case 'RecordsAdopted': return owning(state, known.data.records, true);
    case 'RecordsDisowned': return owning(state, known.data.records, false);
    case 'RecordsChanged': return kept({ ...state, last_part: partName(known.data.plan, known.data.part, known.data.back) }, (records, drift) => {
      for (const { id, change, replaces } of known.data.changes) {
        if (change.op === 'delete') records.delete(change.before.id);
        else {
          const mark = known.data.mark ?? records.get(replaces ?? id)?.mark;
          records.set(id, { record: { ...change.after, id }, owned: true, ...(mark === undefined ? {} : { mark }) });
        }
        forget(drift, id);
        if (replaces !== undefined) {
          records.delete(replaces);
          forget(drift, replaces);
        }
      }
    });
    case 'DriftFound': return kept(state, (_records, drift) => {
      for (const finding of known.data.findings) {
        forget(drift, recordIdOf(finding));
        drift.set(findingId(finding), finding);
      }
    });
    case 'DriftGone': return kept(state, (_records, drift) => { for (const id of known.data.findings) drift.delete(id); });
    case 'DriftAccepted': return kept(state, (records, drift) => {
      for (const finding of known.data.findings) {
        const id = recordIdOf(finding);
        if (finding.kind === 'missing') records.delete(id);
        else records.set(id, { owned: false, ...records.get(id), record: finding.now });
        forget(drift, id);
      }
    });
    default: return state;
  }
};
