import type { Change, Projection, RecordedEvent, ViewReader } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { dnsDriftView, type DriftFinding } from '@xanthus/proto/dns';
import { findingId, recordIdOf, type ZoneEvent } from '../zone/zone.js';

export type DriftRow = DataOf<typeof dnsDriftView>;

const KINDS = ['changed', 'missing', 'unknown'] as const;
const keyOf = (tenant: string, zone: string, finding: string): string => viewKey(tenant, 'drift', zone, finding);

/** Keys of the findings about a record: one at most. */
export const driftAt = async (view: ViewReader, tenant: string, zone: string, record: string): Promise<string[]> => {
  const keys = KINDS.map(kind => keyOf(tenant, zone, `${kind}-${record}`));
  const there = await Promise.all(keys.map(async key => (await view.get(key)) !== undefined));
  return keys.filter((_, i) => there[i]);
};

const rowOf = (event: RecordedEvent, finding: DriftFinding): DriftRow => {
  const shown = finding.kind === 'missing' ? finding.before : finding.now;
  return { zone: event.aggregate.id, id: findingId(finding), finding, found_at: event.occurred_at, type: shown.data.type, name: shown.name };
};

const project = async (event: RecordedEvent, view: ViewReader): Promise<readonly Change[]> => {
  if (event.aggregate.name !== 'zone') return [];
  const { tenant, aggregate: { id: zone } } = event;
  const known = event as unknown as ZoneEvent;
  const gone = async (ids: readonly string[]): Promise<Change[]> => (await Promise.all(ids.map(id => driftAt(view, tenant, zone, id)))).flat().map(key => ({ key, deleted: true as const }));
  switch (known.type) {
    case 'DriftFound': {
      const fresh = known.data.findings.map(f => ({ key: keyOf(tenant, zone, findingId(f)), value: rowOf(event, f) }));
      const kept = new Set(fresh.map(f => f.key));
      return [...(await gone(known.data.findings.map(recordIdOf))).filter(c => !kept.has(c.key)), ...fresh];
    }
    case 'DriftGone': return known.data.findings.map(id => ({ key: keyOf(tenant, zone, id), deleted: true as const }));
    case 'DriftAccepted': return gone(known.data.findings.map(recordIdOf));
    case 'RecordsChanged': return gone(known.data.changes.flatMap(c => [c.id, ...(c.replaces === undefined ? [] : [c.replaces])]));
    case 'RecordsForgotten': return gone(known.data.records);
    default: return [];
  }
};

/** What differs at the provider? `<tenant>.drift.<zone>.<finding>` */
export const driftProjection: Projection = { name: 'drift', version: 1, schema: dnsDriftView.schema, project };
