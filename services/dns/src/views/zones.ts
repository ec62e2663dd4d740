import { keyedProjection, type Change, type Projection, type RecordedEvent, type ViewReader } from '@xanthus/kernel';
import { INSTALLATION, viewKey, type DataOf } from '@xanthus/proto';
import { zoneView, type DnsUser } from '@xanthus/proto/dns';
import type { ConfigurationEvent } from '../domain/domain.js';
import type { ZoneEvent } from '../zone/zone.js';
import { driftAt } from './drift.js';

export type ZoneRow = DataOf<typeof zoneView>;

/** @param fresh findings of this event about records that had none */
const fold = (row: ZoneRow | undefined, event: RecordedEvent, fresh: number, settled: number): ZoneRow | undefined => {
  const known = event as unknown as ZoneEvent;
  const at = event.occurred_at;
  if (known.type === 'ZoneManaged') return { id: event.aggregate.id, ...known.data, owned: 0, drift: 0, gone: false, managed_at: at, managed_by: event.actor, changed_at: at, changed_by: null };
  if (!row) return undefined;
  const drift = row.drift + fresh - settled;
  switch (known.type) {
    case 'ZoneChanged': return { ...row, ...known.data };
    case 'ZoneVanished': return { ...row, gone: true };
    case 'ZoneReappeared': return { ...row, gone: false };
    case 'ZoneReleased': return undefined;
    case 'RecordsAdopted': return { ...row, owned: row.owned + known.data.records.length };
    case 'RecordsDisowned': return { ...row, owned: row.owned - known.data.records.length };
    case 'RecordsChanged': {
      const count = (op: string): number => known.data.changes.filter(c => c.change.op === op).length;
      const difference = count('create') - count('delete') - known.data.changes.filter(c => c.replaces !== undefined).length;
      return { ...row, records: row.records + difference, owned: row.owned + difference, drift, changed_at: at, changed_by: known.data.by ?? event.actor };
    }
    case 'DriftFound': case 'DriftGone': return { ...row, drift };
    case 'DriftAccepted': {
      const count = (kind: string): number => known.data.findings.filter(f => f.kind === kind).length;
      return { ...row, drift, records: row.records + count('unknown') - count('missing') };
    }
    default: return row;
  }
};

/** A count never says less than none, whatever the log tells in whatever order. */
const bounded = (row: ZoneRow | undefined): ZoneRow | undefined =>
  (row && (row.records < 0 || row.owned < 0 || row.drift < 0) ? { ...row, records: Math.max(0, row.records), owned: Math.max(0, row.owned), drift: Math.max(0, row.drift) } : row);

/** Records that this event says something about. */
const touched = (event: ZoneEvent): readonly string[] => {
  switch (event.type) {
    case 'RecordsChanged': return event.data.changes.flatMap(c => [c.id, ...(c.replaces === undefined ? [] : [c.replaces])]);
    case 'DriftFound': case 'DriftAccepted': return event.data.findings.map(f => (f.kind === 'unknown' ? f.now.id : f.before.id));
    case 'DriftGone': return event.data.findings.map(id => id.slice(id.indexOf('-') + 1));
    default: return [];
  }
};

/** Whoever uses a domain, by its zone: also before it is configured. */
const foldUsers = (row: ZoneRow, event: ConfigurationEvent): ZoneRow => {
  if (event.type !== 'DomainUsed' && event.type !== 'DomainUnused') return row;
  const { by } = event.data;
  const others = (row.used_by ?? []).filter(u => u.service !== by.service || u.id !== by.id);
  return { ...row, used_by: event.type === 'DomainUsed' ? [...others, event.data.by] : others };
};
export const usersOf = async (view: ViewReader, tenant: string, zone: string): Promise<readonly DnsUser[]> => (await view.get<ZoneRow>(viewKey(tenant, 'zones', zone)))?.used_by ?? [];

const project = async (event: RecordedEvent, view: ViewReader): Promise<readonly Change[]> => {
  const key = viewKey(event.tenant, 'zones', event.aggregate.id);
  if (event.aggregate.name === 'domain') {
    const row = await view.get<ZoneRow>(key);
    const used = row && foldUsers(row, event as unknown as ConfigurationEvent);
    return used === row || used === undefined ? [] : [{ key, value: used }];
  }
  if (event.aggregate.name !== 'zone') return [];
  const known = event as unknown as ZoneEvent;
  let had = 0;
  const ids = touched(known);
  for (const id of ids) if ((await driftAt(view, event.tenant, event.aggregate.id, id)).length > 0) had += 1;
  const before = await view.get<ZoneRow>(key);
  const after = bounded(fold(before, event, known.type === 'DriftFound' ? ids.length - had : 0, known.type === 'DriftFound' ? 0 : had));
  return after === before ? [] : after === undefined ? [{ key, deleted: true }] : [{ key, value: after }];
};

/** Which zones are kept, and how are they? `<tenant>.zones.<zone>` */
export const zonesProjection: Projection = { name: 'zones', version: 1, schema: zoneView.schema, project };

/** Internal, never shown: whose zones are compared. `xanthus.zone-index.<tenant>.<zone>` */
export const ZONE_INDEX = 'zone-index';
export interface IndexedZone { readonly tenant: string; readonly id: string }
export const zoneIndexProjection: Projection = keyedProjection<IndexedZone>({
  name: 'zone-index', version: 1, schema: 1,
  keys: event => (event.aggregate.name === 'zone' ? [viewKey(INSTALLATION, ZONE_INDEX, event.tenant, event.aggregate.id)] : []),
  evolve(zone, event) {
    if (event.type === 'ZoneManaged') return { tenant: event.tenant, id: event.aggregate.id };
    return event.type === 'ZoneReleased' ? undefined : zone;
  },
});
